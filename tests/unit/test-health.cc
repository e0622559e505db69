// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "probe/health.hh"

using namespace failover;

// Double parentheses: doctest would print these enumerators with failover::toString, whose type it cannot join.

namespace
{
// P: passed, F: failed; after each the transition (u unchanged, p pending, c changed).
struct Story
{
  unsigned rise;
  unsigned fall;
  Verdict initial;
  const char* results;
  const char* transitions;
  Verdict last;
};

const Story s_stories[] = {
  {2, 3, Verdict::Unknown, "P", "c", Verdict::Up},
  {2, 3, Verdict::Unknown, "F", "c", Verdict::Down},
  {2, 3, Verdict::Up, "FF", "pp", Verdict::Up},
  {2, 3, Verdict::Up, "FFF", "ppc", Verdict::Down},
  {2, 3, Verdict::Up, "FFPFF", "ppupp", Verdict::Up},
  {2, 3, Verdict::Up, "FFPFFF", "ppuppc", Verdict::Down},
  {2, 3, Verdict::Down, "P", "p", Verdict::Down},
  {2, 3, Verdict::Down, "PP", "pc", Verdict::Up},
  {2, 3, Verdict::Down, "PFP", "pup", Verdict::Down},
  {1, 1, Verdict::Up, "FPF", "ccc", Verdict::Down},
  {2, 3, Verdict::Up, "FFFPP", "ppcpc", Verdict::Up},
};
}

TEST_SUITE("health")
{
  TEST_CASE("a verdict turns after enough consecutive contrary results, never before")
  {
    for (const auto& story : s_stories) {
      CAPTURE(story.results);
      HealthTracker tracker(story.rise, story.fall, story.initial);
      std::string transitions;
      for (const char* result = story.results; *result != '\0'; ++result) {
        const auto transition = tracker.record(*result == 'P');
        transitions += "upc"[static_cast<size_t>(transition)];
        CHECK(tracker.pending() == (transition == Transition::Pending));
      }
      CHECK(transitions == story.transitions);
      CHECK((tracker.verdict() == story.last));
    }
  }

  TEST_CASE("contrary and needed count what is shown as 2/3")
  {
    HealthTracker tracker(2, 3, Verdict::Up);
    CHECK(tracker.needed() == 3);
    tracker.record(false);
    tracker.record(false);
    CHECK(tracker.contrary() == 2);
    tracker.record(false);
    CHECK(tracker.contrary() == 0);
    CHECK(tracker.needed() == 2);
    CHECK(HealthTracker(2, 3).needed() == 1);
  }

  TEST_CASE("the operator's wish wins over the verdict")
  {
    for (const auto verdict : {Verdict::Unknown, Verdict::Up, Verdict::Down}) {
      CHECK((combine(AdminState::Up, verdict) == NodeState::ForcedUp));
      CHECK((combine(AdminState::Down, verdict) == NodeState::ForcedDown));
      CHECK((combine(AdminState::Drain, verdict) == NodeState::Drained));
    }
    CHECK((combine(AdminState::Auto, Verdict::Unknown) == NodeState::Unknown));
    CHECK((combine(AdminState::Auto, Verdict::Up) == NodeState::Up));
    CHECK((combine(AdminState::Auto, Verdict::Down) == NodeState::Down));
  }

  TEST_CASE("unknown is served, drained is not")
  {
    CHECK(isServing(NodeState::Unknown));
    CHECK(isServing(NodeState::Up));
    CHECK(isServing(NodeState::ForcedUp));
    CHECK_FALSE(isServing(NodeState::Down));
    CHECK_FALSE(isServing(NodeState::Drained));
    CHECK_FALSE(isServing(NodeState::ForcedDown));
  }

  TEST_CASE("the texts are interface and read back")
  {
    CHECK(toString(NodeState::Drained) == "drained");
    CHECK(toString(NodeState::ForcedUp) == "forced-up");
    CHECK(toString(NodeState::ForcedDown) == "forced-down");
    CHECK(toString(Verdict::Unknown) == "unknown");
    CHECK(toString(Verdict::Down) == "down");
    for (const auto state : {NodeState::Unknown, NodeState::Up, NodeState::Down, NodeState::Drained, NodeState::ForcedUp, NodeState::ForcedDown}) {
      auto out = state == NodeState::Up ? NodeState::Down : NodeState::Up;
      CHECK(fromString(toString(state), out));
      CHECK((out == state));
    }
    for (const auto admin : {AdminState::Auto, AdminState::Up, AdminState::Down, AdminState::Drain}) {
      auto out = admin == AdminState::Up ? AdminState::Down : AdminState::Up;
      CHECK(fromString(toString(admin), out));
      CHECK((out == admin));
    }
  }

  TEST_CASE("a text that is none leaves the output alone")
  {
    auto state = NodeState::Down;
    for (const auto* text : {"", "UP", "up ", "drain", "forced"}) {
      CHECK_FALSE(fromString(text, state));
    }
    CHECK((state == NodeState::Down));
    auto admin = AdminState::Drain;
    CHECK_FALSE(fromString("drained", admin));
    CHECK((admin == AdminState::Drain));
  }

  TEST_CASE("a node that nobody has published is served")
  {
    NodeHealth health("east");
    CHECK(health.name() == "east");
    CHECK(health.serving());
    health.publish(NodeState::Down, 1000);
    CHECK((health.state() == NodeState::Down));
    CHECK_FALSE(health.serving());
  }

  TEST_CASE("a node turns when it leaves the answers or returns, not when it is up or down for another reason")
  {
    NodeHealth health("east");
    CHECK(health.turnedAt() == 0);
    const std::pair<NodeState, int64_t> steps[] = {{NodeState::Up, 0}, {NodeState::ForcedUp, 0}, {NodeState::Down, 3000}, {NodeState::Drained, 3000}, {NodeState::ForcedDown, 3000}, {NodeState::Unknown, 6000}, {NodeState::Up, 6000}};
    int64_t now = 0;
    for (const auto& [state, turned] : steps) {
      now += 1000;
      health.publish(state, now);
      CHECK((health.state() == state));
      CHECK(health.turnedAt() == turned);
    }
  }

  TEST_CASE("what is remembered has its own time, which stays until the node turns")
  {
    NodeHealth health("east");
    health.remember(NodeState::Down, 500);
    CHECK_FALSE(health.serving());
    health.publish(NodeState::Drained, 1000);
    CHECK(health.turnedAt() == 500);
    health.publish(NodeState::Up, 2000);
    CHECK(health.turnedAt() == 2000);
  }

  TEST_CASE("a node leaves at the earlier of the moments that are known")
  {
    NodeHealth health("east");
    CHECK(health.leavesAt() == 0);
    const int64_t table[][3] = {{0, 0, 0}, {7, 0, 7}, {0, 7, 7}, {7, 9, 7}, {9, 7, 7}, {8, 8, 8}, {0, 0, 0}};
    for (const auto& [falls, drains, leaves] : table) {
      health.forecast(falls, drains);
      CHECK(health.fallsAt() == falls);
      CHECK(health.drainsAt() == drains);
      CHECK(health.leavesAt() == leaves);
    }
  }
}
