// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <sys/socket.h>
#include <unistd.h>
#include "checkresult.hh"

// What the checks without libcurl share: a socket of their own, the address it is connected to, and what an errno says.
// Thread: any; each Socket by one at a time.

namespace failover
{
// Owns a descriptor that is closed at exec and does not block.
class Socket
{
public:
  Socket() noexcept = default;
  // get() < 0: there is none, and errno says why.
  Socket(int family, int type, int protocol) noexcept :
    d_fd(::socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol)) { }
  // Takes fd over.
  explicit Socket(int fd) noexcept :
    d_fd(fd) { }
  ~Socket() { close(); }
  Socket(Socket&& other) noexcept :
    d_fd(std::exchange(other.d_fd, -1)) { }
  Socket& operator=(Socket&& other) noexcept
  {
    std::swap(d_fd, other.d_fd);
    return *this;
  }
  [[nodiscard]] int get() const noexcept { return d_fd; }

  // Each returns 0 or an errno. connectTo: EINPROGRESS for TCP, mostly.
  [[nodiscard]] int bindTo(const sockaddr_storage& local) noexcept;
  [[nodiscard]] int connectTo(const sockaddr_storage& to) noexcept;
  // Has a router's or our own "host unreachable" come as an error at once; a datagram socket would wait for the deadline.
  void reportUnreachable(int family) noexcept;

private:
  void close() noexcept
  {
    if (d_fd >= 0) {
      ::close(d_fd);
    }
  }
  int d_fd{-1};
};

// The numeric IPv4 or IPv6 address in `text`. ss_family is AF_UNSPEC when it is none. noexcept.
[[nodiscard]] sockaddr_storage socketAddress(const std::string& text, uint16_t port) noexcept;

// Binds to `source` (may be empty) and connects; for a datagram that asks nobody but this machine's own tables. Returns 0
// or an errno.
[[nodiscard]] int connectFrom(const std::string& source, const sockaddr_storage& to, Socket& socket) noexcept;

// What the errno of a socket connected to `to` says about the node, or about ourselves. Never Outcome::Passed. Throws only
// std::bad_alloc.
[[nodiscard]] CheckResult explainErrno(int error, const sockaddr_storage& to, const std::string& source);
[[nodiscard]] CheckResult timedOut(std::chrono::milliseconds timeout);

// What makes a run impossible before anything was asked of the node. Throws std::runtime_error, always.
[[noreturn]] void throwLocal(int error, const sockaddr_storage& to, const std::string& source);

// Unpredictable bytes, so that a stranger cannot answer in the node's place. Throws std::system_error.
void fillRandom(std::span<uint8_t> bytes);
}
