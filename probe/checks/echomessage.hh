// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <array>
#include <cstdint>
#include <span>

// EchoMessage: a ping as it goes over the wire, and which packets answer it (RFC 792, RFC 4443 section 4). Pure.
// Thread: any. Everything is noexcept.

namespace failover
{
class EchoMessage
{
public:
  // What a node returns as it came, and nobody can guess who has not seen it. It stands in for identifier and sequence
  // number, the first of which the kernel rewrites.
  static constexpr size_t s_payloadSize = 16;
  static constexpr size_t s_size = 8 + s_payloadSize;
  using Payload = std::array<uint8_t, s_payloadSize>;

  // family: AF_INET or AF_INET6.
  EchoMessage(int family, const Payload& payload) noexcept;

  // With a checksum for IPv4; for IPv6 the kernel makes it, which alone knows both addresses (RFC 3542 section 3.1).
  [[nodiscard]] std::span<const uint8_t> message() const noexcept { return d_message; }
  // Whether the packet, from its ICMP header on, is the reply to this very message.
  [[nodiscard]] bool isAnsweredBy(std::span<const uint8_t> packet) const noexcept;

private:
  const int d_family;
  std::array<uint8_t, s_size> d_message{};
};

// What follows an IPv4 header, which raw sockets leave in front; empty when there is no such header.
[[nodiscard]] std::span<const uint8_t> withoutIpHeader(std::span<const uint8_t> packet) noexcept;

// RFC 1071.
[[nodiscard]] uint16_t internetChecksum(std::span<const uint8_t> bytes) noexcept;
}
