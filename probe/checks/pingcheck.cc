// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <array>
#include <cerrno>
#include <exception>
#include <stdexcept>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include "pingcheck.hh"

namespace failover
{
namespace
{
  constexpr size_t s_longestPacket = 60 + EchoMessage::s_size; // with the longest header of IPv4; what is longer is no reply

  EchoMessage::Payload randomPayload()
  {
    EchoMessage::Payload payload{};
    fillRandom(payload);
    return payload;
  }

  bool isForbidden(int error) noexcept
  {
    return error == EACCES || error == EPERM;
  }

  // A raw socket hears every ICMP packet from the node.
  void onlyEchoReplies(const Socket& socket, int family) noexcept
  {
    if (family == AF_INET6) {
      icmp6_filter filter; // NOLINT(cppcoreguidelines-pro-type-member-init): the macro fills it
      ICMP6_FILTER_SETBLOCKALL(&filter);
      ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
      (void)::setsockopt(socket.get(), IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof(filter));
    }
    else {
      icmp_filter filter{};
      filter.data = ~(1U << ICMP_ECHOREPLY);
      (void)::setsockopt(socket.get(), SOL_RAW, ICMP_FILTER, &filter, sizeof(filter));
    }
  }
}

PingCheck::PingCheck(const CheckSpec& spec) :
  d_spec(spec), d_to(socketAddress(spec.address.empty() ? spec.host : spec.address, 0)), d_echo(d_to.ss_family, randomPayload())
{
}

PingCheck::~PingCheck()
{
  if (d_host != nullptr) {
    d_host->poller().forget(d_socket.get());
  }
}

// A datagram socket hears only the replies to what it has sent, and asks for no privilege where the kernel lets our group.
void PingCheck::openSocket()
{
  const int family = d_to.ss_family;
  const int protocol = family == AF_INET6 ? static_cast<int>(IPPROTO_ICMPV6) : static_cast<int>(IPPROTO_ICMP);
  d_socket = Socket(family, SOCK_DGRAM, protocol);
  if (d_socket.get() < 0 && isForbidden(errno)) {
    d_isRaw = true;
    d_socket = Socket(family, SOCK_RAW, protocol);
    if (d_socket.get() < 0 && isForbidden(errno)) {
      throw std::runtime_error("ping needs CAP_NET_RAW, or the server's group in net.ipv4.ping_group_range");
    }
    onlyEchoReplies(d_socket, family);
  }
  const int error = d_socket.get() < 0 ? errno : connectFrom(d_spec.source, d_to, d_socket);
  if (error != 0) {
    throwLocal(error, d_to, d_spec.source);
  }
  d_socket.reportUnreachable(family);
}

void PingCheck::start(RunHost& host)
{
  openSocket();
  const auto message = d_echo.message();
  if (::send(d_socket.get(), message.data(), message.size(), MSG_NOSIGNAL) < 0) {
    throwLocal(errno, d_to, d_spec.source);
  }
  host.poller().watch(d_socket.get(), EPOLLIN, *this);
  d_host = &host;
}

CheckResult PingCheck::expire()
{
  return timedOut(d_spec.timeout);
}

void PingCheck::ready(int /* fd */, uint32_t /* events */) noexcept
{
  try {
    std::array<uint8_t, s_longestPacket> bytes; // NOLINT(cppcoreguidelines-pro-type-member-init): recv fills it
    const auto got = ::recv(d_socket.get(), bytes.data(), bytes.size(), 0);
    if (got >= 0) {
      std::span<const uint8_t> packet(bytes.data(), static_cast<size_t>(got));
      if (d_isRaw && d_to.ss_family == AF_INET) {
        packet = withoutIpHeader(packet);
      }
      if (d_echo.isAnsweredBy(packet)) {
        end({Outcome::Passed, "echo reply", {}});
      }
    }
    else if (errno != EAGAIN && errno != EINTR) {
      end(explainErrno(errno, d_to, d_spec.source));
    }
  }
  catch (const std::exception& e) {
    end({Outcome::LocalProblem, e.what(), {}});
  }
}

void PingCheck::end(CheckResult result)
{
  d_host->poller().forget(d_socket.get());
  d_host->ended(*this, std::move(result));
}
}
