// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <iterator>
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

  // Those that do not merely warn.
  std::vector<const CheckTracker*> decidingOf(const std::vector<const CheckTracker*>& checks)
  {
    std::vector<const CheckTracker*> deciding;
    deciding.reserve(checks.size());
    std::copy_if(checks.begin(), checks.end(), std::back_inserter(deciding), [](const auto* check) { return !check->spec().warningOnly; });
    return deciding;
  }

  std::vector<Verdict> verdictsOf(const std::vector<const CheckTracker*>& checks)
  {
    std::vector<Verdict> verdicts;
    verdicts.reserve(checks.size());
    std::transform(checks.begin(), checks.end(), std::back_inserter(verdicts), [](const auto* check) { return check->verdict(); });
    return verdicts;
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

NodeTracker::NodeTracker(const NodeSpec& spec, const VerdictRules& rules, Moment now) :
  d_name(spec.name), d_admin(spec.admin), d_adminReason(spec.adminReason), d_drains(spec.drains), d_health(spec.health), d_rememberedReason(spec.rememberedReason), d_require(spec.require), d_verdict(spec.remembered, rules), d_state(spec.last), d_since(spec.since)
{
  d_verdict.restore(spec.flaps, now);
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
  d_require = spec.require;
}

std::optional<NodeTransition> NodeTracker::refresh(const std::vector<const CheckTracker*>& checks, const CheckTracker* cause, std::span<const PeerView> views, Moment now)
{
  const auto moment = planAt(d_drains, inSeconds(now.wall));
  auto over = std::exchange(d_running, copyOf(moment.running));
  if (over && !isOver(*over, inSeconds(now.wall))) {
    over.reset(); // it goes on, or was called off
  }
  const auto deciding = decidingOf(checks);
  d_verdict.update(verdictsOf(deciding), d_require, views, now);
  const NodeState before = d_state;
  const NodeState after = combine(wishOf(d_admin, moment), d_verdict.verdict());
  const bool isNews = after != before;
  // A node may stay as it is for another reason than it became so.
  const bool hasNewReason = isByOperator(after) || after == NodeState::Down || (d_reason == s_noChecks) != deciding.empty();
  if (isNews || d_isNew || hasNewReason) {
    d_reason = why(after, deciding, cause, before, over, now);
  }
  if (isNews || d_since == TimePoint{}) {
    d_since = now.wall;
  }
  d_isNew = false;
  d_state = after;
  d_health->publishOwn(d_verdict.own());
  d_health->publish(after, toMilliseconds(now.wall));
  if (!isNews) {
    return std::nullopt;
  }
  return NodeTransition{d_name, before, after, d_reason, now.wall};
}

std::string NodeTracker::why(NodeState after, const std::vector<const CheckTracker*>& checks, const CheckTracker* cause, NodeState before,
  const std::optional<PlannedDrain>& over, Moment now) const
{
  if (isByOperator(after)) {
    return d_admin == AdminState::Auto ? plannedDrain(*d_running) : operatorsWish(d_adminReason);
  }
  if (!over || before != NodeState::Drained) {
    return whyByChecks(after, checks, cause, before, now);
  }
  const auto end = "after the planned drain" + colon(over->reason);
  return after == NodeState::Up ? end : end + "; " + whyByChecks(after, checks, cause, before, now);
}

std::string NodeTracker::whyByChecks(NodeState after, const std::vector<const CheckTracker*>& checks, const CheckTracker* cause, NodeState before, Moment now) const
{
  if (checks.empty()) {
    return s_noChecks;
  }
  if (after == NodeState::Unknown) {
    return "not checked yet: " + checks.front()->spec().label;
  }
  if (after == NodeState::Down) {
    return whyDown(checks, now);
  }
  if (d_verdict.own() == Verdict::Down) {
    return toText(d_verdict.vote());
  }
  if (cause != nullptr && cause->verdict() == Verdict::Up) {
    return decisionOf(*cause, d_rememberedReason);
  }
  // The description changed: no single check did it.
  if (isByOperator(before)) {
    return "after release by the operator: " + checks.front()->lastWord();
  }
  return d_isNew ? decisionOf(*checks.front(), d_rememberedReason) : "by its checks: " + checks.front()->lastWord();
}

std::string NodeTracker::whyDown(const std::vector<const CheckTracker*>& checks, Moment now) const
{
  if (const auto until = d_verdict.heldUntil()) {
    return "held down until " + toText(std::chrono::ceil<std::chrono::seconds>(now.toWall(*until))) + " after " + std::to_string(d_verdict.hold().count(now.steady)) + " falls; " + checks.front()->lastWord();
  }
  const auto vote = toText(d_verdict.vote());
  if (d_verdict.own() != Verdict::Down) {
    return vote;
  }
  const auto verdicts = verdictsOf(checks);
  const auto decisive = reasons(verdicts, d_require);
  const auto& first = *checks[decisive.front()];
  if (first.verdict() != Verdict::Down) { // new checks have replaced the one that failed
    return d_reason.empty() ? "as in an earlier run" : d_reason;
  }
  auto text = decisionOf(first, d_rememberedReason);
  if (d_require.atLeast != Requirement::s_all && checks.size() > 1) {
    text += "; " + std::to_string(std::count(verdicts.begin(), verdicts.end(), Verdict::Up)) + " of " + std::to_string(checks.size()) + " checks pass, " + std::to_string(std::min<size_t>(d_require.atLeast, checks.size())) + " must";
  }
  return vote.empty() ? text : text + "; " + vote;
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

std::optional<std::chrono::sys_seconds> NodeTracker::nextChange(Moment now) const noexcept
{
  auto next = planAt(d_drains, inSeconds(now.wall)).nextChange;
  if (const auto held = d_verdict.heldUntil()) {
    const auto end = std::chrono::ceil<std::chrono::seconds>(now.toWall(*held));
    next = next ? std::min(*next, end) : end;
  }
  return next;
}

NodeStatus NodeTracker::status(Moment now) const
{
  NodeStatus status;
  status.name = d_name;
  status.state = d_state;
  status.since = d_since;
  status.reason = d_reason;
  status.verdict = d_verdict.verdict();
  status.own = d_verdict.own();
  status.admin = d_admin;
  status.adminReason = d_adminReason;
  status.drains = d_drains;
  status.require = d_require;
  status.flaps = d_verdict.hold().remember(now.steady, now.wall);
  status.vote = d_verdict.vote();
  if (const auto held = d_verdict.heldUntil()) {
    status.heldUntil = now.toWall(*held);
  }
  return status;
}
}
