// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>
#include "drainplan.hh"
#include "health.hh"
#include "log.hh"
#include "orders.hh"
#include "probercounters.hh"
#include "verdict/nodeverdict.hh"

// Prober: the one thread that runs every check of every node, keeps their verdicts, publishes what
// each node is and tells a listener when that changes. It knows neither DNS nor SQL: a node here is a
// name, an operator's wish and some checks.

namespace failover
{
struct NodeTransition
{
  std::string node;
  NodeState from{NodeState::Unknown};
  NodeState to{NodeState::Unknown};
  std::string reason; // "after 3/3 failures of https://…: HTTP 503 (expected 200-399)"
  std::chrono::system_clock::time_point at;
};

struct CheckStatus
{
  int64_t id{0};
  std::string url;     // CheckSpec::displayUrl
  std::string address; // CheckSpec::address
  Verdict verdict{Verdict::Unknown};
  bool passed{false};                   // the last result that was no local problem; meaningless while `streak` is 0
  bool localProblem{false};             // the last run failed on our side and did not count
  std::string outcome;                  // "HTTP 200", "timeout after 2000 ms", "connection refused", …; empty before the first
  std::chrono::milliseconds latency{0}; // of the last run
  unsigned contrary{0};                 // HealthTracker::contrary and needed: "2/3"
  unsigned needed{0};
  uint64_t streak{0};      // how many results in a row were like the last one; those that did not count are left out
  bool warning{false};     // it passes, but the outcome is something to see to
  bool doubted{false};     // the last failure did not count, since the fault may be ours
  bool warningOnly{false}; // as in CheckSpec, these three
  bool inverted{false};
  bool isShared{false};                           // another node's check, which counts for this one as well
  uint64_t runs{0};                               // all that ended, local problems too
  std::chrono::system_clock::time_point lastAt{}; // when the last run ended; epoch before the first
};

struct NodeStatus
{
  std::string name;
  NodeState state{NodeState::Unknown};
  std::chrono::system_clock::time_point since{};
  std::string reason;                // why it is in this state, for people
  Verdict verdict{Verdict::Unknown}; // what the checks say, here and at the peers, whatever the operator wants
  Verdict own{Verdict::Unknown};     // what the checks say here
  AdminState admin{AdminState::Auto};
  std::string adminReason;          // NodeSpec::adminReason
  std::vector<PlannedDrain> drains; // NodeSpec::drains
  Requirement require;
  std::chrono::system_clock::time_point heldUntil{}; // its checks would have it up: until when it is held down; else epoch
  RememberedFlaps flaps;                             // heldUntil may be over
  Vote vote;                                         // among the peers; without one, `needed` is 0
  std::vector<CheckStatus> checks;                   // its own, then those that it shares
};

// Another name server of ours.
struct PeerStatus
{
  std::string name;
  std::string url;                                 // without credentials
  bool fresh{false};                               // its view counts
  bool frozen{false};                              // it says so itself
  std::string outcome;                             // of the last question: "HTTP 200", "timeout after 800 ms", …; empty before the first
  std::chrono::system_clock::time_point heardAt{}; // when it last said what it sees; epoch: never
};

// Whether the fault seems to be ours, and what tells.
struct DoubtStatus
{
  bool frozen{false};
  std::chrono::system_clock::time_point since{};
  std::string reason; // "4 of 5 nodes fail together, and no reference answers"; empty when all is well
  std::vector<CheckStatus> references;
};

// Beside the nodes: who else has an opinion, and whether we trust our own.
struct ProberStatus
{
  std::vector<PeerStatus> peers;
  DoubtStatus doubt;
};

// Told by the prober, on the prober's thread; must be quick, and must not call the prober.
class ProberListener
{
public:
  virtual ~ProberListener() = default;
  // The new state has already been published to NodeHealth.
  virtual void nodeChanged(const NodeTransition& transition) noexcept = 0;
  virtual void log(LogLevel level, const std::string& message) noexcept = 0;
};

struct ProberOptions
{
  size_t maxInFlight{0}; // runs under way at once; further due ones wait their turn. 0: as many as descriptors allow
  uint64_t seed{0};      // of the jitter; 0: from std::random_device
  std::string execDir;   // of the programs that checks and notifications may run; empty: none may
  VerdictRules rules;
  unsigned freezeShare{50}; // per cent of the nodes that fail together before we doubt ourselves; 0: never
};

class Prober
{
public:
  // Borrows listener: must outlive this. Starts nothing.
  Prober(ProberOptions options, ProberListener& listener);
  // Stops; never waits for a probe under way nor for a name resolution.
  ~Prober();
  Prober(const Prober&) = delete;
  Prober& operator=(const Prober&) = delete;

  // Starts the thread ("pdns/fo-probe"). Throws std::system_error. Thread: one caller, once.
  void start();
  // Ends the thread; idempotent. Thread: the caller of start().
  void stop() noexcept;

  // From now on these nodes and checks, all of them. A check whose id and spec are as before keeps its verdict and
  // streak; so does a node its state and since. New checks run at once. Thread: any; returns at once.
  void setOrders(Orders orders);
  // Waits until the last setOrders() has been acted on, transitions included; false after `limit`. Thread: any but
  // the prober's.
  bool settle(std::chrono::milliseconds limit);

  // What outside jobs have said of push checks, all that is known. One that is no news changes nothing. Thread: any.
  void report(std::vector<PushReport> reports);

  // Copies of what is known, in the order of setOrders(). Thread: any.
  [[nodiscard]] std::vector<NodeStatus> status() const;
  [[nodiscard]] ProberStatus about() const;
  // What the loop has done. Thread: any; it takes no lock.
  [[nodiscard]] const ProberCounters& counters() const noexcept;

private:
  class Loop;
  std::unique_ptr<Loop> d_loop;
};
}
