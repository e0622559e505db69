// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>

// Schedule: when a check is due next. Pure: time and randomness are arguments. A brand-new check is due at once, which
// needs no function. Thread: any.

namespace failover
{
struct Pace
{
  std::chrono::milliseconds interval{0}; // between starts while the verdict stands
  std::chrono::milliseconds retry{0};    // between starts while it is pending, and while a run is silent
};

// Where a check is.
struct Progress
{
  std::chrono::steady_clock::time_point lastStart;
  bool pending{false};  // the last results contradict the verdict
  unsigned inFlight{0}; // runs that have begun and not ended
  unsigned useful{1};   // how many runs under way may decide something: as many failures as an up check is from its fall
};

// By how much an interval is stretched: by up to a tenth either way, so that checks that began together drift apart.
// random: uniform in [0, 1).
[[nodiscard]] double stretch(double random) noexcept;
// The same for the interval after a check's first run: since all first runs begin at once, the second ones are spread
// evenly over the interval. serial: the check's number, counted up from one check to the next.
[[nodiscard]] double firstStretch(uint64_t serial) noexcept;

// When the next run begins; nothing while only the end of a run can tell. A run that is silent for `retry` is joined by
// another. Always later than `now`: whatever was missed while this machine stood still is not made up for.
// stretched: of the interval, as above.
[[nodiscard]] std::optional<std::chrono::steady_clock::time_point> nextDue(const Pace& pace, const Progress& progress,
  std::chrono::steady_clock::time_point now, double stretched) noexcept;
}
