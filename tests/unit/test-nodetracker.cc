// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "probe/roster.hh"
#include "trackednode.hh"

using namespace failover;
using namespace failover::test;
using namespace std::chrono_literals;

// Double parentheses: doctest would print these enumerators with failover::toString, whose type it cannot join.

TEST_SUITE("checktracker")
{
  TEST_CASE("a decision names count, check and outcome")
  {
    CheckTracker tracker(check(1, "https://u:p@a/x"), as(Verdict::Unknown));
    CHECK(tracker.decision().empty());
    CHECK(tracker.record(s_good, s_now) == Transition::Changed);
    CHECK(tracker.decision() == "on the first check of https://a/x: HTTP 200");
    tracker.record(s_bad, s_now);
    tracker.record(s_bad, s_now);
    CHECK(tracker.decision() == "on the first check of https://a/x: HTTP 200");
    tracker.record(s_bad, s_now);
    CHECK(tracker.decision() == "after 3/3 failures of https://a/x: HTTP 503 (expected 200-399)");
    tracker.record(s_good, s_now);
    tracker.record(s_good, s_now);
    CHECK(tracker.decision() == "after 2/2 successes of https://a/x: HTTP 200");
  }

  TEST_CASE("status shows the last run, the streak and how far the next verdict is")
  {
    CheckTracker tracker(check(5, "http://a/"), as(Verdict::Up));
    CHECK(tracker.status().outcome.empty());
    CHECK(tracker.status().runs == 0);
    tracker.record(s_good, s_now);
    tracker.record(s_bad, s_now);
    tracker.record(s_bad, s_now + 1s);
    const auto status = tracker.status();
    CHECK(status.id == 5);
    CHECK(status.url == "http://a/");
    CHECK((status.verdict == Verdict::Up));
    CHECK_FALSE(status.passed);
    CHECK(status.outcome == "HTTP 503 (expected 200-399)");
    CHECK(status.latency == 3ms);
    CHECK(status.contrary == 2);
    CHECK(status.needed == 3);
    CHECK(status.streak == 2);
    CHECK(status.runs == 3);
    CHECK((status.lastAt == s_now + 1s));
  }

  TEST_CASE("a local problem is shown and leaves verdict, count and streak alone")
  {
    CheckTracker tracker(check(1, "http://a/"), as(Verdict::Up));
    tracker.record(s_bad, s_now);
    tracker.record(s_bad, s_now);
    for (int i = 0; i < 10; ++i) {
      CHECK(tracker.record(s_local, s_now) == Transition::Unchanged);
    }
    CHECK(tracker.hasLocalProblem());
    CHECK(tracker.pending());
    CHECK(tracker.status().outcome == "too many open files");
    CHECK(tracker.status().contrary == 2);
    CHECK(tracker.status().streak == 2);
    CHECK((tracker.verdict() == Verdict::Up));
    CHECK(tracker.record(s_bad, s_now) == Transition::Changed);
    CHECK_FALSE(tracker.hasLocalProblem());
  }

  TEST_CASE("a verdict falls when as many runs as are missing have failed, at the earliest")
  {
    CheckRow row;
    row.id = 1;
    row.url = "http://a/";
    row.fall = 3;
    row.retryMs = 500;
    Probe probe(parseCheck(row), as(Verdict::Up));
    const auto due = probe.due = std::chrono::steady_clock::time_point(10s);
    CHECK_FALSE(probe.fallsAt().has_value());
    probe.tracker.record(s_bad, s_now);
    CHECK((probe.fallsAt() == due + 500ms));
    probe.tracker.record(s_local, s_now);
    CHECK((probe.fallsAt() == due + 500ms));
    probe.runs = {nullptr}; // one is silent, the next is due
    CHECK((probe.fallsAt() == due));
    probe.runs = {nullptr, nullptr}; // both are
    probe.started = due - 500ms;
    CHECK((probe.fallsAt() == due - 500ms + 2000ms));
    probe.runs.clear();
    probe.tracker.record(s_bad, s_now);
    CHECK((probe.fallsAt() == due));
    probe.tracker.record(s_bad, s_now);
    CHECK_FALSE(probe.fallsAt().has_value()); // down
    probe.tracker.record(s_good, s_now);
    CHECK_FALSE(probe.fallsAt().has_value()); // on its way up
  }
}

