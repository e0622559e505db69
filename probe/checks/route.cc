// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <cerrno>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>
#include "route.hh"

namespace failover
{
namespace
{
  class Socket
  {
  public:
    explicit Socket(int family) noexcept :
      d_fd(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0)) { }
    ~Socket()
    {
      if (d_fd >= 0) {
        ::close(d_fd);
      }
    }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    [[nodiscard]] int get() const noexcept { return d_fd; }

  private:
    const int d_fd;
  };

  socklen_t lengthOf(const sockaddr_storage& address) noexcept
  {
    return address.ss_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  }

  void bindTo(const Socket& socket, int family, const std::string& source) noexcept
  {
    sockaddr_storage local{};
    local.ss_family = static_cast<sa_family_t>(family);
    void* const raw = family == AF_INET6 ? static_cast<void*>(&reinterpret_cast<sockaddr_in6&>(local).sin6_addr)
                                         : static_cast<void*>(&reinterpret_cast<sockaddr_in&>(local).sin_addr);
    if (inet_pton(family, source.c_str(), raw) == 1) {
      // Routing rules may go by source; where binding fails the connect's error says enough.
      (void)::bind(socket.get(), reinterpret_cast<const sockaddr*>(&local), lengthOf(local));
    }
  }

  // Connecting a UDP socket looks up the route and sends nothing, so its error is this machine's own.
  int routeError(const sockaddr_storage& to, const std::string& source) noexcept
  {
    const Socket socket(to.ss_family);
    if (socket.get() < 0) {
      return errno;
    }
    if (!source.empty()) {
      bindTo(socket, to.ss_family, source);
    }
    return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&to), lengthOf(to)) == 0 ? 0 : errno;
  }
}

bool refusedHere(int error, const sockaddr_storage& to, const std::string& source) noexcept
{
  switch (error) {
  case EPERM: // only a local filter says this
    return true;
  case EACCES: // a local filter or route; from IPv6 also ICMPv6 "administratively prohibited"
    return to.ss_family == AF_INET || routeError(to, source) == error;
  case ENETUNREACH:
  case EADDRNOTAVAIL: // no local address of that family fits
  case EHOSTUNREACH:
    // "No route" in our own tables says nothing about the node. The same errno also comes from a router's ICMP or a
    // neighbour that does not answer, and then the node is gone for everybody.
    return routeError(to, source) == error;
  default:
    return false;
  }
}
}
