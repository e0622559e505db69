// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>
#include "network.hh"
#include "poller.hh"
#include "probe/checks/run.hh"

// RunSet: all that is under way on the event loop, each with its deadline, until its result has been handed on.
// Thread: the loop's.

namespace failover
{
class RunSet final : private RunHost
{
public:
  using Clock = std::chrono::steady_clock;
  // The run and what it came to, with its latency. May start and cancel runs; the run is destroyed next.
  using Done = std::function<void(Run& run, const CheckResult& result)>;

  // Borrows both: must outlive this.
  RunSet(Poller& poller, curl::Network& network) noexcept :
    d_poller(poller), d_network(network) { }

  // Starts run, which has until `deadline`. done is called once, from a later deliver(), unless the run is
  // cancelled. Throws what Run::start() throws, std::bad_alloc; then the run is no more.
  Run& start(std::unique_ptr<Run> run, Clock::time_point now, Clock::time_point deadline, Done done);
  // Ends a run without a result. Nothing when it has ended before.
  void cancel(const Run& run) noexcept;

  // Hands on the results of the runs that have ended, and those of runs whose time is up. Throws what done throws, only
  // std::bad_alloc beside that.
  void deliver(Clock::time_point now);

  [[nodiscard]] size_t size() const noexcept { return d_runs.size(); }
  // How long until deliver() is wanted, at most `limit`.
  [[nodiscard]] std::chrono::milliseconds untilDelivery(Clock::time_point now, std::chrono::milliseconds limit) const noexcept;

private:
  struct Entry
  {
    std::unique_ptr<Run> run;
    Clock::time_point started;
    Clock::time_point deadline;
    Done done;
    std::optional<CheckResult> result;
  };

  // RunHost
  [[nodiscard]] Poller& poller() noexcept override { return d_poller; }
  [[nodiscard]] curl::Network& network() noexcept override { return d_network; }
  void ended(Run& run, CheckResult result) noexcept override;

  // Takes the entry out; nothing when there is none.
  std::optional<Entry> take(const Run& run) noexcept;
  static void handOn(Entry& entry, CheckResult result, Clock::time_point now);

  Poller& d_poller;
  curl::Network& d_network;
  std::unordered_map<const Run*, Entry> d_runs;
  std::set<std::pair<Clock::time_point, const Run*>> d_deadlines;
  std::vector<const Run*> d_ended; // some of them may be gone, and others live where they were
};
}
