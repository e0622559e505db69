// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "probe/schedule.hh"

using namespace failover;
using namespace std::chrono_literals;

namespace
{
using Clock = std::chrono::steady_clock;
const Clock::time_point s_start{1000s};
const Pace s_pace{3000ms, 500ms};
}

TEST_SUITE("schedule")
{
  TEST_CASE("a steady check is due one interval after its last start, give or take a tenth")
  {
    const auto now = s_start + 20ms;
    CHECK(nextDue(s_pace, false, s_start, now, 0.5) == s_start + 3000ms);
    CHECK(nextDue(s_pace, false, s_start, now, 0.0) == s_start + 2700ms);
    for (double random = 0; random < 1; random += 0.01) {
      const auto due = nextDue(s_pace, false, s_start, now, random);
      CHECK(due >= s_start + 2700ms);
      CHECK(due <= s_start + 3300ms);
    }
    CHECK(nextDue(s_pace, false, s_start, now, 0.999999) > s_start + 3299ms);
  }

  TEST_CASE("a pending check is due one retry after its last start, without jitter")
  {
    for (const double random : {0.0, 0.5, 0.99}) {
      CHECK(nextDue(s_pace, true, s_start, s_start + 20ms, random) == s_start + 500ms);
    }
  }

  TEST_CASE("a run that took longer than retry is followed at once, but not in the same moment")
  {
    const auto now = s_start + 2000ms;
    const auto due = nextDue(s_pace, true, s_start, now, 0.5);
    CHECK(due > now);
    CHECK(due <= now + 1ms);
  }

  TEST_CASE("rounds missed while the machine stood still are not made up for")
  {
    const auto now = s_start + 3600s;
    const auto first = nextDue(s_pace, false, s_start, now, 0.5);
    CHECK(first == now + 1ms);
    CHECK(nextDue(s_pace, false, first, first + 5ms, 0.5) == first + 3000ms);
  }

  TEST_CASE("the shortest pace never spins")
  {
    const Pace shortest{100ms, 10ms};
    const auto now = s_start + 99ms; // its longest timeout, beyond the shortest jittered interval
    CHECK(nextDue(shortest, false, s_start, now, 0.0) == now + 1ms);
  }
}
