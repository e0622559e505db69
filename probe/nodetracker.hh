// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>
#include "checktracker.hh"
#include "drainplan.hh"
#include "health.hh"
#include "prober.hh"
#include "verdict/nodeverdict.hh"

// NodeTracker: from what a node's checks say and what its operator wants and has planned to what the node is, since when
// and why, and when it may leave the answers.
// Pure but for publishing to NodeHealth. Thread: compatible (no lock inside); the prober guards it.

namespace failover
{
class NodeTracker
{
public:
  // A node seen for the first time. spec.checks is not kept. Throws only std::bad_alloc.
  NodeTracker(const NodeSpec& spec, const VerdictRules& rules, Moment now);
  // The same node, described anew: state and since stay until refresh(). Throws only std::bad_alloc.
  void adopt(const NodeSpec& spec);

  // Publishes what the node is now, and reports that if it is another state than before. cause: the check whose verdict
  // has just changed; null when the description has, or its plan wants another state now. Throws only std::bad_alloc.
  // views: what peers say of it.
  std::optional<NodeTransition> refresh(const std::vector<const CheckTracker*>& checks, const CheckTracker* cause,
    std::span<const PeerView> views, Moment now);

  // Publishes when the node may leave the answers. fall: when its checks could bring it down at the earliest, if any has
  // begun to fail. REQUIRES: after refresh(). Throws nothing.
  void forecast(std::optional<std::chrono::system_clock::time_point> fall, std::chrono::system_clock::time_point now) noexcept;
  // When its plan, or the end of its hold, wants a refresh() next. Throws nothing.
  [[nodiscard]] std::optional<std::chrono::sys_seconds> nextChange(Moment now) const noexcept;

  [[nodiscard]] const std::string& name() const noexcept { return d_name; }
  [[nodiscard]] NodeState state() const noexcept { return d_state; }
  [[nodiscard]] const NodeVerdict& verdict() const noexcept { return d_verdict; }
  [[nodiscard]] AdminState admin() const noexcept { return d_admin; }
  // Without the checks'. Throws only std::bad_alloc.
  [[nodiscard]] NodeStatus status(Moment now) const;

private:
  // What led to `after`. over: the planned drain that has just ended by itself, if one has.
  [[nodiscard]] std::string why(NodeState after, const std::vector<const CheckTracker*>& checks, const CheckTracker* cause, NodeState before,
    const std::optional<PlannedDrain>& over, Moment now) const;
  [[nodiscard]] std::string whyByChecks(NodeState after, const std::vector<const CheckTracker*>& checks, const CheckTracker* cause, NodeState before, Moment now) const;
  [[nodiscard]] std::string whyDown(const std::vector<const CheckTracker*>& checks, Moment now) const;

  const std::string d_name;
  AdminState d_admin;
  std::string d_adminReason;
  std::vector<PlannedDrain> d_drains;
  std::shared_ptr<NodeHealth> d_health;
  const std::string d_rememberedReason;
  Requirement d_require;
  NodeVerdict d_verdict;
  NodeState d_state;
  std::optional<PlannedDrain> d_running; // the planned drain under way, whether it is obeyed or not
  bool d_isNew{true};                    // until the first refresh()
  std::string d_reason;
  std::chrono::system_clock::time_point d_since; // of d_state; epoch: the first refresh() sets it
};
}
