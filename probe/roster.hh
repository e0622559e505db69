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
#include "peers/peerstatistics.hh"

// Roster: every node of a running prober and its checks, and how a new description becomes the next roster without
// forgetting what is known. Thread: compatible (no lock inside); the prober guards it.

namespace failover
{
struct ProbedNode;

// A check that is run again and again.
struct Probe
{
  using TimePoint = std::chrono::steady_clock::time_point;

  Probe(const CheckSpec& spec, const RememberedCheck& remembered) :
    tracker(spec, remembered) { }

  CheckTracker tracker;
  std::vector<ProbedNode*> nodes; // whose verdict it counts for, the one whose check it is first; none: a reference
  uint64_t serial{0};             // unique in the roster's life; decides among checks that are due together
  TimePoint started;              // of the last run
  TimePoint due;                  // of the next one; max(): when one that is under way has ended, or a report comes
  std::vector<Run*> runs;         // under way, the oldest first; they borrow tracker.spec()
  // When the run began that was the first to fail, or to be silent for too long, since the last that passed.
  std::optional<TimePoint> troubleSince;
  std::optional<TimePoint> answered; // when the last run that has ended began
  std::optional<TimePoint> held;     // when the run began whose failure waits for the references to speak
  std::optional<PushReport> report;  // of a push check: the last one
  bool isInInitialRound{false};      // and has yet to run

  [[nodiscard]] bool isReference() const noexcept { return nodes.empty(); }
  // When its verdict turns to Down if every run that has yet to end fails, as far as is known; nothing while no failure
  // has been counted. Throws nothing.
  [[nodiscard]] std::optional<TimePoint> fallsAt() const noexcept;
};

struct ProbedNode
{
  ProbedNode(const NodeSpec& spec, const VerdictRules& rules, Moment now) :
    tracker(spec, rules, now) { }

  NodeTracker tracker;
  std::string statistic;                      // its name, as peers' statistics have it; empty where another node's is the same
  std::vector<std::unique_ptr<Probe>> probes; // its own checks
  std::vector<const Probe*> shared;           // other nodes' checks that count here as well
  std::optional<Probe::TimePoint> fell;       // when its own verdict last turned to Down, while it is

  // Borrowed from probes and shared. Throws only std::bad_alloc.
  [[nodiscard]] std::vector<const CheckTracker*> checks() const;
  // When the first of its checks turns to Down, as Probe::fallsAt() says. Throws nothing.
  [[nodiscard]] std::optional<Probe::TimePoint> fallsAt() const noexcept;
  // Whether a check that decides is in trouble, and whether there is such a check. Throws nothing.
  [[nodiscard]] bool isFailing() const noexcept;
  [[nodiscard]] bool isJudged() const noexcept;

private:
  template <typename Predicate>
  [[nodiscard]] bool anyDeciding(Predicate predicate) const noexcept;
};

class Roster
{
public:
  explicit Roster(const VerdictRules& rules) noexcept :
    d_rules(rules) { }

  // From now on these nodes, in this order. A node of the same name and a check of the same id and spec go on as they
  // are; a check whose spec has changed keeps its verdict only. New and changed checks are due at `now`.
  // Returns the probes that are no more, perhaps under way. Throws only std::bad_alloc.
  std::vector<std::unique_ptr<Probe>> replace(const std::vector<NodeSpec>& specs, const std::vector<CheckSpec>& references, Moment now);

  [[nodiscard]] const std::vector<std::unique_ptr<ProbedNode>>& nodes() const noexcept { return d_nodes; }
  [[nodiscard]] const std::vector<std::unique_ptr<Probe>>& references() const noexcept { return d_references; }
  // Calls f(Probe&) for each, in order; references, too.
  template <typename F>
  void forEachProbe(F&& f) const
  {
    for (const auto& node : d_nodes) {
      for (const auto& probe : node->probes) {
        f(*probe);
      }
    }
    for (const auto& probe : d_references) {
      f(*probe);
    }
  }
  // Throws only std::bad_alloc.
  [[nodiscard]] std::vector<NodeStatus> status(Moment now) const;
  // "12 up, 1 down", then what else there is: ", 1 drained". Throws only std::bad_alloc.
  [[nodiscard]] std::string countStates() const;

private:
  std::unique_ptr<Probe> makeProbe(const CheckSpec& spec, const RememberedCheck& remembered, Probe::TimePoint now);
  void replaceProbes(ProbedNode& node, const NodeSpec& spec, bool isNew, std::vector<std::unique_ptr<Probe>>& gone, Probe::TimePoint now);
  void replaceReferences(const std::vector<CheckSpec>& specs, std::vector<std::unique_ptr<Probe>>& gone, Probe::TimePoint now);
  void share(const std::vector<NodeSpec>& specs);
  void nameStatistics();

  const VerdictRules d_rules;
  std::vector<std::unique_ptr<ProbedNode>> d_nodes;
  std::vector<std::unique_ptr<Probe>> d_references;
  uint64_t d_serial{0};
};
}
