// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <algorithm>
#include <limits>
#include <random>
#include <vector>
#include "probe/verdict/holddown.hh"

using namespace failover;
using namespace std::chrono_literals;

namespace
{
const HoldDown::TimePoint s_start{100s}; // a machine that has just booted: what was before is below zero
const HoldDown::WallTime s_wall{1000000h / 2};

// Falls, rises when it may, falls again, `times` times in all; ends with the last fall. Returns that moment.
HoldDown::TimePoint flap(HoldDown& hold, unsigned times, HoldDown::TimePoint now = s_start)
{
  for (unsigned i = 0; i < times; ++i) {
    hold.fell(now);
    if (i + 1 < times) {
      now = std::max(now + 1s, hold.heldUntil().value_or(now));
      hold.rose(now);
      now += 1s;
    }
  }
  return now;
}
}

TEST_SUITE("holddown")
{
  TEST_CASE("the first fall is not held, the second for the first time, each further one for twice as long up to the cap")
  {
    const std::vector<std::chrono::seconds> holds{0s, 30s, 60s, 120s, 240s, 480s, 600s, 600s, 600s};
    for (unsigned falls = 1; falls <= holds.size(); ++falls) {
      HoldDown hold({});
      const auto fell = flap(hold, falls);
      CAPTURE(falls);
      const auto wanted = holds[falls - 1];
      CHECK(hold.heldUntil().has_value() == (wanted > 0s));
      CHECK(hold.holds(fell) == (wanted > 0s));
      CHECK_FALSE(hold.holds(fell + wanted));
      if (wanted > 0s) {
        CHECK((*hold.heldUntil() == fell + wanted));
        CHECK(hold.holds(fell + wanted - 1ns));
      }
      CHECK(hold.count(fell) == std::min(falls, 7U)); // the one whose hold is the cap
    }
  }

  TEST_CASE("a node that never fell is not held")
  {
    HoldDown hold({});
    CHECK_FALSE(hold.holds(s_start));
    CHECK_FALSE(hold.heldUntil().has_value());
    hold.rose(s_start);
    CHECK(hold.count(s_start + 1000h) == 0);
  }

  TEST_CASE("off, nothing is counted and nothing held")
  {
    HoldDown hold({0s, 600s});
    const auto now = flap(hold, 20);
    CHECK_FALSE(hold.holds(now));
    CHECK(hold.count(now) == 0);
    hold.restore({5, s_wall, s_wall + 1h}, false, now, s_wall);
    CHECK_FALSE(hold.holds(now));
    CHECK(hold.count(now) == 0);
  }

  TEST_CASE("a fall is forgotten for each full five minutes that the node stays up")
  {
    HoldDown hold({});
    const auto fell = flap(hold, 3);      // held for 60 s
    CHECK(hold.count(fell + 1000h) == 3); // as long as it is down, nothing is forgotten
    hold.rose(fell + 90s);
    const auto rose = fell + 90s;
    CHECK(hold.count(rose) == 3);
    CHECK(hold.count(rose + 300s - 1ns) == 3);
    CHECK(hold.count(rose + 300s) == 2);
    CHECK(hold.count(rose + 600s - 1ns) == 2);
    CHECK(hold.count(rose + 600s) == 1);
    CHECK(hold.count(rose + 900s) == 0);
    CHECK(hold.count(rose + 100000h) == 0);
    hold.rose(rose + 299s); // it is up already
    CHECK(hold.count(rose + 300s) == 2);

    auto again = hold;
    again.fell(rose + 300s); // as if for the third time
    CHECK((*again.heldUntil() == rose + 360s));
    again = hold;
    again.fell(rose + 899s); // for the second
    CHECK((*again.heldUntil() == rose + 929s));
    again = hold;
    again.fell(rose + 900s); // for the first
    CHECK_FALSE(again.holds(rose + 900s));
    CHECK_FALSE(again.heldUntil().has_value());
  }

  TEST_CASE("a node that is held is not up: its checks may turn as they like")
  {
    HoldDown hold({});
    const auto fell = flap(hold, 3);
    hold.rose(fell + 10s);
    hold.fell(fell + 20s);
    hold.rose(fell + 30s);
    CHECK((*hold.heldUntil() == fell + 60s));
    CHECK(hold.count(fell + 59s) == 3);
    CHECK(hold.count(fell + 60s + 299s) == 3); // up since the hold's end
    CHECK(hold.count(fell + 60s + 300s) == 2);
    hold.fell(fell + 61s);
    CHECK((*hold.heldUntil() == fell + 61s + 120s));
  }

  TEST_CASE("a time that runs backwards does no harm")
  {
    HoldDown hold({});
    const auto fell = flap(hold, 2);
    hold.rose(fell + 30s);
    CHECK(hold.count(fell - 1000h) == 2);
  }

  TEST_CASE("odd settings are bounded")
  {
    const auto most = std::chrono::seconds::max();
    const std::vector<HoldDown::Config> odd{{most, most}, {1s, most}, {30s, 1s}, {30s, 0s}, {-5s, -5s}, {30s, -most}};
    for (const auto& config : odd) {
      HoldDown hold(config);
      const auto fell = flap(hold, 60);
      const auto longest = std::clamp(config.cap, std::chrono::seconds(0), std::chrono::seconds(365 * 24h));
      CHECK_FALSE(hold.holds(fell + longest));
      CHECK(hold.count(fell) <= 60);
      const auto back = hold.remember(fell, s_wall);
      hold.restore(back, false, fell, s_wall);
      CHECK_FALSE(hold.holds(fell + longest));
    }
    HoldDown hold({30s, 10s});
    const auto fell = flap(hold, 2);
    CHECK((*hold.heldUntil() == fell + 10s)); // the cap, from the start
  }

  TEST_CASE("a restart changes nothing")
  {
    for (const bool isUp : {false, true}) {
      for (const auto pause : {0s, 10s, 59s, 60s, 359s, 360s, 661s, 5000s}) {
        HoldDown before({});
        const auto fell = flap(before, 3);
        if (isUp) {
          before.rose(fell + 5s);
        }
        const auto saved = before.remember(fell + 6s, s_wall + 6s);
        HoldDown after({});
        const auto boot = HoldDown::TimePoint(3s); // another machine's life
        after.restore(saved, isUp, boot, s_wall + 6s + pause);
        const auto now = fell + 6s + pause;
        CAPTURE(isUp);
        CAPTURE(pause.count());
        CHECK(after.holds(boot) == before.holds(now));
        if (before.holds(now)) {
          CHECK((*after.heldUntil() - boot == *before.heldUntil() - now));
        }
        CHECK(after.count(boot) == before.count(now));
        CHECK(after.count(boot + 100s) == before.count(now + 100s));
        after.fell(boot + 100s);
        before.fell(now + 100s);
        CHECK(after.count(boot + 100s) == before.count(now + 100s));
      }
    }
  }

  TEST_CASE("what is remembered says when the count last changed")
  {
    HoldDown hold({});
    CHECK(hold.remember(s_start, s_wall).count == 0);
    CHECK((hold.remember(s_start, s_wall).heldUntil == HoldDown::WallTime{}));
    const auto fell = flap(hold, 3);
    const auto down = hold.remember(fell + 10s, s_wall + 10s);
    CHECK(down.count == 3);
    CHECK((down.changed == s_wall));
    CHECK((down.heldUntil == s_wall + 60s));
    hold.rose(fell + 70s);
    const auto up = hold.remember(fell + 70s + 400s, s_wall + 470s);
    CHECK(up.count == 2);
    CHECK((up.changed == s_wall + 370s));
    CHECK((up.heldUntil == HoldDown::WallTime{}));
  }

  TEST_CASE("a wall clock that was set does not hold for longer than was earned")
  {
    HoldDown hold({});
    flap(hold, 3);
    const auto saved = hold.remember(s_start, s_wall);
    struct Row
    {
      std::chrono::seconds shift;
      std::chrono::seconds held;
    };
    for (const auto& row : {Row{-10000h, 60s}, {-1h, 60s}, {1h, 0s}, {10000h, 0s}}) {
      HoldDown after({});
      after.restore(saved, false, s_start, s_wall + row.shift);
      CHECK(after.holds(s_start) == (row.held > 0s));
      CHECK_FALSE(after.holds(s_start + row.held));
      CHECK(after.count(s_start) == 3); // down: nothing is forgotten
    }
  }

  TEST_CASE("a store may say anything")
  {
    const auto least = HoldDown::WallTime::min();
    const auto most = HoldDown::WallTime::max();
    for (const auto changed : {least, most, s_wall, HoldDown::WallTime{}}) {
      for (const auto heldUntil : {least, most, s_wall, HoldDown::WallTime{}}) {
        for (const auto count : {0U, 1U, 2U, 7U, std::numeric_limits<unsigned>::max()}) {
          for (const bool isUp : {false, true}) {
            HoldDown hold({});
            hold.restore({count, changed, heldUntil}, isUp, s_start, s_wall);
            CHECK_FALSE(hold.holds(s_start + 600s));
            CHECK(hold.holds(s_start) == (count >= 2 && heldUntil == most));
            CHECK(hold.count(s_start) <= std::min(count, 7U));
            hold.fell(s_start + 601s);
            CHECK_FALSE(hold.holds(s_start + 1201s));
          }
        }
      }
    }
  }

  TEST_CASE("whatever happens, a hold is at most the cap and lasts as long as its count says")
  {
    std::mt19937 random(1); // NOLINT: the same each time
    for (int life = 0; life < 200; ++life) {
      HoldDown hold({5s, 100s});
      auto now = s_start;
      bool isUp = true;
      for (int step = 0; step < 50; ++step) {
        now += std::chrono::milliseconds(random() % 60000);
        const auto before = hold.count(now);
        const bool wasHeld = hold.holds(now);
        const auto heldUntil = hold.heldUntil();
        isUp = !isUp;
        isUp ? hold.rose(now) : hold.fell(now);
        CHECK_FALSE(hold.holds(now + 100s));
        if (isUp || wasHeld) {
          CHECK((hold.heldUntil() == heldUntil));
          CHECK(hold.count(now) == before);
        }
        else {
          CHECK(hold.count(now) == std::min(before + 1, 7U)); // 0, 5, 10, 20, 40, 80, 100: the cap at the seventh fall
          CHECK(hold.holds(now) == (before >= 1));
        }
      }
    }
  }
}
