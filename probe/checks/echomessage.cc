// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <sys/socket.h>
#include "echomessage.hh"

namespace failover
{
namespace
{
  // Type, code, checksum (2 bytes), identifier (2), sequence number (2): the same in both versions.
  constexpr size_t s_checksumAt = 2;
  constexpr size_t s_sequenceAt = 7;
  constexpr size_t s_payloadAt = 8;
}

uint16_t internetChecksum(std::span<const uint8_t> bytes) noexcept
{
  uint32_t sum = 0; // 64 KiB of words cannot overflow it
  for (size_t i = 0; i < bytes.size(); ++i) {
    sum += i % 2 == 0 ? bytes[i] * 256U : bytes[i];
  }
  while (sum > UINT16_MAX) {
    sum = (sum & UINT16_MAX) + (sum >> 16);
  }
  return static_cast<uint16_t>(~sum);
}

std::span<const uint8_t> withoutIpHeader(std::span<const uint8_t> packet) noexcept
{
  const size_t length = packet.empty() || packet[0] >> 4 != 4 ? packet.size() : (packet[0] & 0xfU) * 4;
  return packet.subspan(std::min(length, packet.size()));
}

EchoMessage::EchoMessage(int family, const Payload& payload) noexcept :
  d_family(family)
{
  d_message[0] = family == AF_INET6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO;
  d_message[s_sequenceAt] = 1;
  std::copy(payload.begin(), payload.end(), d_message.begin() + s_payloadAt);
  if (family == AF_INET) {
    const uint16_t sum = internetChecksum(d_message);
    d_message[s_checksumAt] = static_cast<uint8_t>(sum >> 8);
    d_message[s_checksumAt + 1] = static_cast<uint8_t>(sum & 0xff);
  }
}

bool EchoMessage::isAnsweredBy(std::span<const uint8_t> packet) const noexcept
{
  const uint8_t wanted = d_family == AF_INET6 ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY;
  return packet.size() == s_size && packet[0] == wanted && packet[1] == 0 && std::equal(packet.begin() + s_payloadAt, packet.end(), d_message.begin() + s_payloadAt);
}
}
