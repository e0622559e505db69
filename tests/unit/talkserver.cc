// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "talkserver.hh"

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
}

TalkServer::TalkServer(std::string greeting, Reply reply) :
  d_greeting(std::move(greeting)), d_reply(std::move(reply))
{
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  d_listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  require(::bind(d_listener, reinterpret_cast<sockaddr*>(&address), length) == 0, "bind");
  require(::listen(d_listener, 16) == 0, "listen");
  require(::getsockname(d_listener, reinterpret_cast<sockaddr*>(&address), &length) == 0, "getsockname");
  d_port = ntohs(address.sin_port);
  require(::pipe2(d_wakeup, O_CLOEXEC) == 0, "pipe2");
  d_thread = std::thread(&TalkServer::run, this);
}

TalkServer::~TalkServer()
{
  ::close(d_wakeup[1]);
  d_thread.join();
  ::close(d_wakeup[0]);
  ::close(d_listener);
}

std::string TalkServer::heard() const
{
  const std::lock_guard lock(d_mutex);
  return d_heard;
}

bool TalkServer::hears(const std::string& end) const
{
  std::unique_lock lock(d_mutex);
  return d_news.wait_for(lock, std::chrono::seconds(5), [&] { return d_heard.ends_with(end); });
}

bool TalkServer::waitFor(int fd) const
{
  std::array<pollfd, 2> all{{{d_wakeup[0], POLLIN, 0}, {fd, POLLIN, 0}}};
  while (::poll(all.data(), all.size(), -1) < 0) {
  }
  return all[0].revents == 0;
}

void TalkServer::run()
{
  while (waitFor(d_listener)) {
    const int fd = ::accept4(d_listener, nullptr, nullptr, SOCK_CLOEXEC);
    const timeval limit{2, 0}; // a client that neither reads nor closes must not hold up the test
    ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    ++d_connections;
    d_hangsUp = false;
    serve(fd);
    ::close(fd);
  }
}

void TalkServer::serve(int fd)
{
  (void)::send(fd, d_greeting.data(), d_greeting.size(), MSG_NOSIGNAL);
  std::array<char, 4096> buffer{};
  while (!d_hangsUp && waitFor(fd)) {
    const auto got = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (got <= 0) {
      return;
    }
    const std::string bytes(buffer.data(), static_cast<size_t>(got));
    {
      const std::lock_guard lock(d_mutex);
      d_heard += bytes;
    }
    d_news.notify_all();
    const auto answer = d_reply(*this, bytes);
    for (size_t sent = 0; sent < answer.size();) {
      const auto count = ::send(fd, answer.data() + sent, answer.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) {
        return;
      }
      sent += static_cast<size_t>(count);
    }
  }
}
}
