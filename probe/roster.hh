// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>
#include "checks/run.hh"
#include "checktracker.hh"
#include "nodetracker.hh"

// Roster: every node of a running prober and its checks, and how a new description becomes the next roster without
// forgetting what is known. Thread: compatible (no lock inside); the prober guards it.

namespace failover
{
struct ProbedNode;

// A check that is run again and again.
struct Probe
{
  Probe(const CheckSpec& spec, Verdict initial) :
    tracker(spec, initial) { }

  CheckTracker tracker;
  ProbedNode* node{nullptr};                     // whose check it is
  uint64_t serial{0};                            // unique in the roster's life; decides among checks that are due together
  std::chrono::steady_clock::time_point started; // of the last run
  std::chrono::steady_clock::time_point due;     // of the next one; max(): when one that is under way has ended
  std::vector<Run*> runs;                        // under way, the oldest first; they borrow tracker.spec()

  // When its verdict turns to Down if every run that has yet to end fails, as far as is known; nothing while no failure
  // has been counted. Throws nothing.
  [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> fallsAt() const noexcept;
};

struct ProbedNode
{
  explicit ProbedNode(const NodeSpec& spec) :
    tracker(spec) { }

  NodeTracker tracker;
  std::vector<std::unique_ptr<Probe>> probes;

  // Borrowed from probes. Throws only std::bad_alloc.
  [[nodiscard]] std::vector<const CheckTracker*> checks() const;
  // When the first of its checks turns to Down, as Probe::fallsAt() says. Throws nothing.
  [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> fallsAt() const noexcept;
};

class Roster
{
public:
  // From now on these nodes, in this order. A node of the same name and a check of the same id and spec go on as they
  // are; a check whose spec has changed keeps its verdict only. New and changed checks are due at `now`.
  // Returns the probes that are no more, perhaps under way. Throws only std::bad_alloc.
  std::vector<std::unique_ptr<Probe>> replace(const std::vector<NodeSpec>& specs, std::chrono::steady_clock::time_point now);

  [[nodiscard]] const std::vector<std::unique_ptr<ProbedNode>>& nodes() const noexcept { return d_nodes; }
  // Calls f(Probe&) for each, in order.
  template <typename F>
  void forEachProbe(F&& f) const
  {
    for (const auto& node : d_nodes) {
      for (const auto& probe : node->probes) {
        f(*probe);
      }
    }
  }
  // Throws only std::bad_alloc.
  [[nodiscard]] std::vector<NodeStatus> status() const;
  // "12 up, 1 down", then what else there is: ", 1 drained". Throws only std::bad_alloc.
  [[nodiscard]] std::string countStates() const;

private:
  std::unique_ptr<Probe> makeProbe(const CheckSpec& spec, Verdict initial, std::chrono::steady_clock::time_point now);
  void replaceProbes(ProbedNode& node, const NodeSpec& spec, bool isNew, std::vector<std::unique_ptr<Probe>>& gone, std::chrono::steady_clock::time_point now);

  std::vector<std::unique_ptr<ProbedNode>> d_nodes;
  uint64_t d_serial{0};
};
}
