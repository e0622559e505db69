// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <array>
#include <doctest/doctest.h>
#include "probe/schedule.hh"

using namespace failover;
using namespace std::chrono_literals;

namespace
{
using Clock = std::chrono::steady_clock;
const Clock::time_point s_start{1000s};
const Pace s_pace{3000ms, 500ms};

Progress since(Clock::time_point lastStart, bool pending = false, unsigned inFlight = 0, unsigned useful = 1)
{
  return {lastStart, pending, inFlight, useful};
}
}

TEST_SUITE("schedule")
{
  TEST_CASE("a steady check is due one interval after its last start, give or take a tenth")
  {
    const auto now = s_start + 20ms;
    const auto due = [now](double random) { return nextDue(s_pace, since(s_start), now, stretch(random)).value(); };
    CHECK(due(0.5) == s_start + 3000ms);
    CHECK(due(0.0) == s_start + 2700ms);
    for (double random = 0; random < 1; random += 0.01) {
      CHECK(due(random) >= s_start + 2700ms);
      CHECK(due(random) <= s_start + 3300ms);
    }
    CHECK(due(0.999999) > s_start + 3299ms);
  }

  TEST_CASE("second runs are spread evenly over the first interval, from whatever number on")
  {
    for (const uint64_t first : {uint64_t{1}, uint64_t{77777}}) {
      constexpr unsigned checks = 10'000;
      constexpr unsigned slots = 50;
      std::array<unsigned, slots> counts{};
      for (uint64_t serial = first; serial < first + checks; ++serial) {
        const double share = firstStretch(serial);
        REQUIRE(share > 0.0);
        REQUIRE(share <= 1.0);
        ++counts.at(std::min<size_t>(static_cast<size_t>(share * slots), slots - 1));
      }
      for (const unsigned count : counts) {
        CHECK(count >= checks / slots - 3);
        CHECK(count <= checks / slots + 3);
      }
    }
  }

  TEST_CASE("a pending check is due one retry after its last start, without jitter")
  {
    for (const double random : {0.0, 0.5, 0.99}) {
      CHECK(nextDue(s_pace, since(s_start, true), s_start + 20ms, stretch(random)) == s_start + 500ms);
    }
  }

  TEST_CASE("a silent run is joined by others, as many as may decide")
  {
    const auto now = s_start + 1ms;
    CHECK(nextDue(s_pace, since(s_start, false, 1, 3), now, 1.0) == s_start + 500ms);
    CHECK(nextDue(s_pace, since(s_start, false, 2, 3), now, 1.0) == s_start + 500ms);
    CHECK_FALSE(nextDue(s_pace, since(s_start, false, 3, 3), now, 1.0).has_value());
    CHECK(nextDue(s_pace, since(s_start, true, 1, 2), now, 1.0) == s_start + 500ms); // one has failed, one is silent
    CHECK_FALSE(nextDue(s_pace, since(s_start, true, 2, 2), now, 1.0).has_value());
    CHECK_FALSE(nextDue(s_pace, since(s_start, false, 1, 1), now, 1.0).has_value()); // down, or unknown: no hurry
    CHECK_FALSE(nextDue(s_pace, since(s_start, false, 1, 0), now, 1.0).has_value());
  }

  TEST_CASE("at the defaults a silent node is decided within 7 s, a refusing one within 5 s")
  {
    constexpr auto timeout = 2000ms;
    constexpr auto longest = 3300ms; // from the node's death to the next run, at most
    auto start = s_start;
    for (unsigned inFlight = 1; inFlight < 3; ++inFlight) {
      start = nextDue(s_pace, since(start, false, inFlight, 3), start, 1.0).value();
    }
    CHECK(longest + (start - s_start) + timeout <= 7s);
    start = s_start;
    for (unsigned failed = 1; failed < 3; ++failed) {
      start = nextDue(s_pace, since(start, true), start + 1ms, 1.0).value();
    }
    CHECK(longest + (start - s_start) <= 5s);
  }

  TEST_CASE("a run that took longer than retry is followed at once, but not in the same moment")
  {
    const auto now = s_start + 2000ms;
    const auto due = nextDue(s_pace, since(s_start, true), now, 1.0).value();
    CHECK(due > now);
    CHECK(due <= now + 1ms);
  }

  TEST_CASE("rounds missed while the machine stood still are not made up for")
  {
    const auto now = s_start + 3600s;
    const auto first = nextDue(s_pace, since(s_start), now, 1.0).value();
    CHECK(first == now + 1ms);
    CHECK(nextDue(s_pace, since(first), first + 5ms, 1.0) == first + 3000ms);
  }

  TEST_CASE("the shortest pace never spins")
  {
    const Pace shortest{100ms, 10ms};
    const auto now = s_start + 99ms; // its longest timeout, beyond the shortest jittered interval
    CHECK(nextDue(shortest, since(s_start), now, stretch(0.0)) == now + 1ms);
  }
}
