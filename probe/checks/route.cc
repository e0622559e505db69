// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <cerrno>
#include "route.hh"
#include "socket.hh"

namespace failover
{
namespace
{
  // Connecting a UDP socket looks up the route and sends nothing, so its error is this machine's own.
  int routeError(const sockaddr_storage& to, const std::string& source) noexcept
  {
    Socket socket(to.ss_family, SOCK_DGRAM, 0);
    if (socket.get() < 0) {
      return errno;
    }
    if (!source.empty()) {
      // Routing rules may go by source; where binding fails the connect's error says enough.
      (void)socket.bindTo(socketAddress(source, 0));
    }
    return socket.connectTo(to);
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
