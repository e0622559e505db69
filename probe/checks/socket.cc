// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/random.h>
#include "failure.hh"
#include "route.hh"
#include "socket.hh"

namespace failover
{
namespace
{
  socklen_t lengthOf(const sockaddr_storage& address) noexcept
  {
    return address.ss_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  }
}

int Socket::bindTo(const sockaddr_storage& local) noexcept
{
  return ::bind(d_fd, reinterpret_cast<const sockaddr*>(&local), lengthOf(local)) == 0 ? 0 : errno;
}

int Socket::connectTo(const sockaddr_storage& to) noexcept
{
  return ::connect(d_fd, reinterpret_cast<const sockaddr*>(&to), lengthOf(to)) == 0 ? 0 : errno;
}

void Socket::reportUnreachable(int family) noexcept
{
  const int on = 1;
  // Where this fails, such an error is a timeout.
  (void)(family == AF_INET6 ? ::setsockopt(d_fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof(on)) : ::setsockopt(d_fd, IPPROTO_IP, IP_RECVERR, &on, sizeof(on)));
}

sockaddr_storage socketAddress(const std::string& text, uint16_t port) noexcept
{
  sockaddr_storage address{};
  auto& v4 = reinterpret_cast<sockaddr_in&>(address);
  auto& v6 = reinterpret_cast<sockaddr_in6&>(address);
  if (inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
  }
  else if (inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
  }
  return address;
}

int connectFrom(const std::string& source, const sockaddr_storage& to, Socket& socket) noexcept
{
  if (!source.empty()) {
    if (const int error = socket.bindTo(socketAddress(source, 0)); error != 0) {
      return error;
    }
  }
  return socket.connectTo(to);
}

CheckResult explainErrno(int error, const sockaddr_storage& to, const std::string& source)
{
  FailedTransfer failed;
  failed.code = CURLE_COULDNT_CONNECT;
  failed.connectErrno = error;
  failed.resolved = true;
  // No local address, or no local port: with a route, too.
  failed.refusedHere = error == EADDRNOTAVAIL || refusedHere(error, to, source);
  return explain(failed);
}

CheckResult timedOut(std::chrono::milliseconds timeout)
{
  FailedTransfer failed;
  failed.code = CURLE_OPERATION_TIMEDOUT;
  failed.resolved = true;
  failed.timeout = timeout;
  return explain(failed);
}

void throwLocal(int error, const sockaddr_storage& to, const std::string& source)
{
  throw std::runtime_error(explainErrno(error, to, source).text);
}

void fillRandom(std::span<uint8_t> bytes)
{
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw std::system_error(errno, std::generic_category(), "cannot get random bytes");
  }
}
}
