// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <optional>
#include <span>
#include <vector>
#include "composition.hh"
#include "holddown.hh"
#include "moment.hh"
#include "vote.hh"

// NodeVerdict: what holds of a node, from what its checks say together over what other name servers see to whether it is
// held down for falling again and again. Pure. Thread: compatible (no lock inside).

namespace failover
{
// What is the same for all nodes.
struct VerdictRules
{
  HoldDown::Config hold;
  unsigned quorum{2}; // views that must agree before a node is down, where there are peers
};

class NodeVerdict
{
public:
  // remembered: what held at the end of an earlier run, or Unknown.
  NodeVerdict(Verdict remembered, const VerdictRules& rules) noexcept :
    d_hold(rules.hold), d_quorum(rules.quorum), d_own(remembered), d_said(remembered), d_verdict(remembered) { }

  // Takes up what an earlier run knew of the node's falls. REQUIRES: before update(). Throws nothing.
  void restore(const RememberedFlaps& flaps, Moment now) noexcept { d_hold.restore(flaps, d_verdict != Verdict::Down, now.steady, now.wall); }

  // deciding: what the checks that decide say. views: the peers'. Throws only std::bad_alloc.
  Verdict update(std::span<const Verdict> deciding, Requirement require, std::span<const PeerView> views, Moment now);

  // What holds.
  [[nodiscard]] Verdict verdict() const noexcept { return d_verdict; }
  // What this server's own checks say, whatever others see; what peers are told.
  [[nodiscard]] Verdict own() const noexcept { return d_own; }
  [[nodiscard]] const Vote& vote() const noexcept { return d_vote; }
  // Its checks have it up, and it is down for having fallen too often: until when. Throws nothing.
  [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> heldUntil() const noexcept;
  [[nodiscard]] const HoldDown& hold() const noexcept { return d_hold; }

private:
  HoldDown d_hold;
  unsigned d_quorum;
  Verdict d_own;
  Vote d_vote;
  Verdict d_said;    // the vote's, before any hold
  Verdict d_verdict; // after it
};
}
