// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include "schedule.hh"

namespace failover
{
namespace
{
  using Clock = std::chrono::steady_clock;
  constexpr auto s_floor = std::chrono::milliseconds(1); // a check that is due the moment it ends would spin the loop
  constexpr double s_jitter = 0.1;                       // of the interval, to either side
}

Clock::time_point nextDue(const Pace& pace, bool pending, Clock::time_point lastStart, Clock::time_point now, double random) noexcept
{
  const double stretch = 1.0 - s_jitter + 2.0 * s_jitter * random;
  const auto steady = std::chrono::duration_cast<Clock::duration>(pace.interval * stretch);
  const auto due = lastStart + (pending ? Clock::duration(pace.retry) : steady);
  return std::max(due, now + s_floor);
}
}
