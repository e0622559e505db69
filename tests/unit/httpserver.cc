// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "httpserver.hh"

namespace failover::test
{
namespace
{
  void require(bool good, const char* what)
  {
    if (!good) {
      throw std::system_error(errno, std::generic_category(), what);
    }
  }

  uint16_t listenOn(int fd, int family)
  {
    sockaddr_storage address{};
    socklen_t length = 0;
    if (family == AF_INET6) {
      auto& v6 = reinterpret_cast<sockaddr_in6&>(address);
      v6.sin6_family = AF_INET6;
      v6.sin6_addr = in6addr_loopback;
      length = sizeof(v6);
    }
    else {
      auto& v4 = reinterpret_cast<sockaddr_in&>(address);
      v4.sin_family = AF_INET;
      v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      length = sizeof(v4);
    }
    auto* const raw = reinterpret_cast<sockaddr*>(&address);
    require(::bind(fd, raw, length) == 0, "bind");
    require(::listen(fd, 512) == 0, "listen");
    require(::getsockname(fd, raw, &length) == 0, "getsockname");
    return ntohs(family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(address).sin6_port : reinterpret_cast<sockaddr_in&>(address).sin_port);
  }
}

HttpServer::HttpServer(std::string answer, int family) :
  d_family(family), d_answer(std::move(answer))
{
  d_listener = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  require(d_listener >= 0, "socket");
  d_port = listenOn(d_listener, family);
  require(::pipe2(d_wakeup, O_CLOEXEC) == 0, "pipe2");
  d_thread = std::thread(&HttpServer::run, this);
}

HttpServer::~HttpServer()
{
  ::close(d_wakeup[1]);
  d_thread.join();
  ::close(d_wakeup[0]);
  ::close(d_listener);
}

std::string HttpServer::reply(const std::string& status, const std::string& body)
{
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

void HttpServer::answerWith(std::string bytes)
{
  const std::lock_guard lock(d_mutex);
  d_answer = std::move(bytes);
}

std::string HttpServer::url(const std::string& path) const
{
  return std::string("http://") + (d_family == AF_INET6 ? "[::1]" : "127.0.0.1") + ":" + std::to_string(d_port) + path;
}

std::string HttpServer::lastRequest() const
{
  const std::lock_guard lock(d_mutex);
  return d_lastRequest;
}

void HttpServer::run()
{
  for (;;) {
    std::vector<pollfd> all{{d_listener, POLLIN, 0}, {d_wakeup[0], POLLIN, 0}};
    for (const auto& [fd, request] : d_connections) {
      all.push_back({fd, POLLIN, 0});
    }
    if (::poll(all.data(), all.size(), -1) < 0) {
      continue;
    }
    if (all[1].revents != 0) {
      break;
    }
    for (size_t i = 2; i < all.size(); ++i) {
      if (all[i].revents != 0 && !serve(all[i].fd, d_connections[all[i].fd])) {
        ::close(all[i].fd);
        d_connections.erase(all[i].fd);
      }
    }
    if (all[0].revents != 0) {
      const int fd = ::accept4(d_listener, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd >= 0) {
        d_connections.emplace(fd, std::string());
      }
    }
  }
  for (const auto& [fd, request] : d_connections) {
    ::close(fd);
  }
}

bool HttpServer::serve(int fd, std::string& request)
{
  std::array<char, 4096> buffer{};
  const auto got = ::recv(fd, buffer.data(), buffer.size(), 0);
  if (got <= 0) {
    return false;
  }
  request.append(buffer.data(), static_cast<size_t>(got));
  const bool isTls = request[0] == '\x16'; // a client's hello: it will wait for an answer of its own kind
  if (!isTls && request.find("\r\n\r\n") == std::string::npos) {
    return true;
  }
  std::string answer;
  {
    const std::lock_guard lock(d_mutex);
    d_lastRequest = std::exchange(request, {});
    answer = d_answer;
  }
  ++d_requests;
  send(fd, answer);
  return answer.empty() || d_keepsOpen;
}

void HttpServer::send(int fd, const std::string& bytes)
{
  const timeval limit{2, 0}; // a client that neither reads nor closes must not hold up the test
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
  for (size_t sent = 0; sent < bytes.size();) {
    const auto count = ::send(fd, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) {
      return;
    }
    sent += static_cast<size_t>(count);
    d_bytesSent += static_cast<size_t>(count);
  }
}
}
