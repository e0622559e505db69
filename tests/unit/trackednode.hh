// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <doctest/doctest.h>
#include <memory>
#include <optional>
#include <string>
#include "probe/nodetracker.hh"

// A node with two checks, whose results and moments a test says. Thread: one at a time.

namespace failover::test
{
using namespace std::chrono_literals;
using TimePoint = std::chrono::system_clock::time_point;
inline const TimePoint s_now{1000h};
inline const CheckResult s_good{Outcome::Passed, "HTTP 200", 12ms};
inline const CheckResult s_bad{Outcome::BadStatus, "HTTP 503 (expected 200-399)", 3ms};
inline const CheckResult s_local{Outcome::LocalProblem, "too many open files", 0ms};

// The steady clock that goes with it.
inline Moment momentAt(TimePoint wall)
{
  return {std::chrono::steady_clock::time_point(std::chrono::duration_cast<std::chrono::steady_clock::duration>(wall.time_since_epoch())), wall};
}

inline RememberedCheck as(Verdict verdict)
{
  return {verdict, 0, false, 0};
}

inline CheckSpec check(int64_t id, const std::string& url)
{
  CheckRow row;
  row.id = id;
  row.url = url;
  return parseCheck(row);
}

inline NodeSpec east()
{
  NodeSpec spec;
  spec.name = "east";
  spec.health = std::make_shared<NodeHealth>("east");
  return spec;
}

// A node with two checks, a and b.
struct Node
{
  explicit Node(const NodeSpec& spec, const VerdictRules& rules = {}) :
    health(spec.health), node(spec, rules, momentAt(s_now)), a(check(1, "http://a/"), as(spec.remembered)), b(check(2, "http://b/"), as(spec.remembered)) { }

  std::optional<NodeTransition> refresh(const CheckTracker* cause = nullptr, TimePoint now = s_now)
  {
    return node.refresh({&a, &b}, cause, views, momentAt(now));
  }
  // What the last of `times` results led to.
  std::optional<NodeTransition> record(CheckTracker& which, const CheckResult& result, unsigned times = 1)
  {
    std::optional<NodeTransition> transition;
    for (unsigned i = 0; i < times; ++i) {
      transition = which.record(result, s_now) == Transition::Changed ? refresh(&which) : std::nullopt;
    }
    return transition;
  }

  std::shared_ptr<NodeHealth> health;
  NodeTracker node;
  CheckTracker a;
  CheckTracker b;
  std::vector<PeerView> views;
};

inline void expect(const std::optional<NodeTransition>& transition, NodeState from, NodeState to, const std::string& reason)
{
  REQUIRE(transition.has_value());
  CHECK((transition->from == from));
  CHECK((transition->to == to));
  CHECK(transition->reason == reason);
  CHECK(transition->node == "east");
}
}
