// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "proberloop.hh"

// The part of the prober's loop that says what its nodes are when they are described anew, and when their plans want it.

namespace failover
{
void Prober::Loop::replaceNodes()
{
  const auto now = Clock::now();
  std::vector<std::unique_ptr<Probe>> gone; // destroyed without the mutex: that ends transfers
  std::vector<NodeTransition> transitions;
  d_queue.clear(); // it borrows what may go
  d_needsRequeue = true;
  {
    const std::lock_guard lock(d_mutex);
    gone = d_roster.replace(d_taken->nodes, now);
    transitions = refreshNodes();
  }
  report(transitions);
  if (!d_initial.isSet && !d_roster.nodes().empty()) {
    d_initial.isSet = true;
    d_initial.began = now;
    d_roster.forEachProbe([this](const Probe& probe) {
      ++d_initial.left;
      d_initial.lastSerial = probe.serial;
    });
  }
  limitRuns();
  for (const auto& probe : gone) {
    cancelRuns(*probe);
    if (!probe->tracker.hasRun()) {
      leaveInitialRound(*probe);
    }
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

std::vector<NodeTransition> Prober::Loop::refreshNodes()
{
  std::vector<NodeTransition> transitions;
  std::optional<std::chrono::sys_seconds> next;
  const auto now = std::chrono::system_clock::now();
  for (const auto& node : d_roster.nodes()) {
    if (auto transition = node->tracker.refresh(node->checks(), nullptr, now)) {
      transitions.push_back(std::move(*transition));
    }
    forecast(*node);
    const auto change = node->tracker.nextChange(now);
    if (change && (!next || *change < *next)) {
      next = change;
    }
  }
  d_nextChange = next;
  d_looked = inSeconds(now);
  return transitions;
}

void Prober::Loop::report(const std::vector<NodeTransition>& transitions)
{
  for (const auto& transition : transitions) {
    d_listener.nodeChanged(transition);
  }
}

void Prober::Loop::forecast(ProbedNode& node) noexcept
{
  const auto now = std::chrono::system_clock::now();
  const auto falls = node.fallsAt();
  node.tracker.forecast(falls ? std::optional(now + (*falls - Clock::now())) : std::nullopt, now);
}
}
