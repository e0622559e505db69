// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>

// Schedule: when a check is due next. Pure: time and randomness are arguments. A brand-new check is due at once, which
// needs no function. Thread: any.

namespace failover
{
struct Pace
{
  std::chrono::milliseconds interval{0}; // between starts while the verdict stands
  std::chrono::milliseconds retry{0};    // between starts while it is pending
};

// When a check that began at `lastStart` and has ended by `now` is due again.
// random: uniform in [0, 1); moves `interval` by up to a tenth either way, so that checks that began together drift apart.
// The answer is always later than `now`; whatever was missed while this machine stood still is not made up for.
[[nodiscard]] std::chrono::steady_clock::time_point nextDue(const Pace& pace, bool pending,
  std::chrono::steady_clock::time_point lastStart, std::chrono::steady_clock::time_point now, double random) noexcept;
}
