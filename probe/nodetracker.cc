// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <utility>
#include "nodetracker.hh"

namespace failover
{
namespace
{
  using TimePoint = std::chrono::system_clock::time_point;

  constexpr auto s_noChecks = "without checks";

  bool isByOperator(NodeState state) noexcept
  {
    return state == NodeState::Drained || state == NodeState::ForcedUp || state == NodeState::ForcedDown;
  }

  std::string operatorsWish(const std::string& reason)
  {
    return "by the operator" + (reason.empty() ? "" : ": " + reason);
  }

  // remembered: NodeSpec::rememberedReason, for a check that has decided nothing yet.
  std::string decisionOf(const CheckTracker& check, const std::string& remembered)
  {
    if (!check.decision().empty()) {
      return check.decision();
    }
    return remembered.empty() ? "as in an earlier run: " + check.spec().label : remembered;
  }
}

Verdict verdictOf(const std::vector<const CheckTracker*>& checks, Verdict before) noexcept
{
  bool allKnown = true;
  for (const auto* check : checks) {
    if (check->verdict() == Verdict::Down) {
      return Verdict::Down;
    }
    allKnown = allKnown && check->verdict() != Verdict::Unknown;
  }
  return allKnown ? Verdict::Up : before;
}

NodeTracker::NodeTracker(const NodeSpec& spec) :
  d_name(spec.name), d_admin(spec.admin), d_adminReason(spec.adminReason), d_health(spec.health), d_rememberedReason(spec.rememberedReason), d_verdict(spec.remembered), d_since(spec.remembered == Verdict::Unknown ? TimePoint{} : spec.since)
{
}

void NodeTracker::adopt(const NodeSpec& spec)
{
  d_admin = spec.admin;
  d_adminReason = spec.adminReason;
  d_health = spec.health;
}

std::optional<NodeTransition> NodeTracker::refresh(const std::vector<const CheckTracker*>& checks, const CheckTracker* cause, TimePoint now)
{
  const Verdict known = std::exchange(d_verdict, verdictOf(checks, d_verdict));
  const NodeState before = d_isNew ? d_health->state() : d_state;
  const NodeState after = combine(d_admin, d_verdict);
  const bool isNews = after != before;
  // A node may stay as it is for another reason than it became so.
  const bool hasNewReason = isByOperator(after) || after == NodeState::Down || (d_reason == s_noChecks) != checks.empty();
  if (isNews || d_isNew || hasNewReason) {
    d_reason = why(checks, cause, before);
  }
  // A state that is remembered began before we did, even where it is news to NodeHealth.
  const bool isRemembered = d_since != TimePoint{} && d_verdict == known;
  if (d_isNew ? !isRemembered : isNews) {
    d_since = now;
  }
  d_isNew = false;
  d_state = after;
  d_health->publish(after, toMilliseconds(now));
  if (!isNews) {
    return std::nullopt;
  }
  return NodeTransition{d_name, before, after, d_reason, now};
}

std::string NodeTracker::why(const std::vector<const CheckTracker*>& checks, const CheckTracker* cause, NodeState before) const
{
  const NodeState state = combine(d_admin, d_verdict);
  if (isByOperator(state)) {
    return operatorsWish(d_adminReason);
  }
  if (checks.empty()) {
    return s_noChecks;
  }
  if (state == NodeState::Unknown) {
    return "not checked yet: " + checks.front()->spec().label;
  }
  if (state == NodeState::Down) {
    for (const auto* check : checks) {
      if (check->verdict() == Verdict::Down) {
        return decisionOf(*check, d_rememberedReason);
      }
    }
    return d_reason.empty() ? "as in an earlier run" : d_reason; // new checks have replaced the one that failed
  }
  if (cause != nullptr) {
    return decisionOf(*cause, d_rememberedReason);
  }
  // The description changed: no single check did it.
  if (isByOperator(before) && !d_isNew) {
    return "after release by the operator: " + checks.front()->lastWord();
  }
  return d_isNew ? decisionOf(*checks.front(), d_rememberedReason) : "by its checks: " + checks.front()->lastWord();
}

NodeStatus NodeTracker::status() const
{
  NodeStatus status;
  status.name = d_name;
  status.state = d_state;
  status.since = d_since;
  status.reason = d_reason;
  status.verdict = d_verdict;
  status.adminReason = d_adminReason;
  return status;
}
}
