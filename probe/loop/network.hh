// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include "curl.hh"
#include "poller.hh"

// Network: libcurl's side of the event loop, divided so that ten thousand transfers do not get into each other's way.
// libcurl 7.88 looks through all connections under way when one ends, and through all names it remembers, literal
// addresses too; and it parses the authorities anew whenever a transfer wants others than the one before.
// Thread: the loop's.

namespace failover::curl
{
class Network
{
public:
  using Clock = Multi::Clock;

  // Borrows poller: must outlive this. Throws std::bad_alloc, Error.
  explicit Network(Poller& poller);

  // The multi for transfers that trust the authorities of this file; empty: the system's. Throws std::bad_alloc, Error.
  [[nodiscard]] Multi& multiFor(const std::string& caFile);
  // The share for transfers of this check. isLiteral: it goes to a literal address, which need not be remembered as names
  // are; a name must not share with one.
  [[nodiscard]] Share& shareFor(int64_t check, bool isLiteral) noexcept;

  // As Multi's functions of the same names.
  void turn(Clock::time_point now);
  [[nodiscard]] std::chrono::milliseconds untilTurn(Clock::time_point now, std::chrono::milliseconds limit) const noexcept;

private:
  static constexpr size_t s_shares = 64;

  Poller& d_poller;
  std::array<Share, s_shares> d_literals; // before the multis, which close connections that live there
  std::array<Share, s_shares> d_names;
  std::map<std::string, Multi, std::less<>> d_multis; // by ca_file
};
}