TEST_SUITE("nodetracker")
{
  TEST_CASE("a node is up when all its checks are, and down as soon as one is")
  {
    Node node(east());
    CHECK_FALSE(node.refresh().has_value()); // unknown, as NodeHealth had it
    CHECK_FALSE(node.record(node.a, s_good).has_value());
    CHECK((node.health->state() == NodeState::Unknown));
    expect(node.record(node.b, s_good), NodeState::Unknown, NodeState::Up, "on the first check of http://b/: HTTP 200");
    CHECK((node.health->state() == NodeState::Up));
    CHECK_FALSE(node.record(node.a, s_bad, 2).has_value());
    expect(node.record(node.a, s_bad), NodeState::Up, NodeState::Down, "after 3/3 failures of http://a/: HTTP 503 (expected 200-399)");
    CHECK_FALSE(node.health->serving());
    CHECK_FALSE(node.record(node.b, s_bad, 3).has_value());
    CHECK_FALSE(node.record(node.a, s_good, 2).has_value());
    CHECK(node.node.status(momentAt(s_now)).reason == "after 3/3 failures of http://b/: HTTP 503 (expected 200-399)"); // down for another reason now
    expect(node.record(node.b, s_good, 2), NodeState::Down, NodeState::Up, "after 2/2 successes of http://b/: HTTP 200");
  }

  TEST_CASE("a remembered verdict is published at once with its own time, and needs as many results to turn")
  {
    auto spec = east();
    spec.remembered = Verdict::Down;
    spec.last = NodeState::Down;
    spec.since = s_now - 5h;
    Node node(spec);
    CHECK_FALSE(node.refresh().has_value());
    CHECK((node.health->state() == NodeState::Down));
    CHECK(node.node.status(momentAt(s_now)).reason == "as in an earlier run: http://a/");
    CHECK((node.node.status(momentAt(s_now)).since == s_now - 5h));
    CHECK_FALSE(node.record(node.a, s_good, 2).has_value());
    CHECK_FALSE(node.record(node.b, s_good).has_value());
    expect(node.record(node.b, s_good), NodeState::Down, NodeState::Up, "after 2/2 successes of http://b/: HTTP 200");
    CHECK((node.node.status(momentAt(s_now)).since == s_now));
  }

  TEST_CASE("what the node already was is no news, even where it is not known since when")
  {
    auto spec = east();
    spec.remembered = Verdict::Down;
    spec.last = NodeState::Down;
    Node node(spec);
    CHECK_FALSE(node.refresh().has_value());
    CHECK((node.node.status(momentAt(s_now)).since == s_now)); // it was not known since when
    CHECK((node.health->state() == NodeState::Down));
  }

  TEST_CASE("the operator's wish acts without any probe, with the reason given")
  {
    auto spec = east();
    Node node(spec);
    node.refresh();
    node.record(node.a, s_good);
    node.record(node.b, s_good);
    const auto wish = [&](AdminState admin, const std::string& reason) {
      spec.admin = admin;
      spec.adminReason = reason;
      node.node.adopt(spec);
      return node.refresh(nullptr, s_now + 1h);
    };
    expect(wish(AdminState::Drain, "new disk"), NodeState::Up, NodeState::Drained, "by the operator: new disk");
    CHECK((node.node.status(momentAt(s_now)).since == s_now + 1h));
    CHECK_FALSE(wish(AdminState::Drain, "new disks").has_value());
    CHECK(node.node.status(momentAt(s_now)).reason == "by the operator: new disks");
    expect(wish(AdminState::Down, ""), NodeState::Drained, NodeState::ForcedDown, "by the operator");
    expect(wish(AdminState::Up, "sure"), NodeState::ForcedDown, NodeState::ForcedUp, "by the operator: sure");
    CHECK_FALSE(node.record(node.a, s_bad, 3).has_value()); // noted, not acted on
    CHECK(node.health->serving());
    expect(wish(AdminState::Auto, ""), NodeState::ForcedUp, NodeState::Down, "after 3/3 failures of http://a/: HTTP 503 (expected 200-399)");
    wish(AdminState::Drain, "");
    node.record(node.a, s_good, 2);
    expect(wish(AdminState::Auto, ""), NodeState::Drained, NodeState::Up, "after release by the operator: http://a/: HTTP 200");
  }

  TEST_CASE("a node without checks is up")
  {
    auto spec = east();
    spec.remembered = Verdict::Down;
    spec.last = NodeState::Down;
    spec.since = s_now - 5h;
    NodeTracker node(spec, {}, momentAt(s_now));
    expect(node.refresh({}, nullptr, {}, momentAt(s_now)), NodeState::Down, NodeState::Up, "without checks");
    CHECK((node.status(momentAt(s_now)).since == s_now));
    const CheckTracker joined(check(1, "http://a/"), as(Verdict::Unknown));
    CHECK_FALSE(node.refresh({&joined}, nullptr, {}, momentAt(s_now)).has_value());
    CHECK(node.status(momentAt(s_now)).reason == "by its checks: http://a/");
  }

  TEST_CASE("a check that joins a node that is down does not bring it up unheard")
  {
    Node node(east());
    node.refresh();
    node.record(node.a, s_bad);
    CHECK((node.node.state() == NodeState::Down));
    const CheckTracker joined(check(3, "http://c/"), as(Verdict::Unknown));
    CHECK_FALSE(node.node.refresh({&joined}, nullptr, {}, momentAt(s_now)).has_value());
    CHECK(node.node.status(momentAt(s_now)).reason == "on the first check of http://a/: HTTP 503 (expected 200-399)");
  }
}
