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

  std::optional<PlannedDrain> copyOf(const PlannedDrain* drain)
  {
    return drain != nullptr ? std::optional(*drain) : std::nullopt;
  }

  std::string colon(const std::string& reason)
  {
    return reason.empty() ? "" : ": " + reason;
  }

  std::string plannedDrain(const PlannedDrain& drain)
  {
    return "planned drain until " + (drain.ends ? toText(*drain.ends) : "resumed") + colon(drain.reason);
  }

  std::string operatorsWish(const std::string& reason)
  {
    return "by the operator" + colon(reason);
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
  d_name(spec.name), d_admin(spec.admin), d_adminReason(spec.adminReason), d_drains(spec.drains), d_health(spec.health), d_rememberedReason(spec.rememberedReason), d_verdict(spec.remembered), d_state(spec.last), d_since(spec.since)
{
  if (d_state == NodeState::Drained) {
    d_running = copyOf(planAt(d_drains, inSeconds(d_since)).running);
  }
}

void NodeTracker::adopt(const NodeSpec& spec)
{
  d_admin = spec.admin;
  d_adminReason = spec.adminReason;
  d_drains = spec.drains;
  d_health = spec.health;
}

std::optional<NodeTransition> NodeTracker::refresh(const std::vector<const CheckTracker*>& checks, const CheckTracker* cause, TimePoint now)
{
  const auto moment = planAt(d_drains, inSeconds(now));
  auto over = std::exchange(d_running, copyOf(moment.running));
  if (over && !isOver(*over, inSeconds(now))) {
    over.reset(); // it goes on, or was called off
  }
  d_verdict = verdictOf(checks, d_verdict);
  const NodeState before = d_state;
  const NodeState after = combine(wishOf(d_admin, moment), d_verdict);
  const bool isNews = after != before;
  // A node may stay as it is for another reason than it became so.
  const bool hasNewReason = isByOperator(after) || after == NodeState::Down || (d_reason == s_noChecks) != checks.empty();
  if (isNews || d_isNew || hasNewReason) {
    d_reason = why(after, checks, cause, before, over);
  }
  if (isNews || d_since == TimePoint{}) {
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

std::string NodeTracker::why(NodeState after, const std::vector<const CheckTracker*>& checks, const CheckTracker* cause, NodeState before,
  const std::optional<PlannedDrain>& over) const
{
  if (isByOperator(after)) {
    return d_admin == AdminState::Auto ? plannedDrain(*d_running) : operatorsWish(d_adminReason);
  }
  if (!over || before != NodeState::Drained) {
    return whyByChecks(after, checks, cause, before);
  }
  const auto end = "after the planned drain" + colon(over->reason);
  return after == NodeState::Up ? end : end + "; " + whyByChecks(after, checks, cause, before);
}

std::string NodeTracker::whyByChecks(NodeState after, const std::vector<const CheckTracker*>& checks, const CheckTracker* cause, NodeState before) const
{
  if (checks.empty()) {
    return s_noChecks;
  }
  if (after == NodeState::Unknown) {
    return "not checked yet: " + checks.front()->spec().label;
  }
  if (after == NodeState::Down) {
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
  if (isByOperator(before)) {
    return "after release by the operator: " + checks.front()->lastWord();
  }
  return d_isNew ? decisionOf(*checks.front(), d_rememberedReason) : "by its checks: " + checks.front()->lastWord();
}

void NodeTracker::forecast(std::optional<TimePoint> fall, TimePoint now) noexcept
{
  const bool isAuto = d_admin == AdminState::Auto; // what the operator wants of it now holds whatever comes
  const auto plan = planAt(d_drains, inSeconds(now));
  // A drain that has begun since the last refresh() is still to come for the state.
  const auto start = plan.running != nullptr ? std::optional(plan.running->starts) : plan.nextStart;
  d_health->forecast(isAuto && isServing(d_state) && fall ? toMilliseconds(*fall) : 0,
    isAuto && d_state != NodeState::Drained && start ? toMilliseconds(*start) : 0);
}

std::optional<std::chrono::sys_seconds> NodeTracker::nextChange(TimePoint now) const noexcept
{
  return planAt(d_drains, inSeconds(now)).nextChange;
}

NodeStatus NodeTracker::status() const
{
  NodeStatus status;
  status.name = d_name;
  status.state = d_state;
  status.since = d_since;
  status.reason = d_reason;
  status.verdict = d_verdict;
  status.admin = d_admin;
  status.adminReason = d_adminReason;
  status.drains = d_drains;
  return status;
}
}
