// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "probe/loop/stallwatch.hh"

using namespace failover;
using namespace std::chrono_literals;

namespace
{
const StallWatch::Clock::time_point s_start{1000s};
}

TEST_SUITE("stallwatch")
{
  TEST_CASE("turns in time, and waits as long as they were meant to be, are no stall")
  {
    StallWatch watch;
    CHECK_FALSE(watch.turn(s_start, 5h).has_value()); // how long it slept before it was started is nothing to us
    watch.willWait(60s);
    CHECK_FALSE(watch.turn(s_start + 60s, 5h).has_value());
    watch.willWait(10ms);
    CHECK_FALSE(watch.turn(s_start + 61s, 5h).has_value()); // 990 ms late
  }

  TEST_CASE("a turn that comes more than a second late is one")
  {
    StallWatch watch;
    CHECK_FALSE(watch.turn(s_start, 0s).has_value());
    watch.willWait(500ms);
    CHECK(watch.turn(s_start + 30'500ms, 0s) == 30s);
    watch.willWait(500ms);
    CHECK_FALSE(watch.turn(s_start + 31s, 0s).has_value());
  }

  TEST_CASE("so is work that took longer than a second, with no wait at all")
  {
    StallWatch watch;
    CHECK_FALSE(watch.turn(s_start, 0s).has_value());
    watch.willWait(0ms);
    CHECK(watch.turn(s_start + 1200ms, 0s) == 1200ms);
  }

  TEST_CASE("a machine that was suspended stood still, though its steady clock did too")
  {
    StallWatch watch;
    CHECK_FALSE(watch.turn(s_start, 1h).has_value());
    watch.willWait(500ms);
    CHECK(watch.turn(s_start + 400ms, 1h + 8h) == 8h);
    watch.willWait(500ms);
    CHECK_FALSE(watch.turn(s_start + 900ms, 9h).has_value());
  }

  TEST_CASE("a millisecond's difference between two clocks is no sleep")
  {
    StallWatch watch;
    CHECK_FALSE(watch.turn(s_start, 10ms).has_value());
    watch.willWait(500ms);
    CHECK_FALSE(watch.turn(s_start + 500ms, 9ms).has_value());
    CHECK(timeAsleep() >= 0ms);
  }
}
