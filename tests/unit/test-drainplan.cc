// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <random>
#include "probe/drainplan.hh"

using namespace failover;
using namespace std::chrono_literals;
using std::chrono::sys_seconds;

namespace
{
const sys_seconds s_now{1000h};

PlannedDrain drain(int64_t id, std::chrono::seconds from, std::optional<std::chrono::seconds> to)
{
  return {id, s_now + from, to ? std::optional(s_now + *to) : std::nullopt, ""};
}

int64_t runningAt(const std::vector<PlannedDrain>& drains, sys_seconds when)
{
  const auto* const running = planAt(drains, when).running;
  return running != nullptr ? running->id : 0;
}
}

TEST_SUITE("drainplan")
{
  TEST_CASE("a drain runs from its first second to its last, to the second")
  {
    const std::vector plan{drain(7, 10s, 20s)};
    const std::pair<std::chrono::seconds, int64_t> table[] = {{0s, 0}, {9s, 0}, {10s, 7}, {19s, 7}, {20s, 0}, {9999s, 0}};
    for (const auto& [when, running] : table) {
      CHECK(runningAt(plan, s_now + when) == running);
    }
    CHECK_FALSE(isOver(plan[0], s_now + 19s));
    CHECK(isOver(plan[0], s_now + 20s));
  }

  TEST_CASE("without an end it runs on")
  {
    const std::vector plan{drain(7, 0s, {})};
    CHECK(runningAt(plan, s_now + 24h * 365) == 7);
    CHECK_FALSE(planAt(plan, s_now).nextChange.has_value());
    CHECK_FALSE(isOver(plan[0], s_now + 24h * 365));
  }

  TEST_CASE("of several the one that ends last is shown, and the node returns when all are over")
  {
    const std::vector plan{drain(1, 0s, 30s), drain(2, 10s, 20s), drain(3, 25s, 40s)};
    const std::pair<std::chrono::seconds, int64_t> table[] = {{5s, 1}, {15s, 1}, {25s, 3}, {35s, 3}, {40s, 0}};
    for (const auto& [when, running] : table) {
      CHECK(runningAt(plan, s_now + when) == running);
    }
    CHECK(runningAt({drain(1, 0s, 9s), drain(2, 0s, {}), drain(3, 0s, 10s)}, s_now) == 2);
  }

  TEST_CASE("the next start is of what is to come, the next change of any start or end")
  {
    const std::vector plan{drain(1, 0s, 30s), drain(2, 50s, 60s), drain(3, 40s, {})};
    const auto at = [&](std::chrono::seconds when) { return planAt(plan, s_now + when); };
    CHECK((at(-1s).nextStart == s_now));
    CHECK((at(0s).nextStart == s_now + 40s));
    CHECK((at(0s).nextChange == s_now + 30s));
    CHECK((at(30s).nextChange == s_now + 40s));
    CHECK((at(40s).nextStart == s_now + 50s));
    CHECK((at(50s).nextChange == s_now + 60s));
    CHECK_FALSE(at(50s).nextStart.has_value());
    CHECK_FALSE(at(60s).nextChange.has_value());
    CHECK_FALSE(planAt({}, s_now).nextChange.has_value());
  }

  TEST_CASE("between two changes nothing changes: whoever looks at each of them misses none")
  {
    std::mt19937 random(1);
    const auto some = [&random] { return std::chrono::seconds(random() % 50); };
    for (int round = 0; round < 200; ++round) {
      std::vector<PlannedDrain> plan;
      for (int64_t id = 1; id <= 4; ++id) {
        const auto from = some();
        plan.push_back(drain(id, from, random() % 5 == 0 ? std::nullopt : std::optional(from + 1s + some())));
      }
      auto known = planAt(plan, s_now - 1s);
      for (auto when = s_now; when < s_now + 200s; when += 1s) {
        if (known.nextChange && when >= *known.nextChange) {
          known = planAt(plan, when);
        }
        CHECK(known.running == planAt(plan, when).running);
      }
    }
  }

  TEST_CASE("a wish other than 'auto' goes before the plan")
  {
    const auto planned = drain(1, 0s, {});
    for (const auto admin : {AdminState::Up, AdminState::Down, AdminState::Drain}) {
      CHECK((wishOf(admin, {&planned, {}, {}}) == admin));
    }
    CHECK((wishOf(AdminState::Auto, {&planned, {}, {}}) == AdminState::Drain));
    CHECK((wishOf(AdminState::Auto, {}) == AdminState::Auto));
  }

  TEST_CASE("moments are shown in UTC, and counted in milliseconds")
  {
    CHECK(toText(sys_seconds(1'767'225'600s)) == "2026-01-01T00:00:00Z");
    CHECK(toText(sys_seconds(4'294'967'295s)) == "2106-02-07T06:28:15Z");
    CHECK(toMilliseconds(sys_seconds(3s)) == 3000);
    CHECK((inSeconds(std::chrono::system_clock::time_point(2999ms)) == sys_seconds(2s)));
  }
}
