// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <ctime>
#include <utility>
#include "stallwatch.hh"

namespace failover
{
namespace
{
  using std::chrono::milliseconds;

  milliseconds read(clockid_t clock) noexcept
  {
    timespec time{};
    (void)clock_gettime(clock, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::duration_cast<milliseconds>(std::chrono::nanoseconds(time.tv_nsec));
  }
}

std::optional<milliseconds> StallWatch::turn(Clock::time_point now, milliseconds asleep) noexcept
{
  const bool isFirst = !std::exchange(d_hasTurned, true);
  const auto took = std::chrono::duration_cast<milliseconds>(now - std::exchange(d_turned, now));
  const auto slept = asleep - std::exchange(d_asleep, asleep);
  const auto allowed = std::exchange(d_allowed, milliseconds(0));
  const auto late = std::max(took - allowed, milliseconds(0)) + std::max(slept, milliseconds(0));
  return isFirst || late <= s_tolerated ? std::nullopt : std::optional(late);
}

milliseconds timeAsleep() noexcept
{
  const auto monotonic = read(CLOCK_MONOTONIC); // first: being interrupted in between must look like sleep, not like less of it
  return read(CLOCK_BOOTTIME) - monotonic;
}
}
