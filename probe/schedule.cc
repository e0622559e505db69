// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <cmath>
#include "schedule.hh"

namespace failover
{
namespace
{
  using Clock = std::chrono::steady_clock;
  constexpr auto s_floor = std::chrono::milliseconds(1); // a check that is due the moment it ends would spin the loop
  constexpr double s_jitter = 0.1;                       // of the interval, to either side
}

double stretch(double random) noexcept
{
  return 1.0 - s_jitter + 2.0 * s_jitter * random;
}

double firstStretch(uint64_t serial) noexcept
{
  // Multiples of the golden ratio, modulo 1, divide a circle evenly, however many there are.
  constexpr double golden = 0.6180339887498949;
  const double turns = static_cast<double>(serial % 1'000'000) * golden;
  return 1.0 - (turns - std::floor(turns));
}

std::optional<Clock::time_point> nextDue(const Pace& pace, const Progress& progress, Clock::time_point now, double stretched) noexcept
{
  if (progress.inFlight >= std::max(progress.useful, 1U)) {
    return std::nullopt;
  }
  const bool soon = progress.pending || progress.inFlight > 0;
  const auto wait = soon ? Clock::duration(pace.retry) : std::chrono::duration_cast<Clock::duration>(pace.interval * stretched);
  return std::max(progress.lastStart + wait, now + s_floor);
}
}
