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
  bool passed{false};                   // the last result that counted; meaningless while `streak` is 0
  bool localProblem{false};             // the last run failed on our side and did not count
  std::string outcome;                  // "HTTP 200", "timeout after 2000 ms", "connection refused", …; empty before the first
  std::chrono::milliseconds latency{0}; // of the last run
  unsigned contrary{0};                 // HealthTracker::contrary and needed: "2/3"
  unsigned needed{0};
  uint64_t streak{0};                             // how many results in a row were like the last one; those that did not count are left out
  uint64_t runs{0};                               // all that ended, local problems too
  std::chrono::system_clock::time_point lastAt{}; // when the last run ended; epoch before the first
};

struct NodeStatus
{
  std::string name;
  NodeState state{NodeState::Unknown};
  std::chrono::system_clock::time_point since{};
  std::string reason;                // why it is in this state, for people
  Verdict verdict{Verdict::Unknown}; // what the checks say, whatever the operator wants
  AdminState admin{AdminState::Auto};
  std::string adminReason;          // NodeSpec::adminReason
  std::vector<PlannedDrain> drains; // NodeSpec::drains
  RememberedFlaps flaps;            // for the next run
  std::vector<CheckStatus> checks;
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

  // A copy of what is known, in the order of setOrders(). Thread: any.
  [[nodiscard]] std::vector<NodeStatus> status() const;
  // What the loop has done. Thread: any; it takes no lock.
  [[nodiscard]] const ProberCounters& counters() const noexcept;

private:
  class Loop;
  std::unique_ptr<Loop> d_loop;
};
}
