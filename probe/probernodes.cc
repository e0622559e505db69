// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "proberloop.hh"

// The part of the prober's loop that says what its nodes are when they are described anew, and when their plans want it.

namespace failover
{
void Prober::Loop::replaceNodes()
{
  const auto now = Moment::now();
  std::vector<std::unique_ptr<Probe>> gone; // destroyed without the mutex: that ends transfers
  std::vector<NodeTransition> transitions;
  d_queue.clear(); // they borrow what may go
  d_held.clear();
  d_needsRequeue = true;
  {
    const std::lock_guard lock(d_mutex);
    gone = d_roster.replace(d_taken->nodes, d_taken->references, now);
    d_engine->peers.adopt(d_taken->peers, now.steady);
    d_engine->notifier.adopt(d_taken->notices, d_taken->nodes, now.steady);
    d_peerStatus = d_engine->peers.status();
    transitions = refreshNodes();
  }
  applyReports();
  report(transitions);
  if (!d_initial.isSet && !d_roster.nodes().empty()) {
    d_initial.isSet = true;
    d_initial.began = now.steady;
    d_roster.forEachProbe([this](Probe& probe) {
      if (probe.due != Clock::time_point::max()) { // else nobody knows when it will speak
        probe.isInInitialRound = true;
        ++d_initial.left;
      }
    });
  }
  limitRuns();
  for (const auto& probe : gone) {
    cancelRuns(*probe);
    leaveInitialRound(*probe);
  }
  checkInitialRound();
}

void Prober::Loop::followPlans()
{
  // Of a clock that was set back nobody knows what is still to come.
  const auto now = inSeconds(std::chrono::system_clock::now());
  if (now >= d_looked && (!d_nextChange || now < *d_nextChange)) {
    return;
  }
  std::vector<NodeTransition> transitions;
  {
    const std::lock_guard lock(d_mutex);
    transitions = refreshNodes();
  }
  report(transitions);
}

void Prober::Loop::followPeers()
{
  d_engine->peers.turn(Clock::now());
  if (d_engine->peers.takeHeard()) {
    const std::lock_guard lock(d_mutex);
    d_peerStatus = d_engine->peers.status();
  }
  if (!d_engine->peers.takeChanged()) {
    return;
  }
  std::vector<NodeTransition> transitions;
  {
    const std::lock_guard lock(d_mutex);
    transitions = refreshNodes();
  }
  report(transitions);
}

std::optional<NodeTransition> Prober::Loop::refresh(ProbedNode& node, const CheckTracker* cause, Moment now)
{
  auto transition = node.tracker.refresh(node.checks(), cause, d_engine->peers.views(node.statistic), now);
  const bool isDown = node.tracker.verdict().own() == Verdict::Down;
  if (isDown != node.fell.has_value()) {
    node.fell = isDown ? std::optional(now.steady) : std::nullopt;
  }
  return transition;
}

void Prober::Loop::lookAt(const std::optional<std::chrono::sys_seconds>& change) noexcept
{
  if (change && (!d_nextChange || *change < *d_nextChange)) {
    d_nextChange = change;
  }
}

std::vector<NodeTransition> Prober::Loop::refreshNodes()
{
  std::vector<NodeTransition> transitions;
  const auto now = Moment::now();
  d_nextChange.reset();
  for (const auto& node : d_roster.nodes()) {
    if (auto transition = refresh(*node, nullptr, now)) {
      transitions.push_back(std::move(*transition));
    }
    forecast(*node);
    lookAt(node->tracker.nextChange(now));
  }
  d_looked = inSeconds(now.wall);
  return transitions;
}

void Prober::Loop::report(const std::vector<NodeTransition>& transitions)
{
  for (const auto& transition : transitions) {
    announce(transition);
  }
}

void Prober::Loop::announce(const NodeTransition& transition)
{
  d_listener.nodeChanged(transition);
  d_engine->notifier.nodeChanged(transition, Clock::now());
}

void Prober::Loop::forecast(ProbedNode& node) noexcept
{
  const auto now = std::chrono::system_clock::now();
  const auto falls = node.fallsAt();
  node.tracker.forecast(falls ? std::optional(now + (*falls - Clock::now())) : std::nullopt, now);
}
}
