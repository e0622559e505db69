// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "trackednode.hh"

using namespace failover;
using namespace failover::test;
using namespace std::chrono_literals;

// Double parentheses: doctest would print these enumerators with failover::toString, whose type it cannot join.

TEST_SUITE("nodetracker")
{
  // A drain that starts in an hour and lasts two, on a node that is up.
  TEST_CASE("a planned drain begins and ends by itself, with its reason")
  {
    auto spec = east();
    spec.drains = {{1, inSeconds(s_now) + 1h, inSeconds(s_now) + 3h, "new kernel"}};
    Node node(spec);
    node.refresh();
    node.record(node.a, s_good);
    node.record(node.b, s_good);
    CHECK((node.node.nextChange(momentAt(s_now)) == inSeconds(s_now) + 1h));
    CHECK_FALSE(node.refresh(nullptr, s_now + 1h - 1ms).has_value());
    expect(node.refresh(nullptr, s_now + 1h), NodeState::Up, NodeState::Drained, "planned drain until 1970-02-11T19:00:00Z: new kernel");
    CHECK_FALSE(node.health->serving());
    CHECK(node.health->turnedAt() == toMilliseconds(s_now + 1h));
    CHECK((node.node.nextChange(momentAt(s_now + 1h)) == inSeconds(s_now) + 3h));
    CHECK_FALSE(node.refresh(nullptr, s_now + 3h - 1ms).has_value());
    expect(node.refresh(nullptr, s_now + 3h), NodeState::Drained, NodeState::Up, "after the planned drain: new kernel");
    CHECK((node.node.status(momentAt(s_now)).since == s_now + 3h));
    CHECK(node.health->turnedAt() == toMilliseconds(s_now + 3h));
    CHECK_FALSE(node.node.nextChange(momentAt(s_now + 3h)).has_value());
  }

  TEST_CASE("a drain that begins between two looks is no longer to come only when the node has left")
  {
    auto spec = east();
    spec.drains = {{1, inSeconds(s_now) + 1h, inSeconds(s_now) + 3h, "new kernel"}};
    Node node(spec);
    node.refresh();
    node.node.forecast(std::nullopt, s_now + 1h);
    CHECK(node.health->drainsAt() == toMilliseconds(inSeconds(s_now) + 1h));
    node.refresh(nullptr, s_now + 1h);
    node.node.forecast(std::nullopt, s_now + 1h);
    CHECK(node.health->drainsAt() == 0);
  }

  TEST_CASE("a node whose checks fail is down after its planned drain, for both reasons")
  {
    auto spec = east();
    spec.drains = {{1, inSeconds(s_now), inSeconds(s_now) + 1h, ""}};
    Node node(spec);
    expect(node.refresh(), NodeState::Unknown, NodeState::Drained, "planned drain until 1970-02-11T17:00:00Z");
    node.record(node.a, s_bad);
    expect(node.refresh(nullptr, s_now + 1h), NodeState::Drained, NodeState::Down, "after the planned drain; on the first check of http://a/: HTTP 503 (expected 200-399)");
  }

  TEST_CASE("only 'auto' yields to a planned drain")
  {
    auto spec = east();
    spec.drains = {{1, inSeconds(s_now), {}, "new kernel"}};
    Node node(spec);
    const std::pair<AdminState, NodeState> table[] = {{AdminState::Auto, NodeState::Drained}, {AdminState::Up, NodeState::ForcedUp}, {AdminState::Down, NodeState::ForcedDown}, {AdminState::Drain, NodeState::Drained}};
    for (const auto& [admin, state] : table) {
      spec.admin = admin;
      spec.adminReason = "sure";
      node.node.adopt(spec);
      node.refresh();
      CHECK((node.health->state() == state));
      CHECK(node.node.status(momentAt(s_now)).reason == (admin == AdminState::Auto ? "planned drain until resumed: new kernel" : "by the operator: sure"));
      CHECK((node.node.status(momentAt(s_now)).admin == admin));
    }
  }

  TEST_CASE("a planned drain that is called off says so, and one that is changed has its new reason")
  {
    auto spec = east();
    spec.drains = {{1, inSeconds(s_now), inSeconds(s_now) + 1h, "new kernel"}};
    Node node(spec);
    node.record(node.a, s_good);
    node.record(node.b, s_good);
    node.refresh();
    spec.drains[0].reason = "new disk";
    node.node.adopt(spec);
    CHECK_FALSE(node.refresh().has_value());
    CHECK(node.node.status(momentAt(s_now)).reason == "planned drain until 1970-02-11T17:00:00Z: new disk");
    spec.drains.clear();
    node.node.adopt(spec);
    expect(node.refresh(), NodeState::Drained, NodeState::Up, "after release by the operator: http://a/: HTTP 200");
  }

  TEST_CASE("a planned drain goes over a restart: it began when it did, and its end is news")
  {
    auto spec = east();
    spec.drains = {{1, inSeconds(s_now), inSeconds(s_now) + 1h, "new kernel"}};
    spec.remembered = Verdict::Up;
    spec.last = NodeState::Drained;
    spec.since = s_now + 1s;
    Node node(spec);
    CHECK_FALSE(node.refresh(nullptr, s_now + 1min).has_value());
    CHECK((node.node.status(momentAt(s_now)).since == s_now + 1s));
    expect(node.refresh(nullptr, s_now + 1h), NodeState::Drained, NodeState::Up, "after the planned drain: new kernel");
    Node later(spec); // it ended while nobody ran
    expect(later.refresh(nullptr, s_now + 2h), NodeState::Drained, NodeState::Up, "after the planned drain: new kernel");
    CHECK((later.node.status(momentAt(s_now)).since == s_now + 2h));
    spec.last = NodeState::Up; // so did it begin
    Node other(spec);
    expect(other.refresh(nullptr, s_now + 1min), NodeState::Up, NodeState::Drained, "planned drain until 1970-02-11T17:00:00Z: new kernel");
  }

  TEST_CASE("when a node may leave is foretold while its own checks and plan decide, and it is there to leave")
  {
    auto spec = east();
    spec.drains = {{1, inSeconds(s_now) + 1h, inSeconds(s_now) + 2h, ""}};
    Node node(spec);
    const auto foretold = [&](std::chrono::system_clock::time_point now) {
      node.refresh(nullptr, now);
      node.node.forecast(s_now + 5s, now);
      return std::pair(node.health->fallsAt(), node.health->drainsAt());
    };
    const auto falls = toMilliseconds(s_now + 5s);
    const auto drains = toMilliseconds(s_now + 1h);
    CHECK((foretold(s_now) == std::pair(falls, drains)));
    node.node.forecast(std::nullopt, s_now);
    CHECK(node.health->fallsAt() == 0);
    CHECK((foretold(s_now + 1h) == std::pair<int64_t, int64_t>(0, 0))); // drained
    CHECK((foretold(s_now + 2h) == std::pair<int64_t, int64_t>(falls, 0)));
    for (const auto admin : {AdminState::Up, AdminState::Down, AdminState::Drain}) {
      spec.admin = admin;
      node.node.adopt(spec);
      CHECK((foretold(s_now) == std::pair<int64_t, int64_t>(0, 0)));
    }
    spec.admin = AdminState::Auto;
    node.node.adopt(spec);
    node.record(node.a, s_bad);
    CHECK((foretold(s_now) == std::pair<int64_t, int64_t>(0, drains))); // down
  }
}
