// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <optional>

// StallWatch: notices that this machine, or this thread, stood still: stopped, suspended, or too busy to turn the loop.
// What was under way then had its time run out without having been looked at, which says nothing about anybody else.
// Pure: times are arguments. Thread: compatible.

namespace failover
{
class StallWatch
{
public:
  using Clock = std::chrono::steady_clock;
  // Later than that is a stall.
  static constexpr std::chrono::milliseconds s_tolerated{1000};

  // The loop turns at `now`, after `asleep` in which this machine was suspended altogether since it was started (a steady
  // clock does not count that). For how long it stood still since the last turn; nothing when it did not.
  std::optional<std::chrono::milliseconds> turn(Clock::time_point now, std::chrono::milliseconds asleep) noexcept;
  // The loop will wait for `limit` at most.
  void willWait(std::chrono::milliseconds limit) noexcept { d_allowed = limit; }

private:
  bool d_hasTurned{false};
  Clock::time_point d_turned;
  std::chrono::milliseconds d_asleep{0};
  std::chrono::milliseconds d_allowed{0};
};

// For how long this machine has been suspended since it was started. Throws nothing. Thread: any.
[[nodiscard]] std::chrono::milliseconds timeAsleep() noexcept;
}
