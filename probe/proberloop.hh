// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>
#include "checks/makerun.hh"
#include "loop/network.hh"
#include "loop/poller.hh"
#include "loop/runset.hh"
#include "loop/stallwatch.hh"
#include "notices/notifier.hh"
#include "peers/peers.hh"
#include "prober.hh"
#include "roster.hh"
#include "runqueue.hh"
#include "verdict/doubt.hh"

// Prober::Loop: the thread behind Prober, and the few words that others exchange with it under one mutex.

namespace failover
{
class Prober::Loop
{
public:
  // As Prober's functions of the same names.
  Loop(ProberOptions options, ProberListener& listener);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  void start();
  void stop() noexcept;
  void setOrders(Orders orders);
  void report(std::vector<PushReport> reports);
  bool settle(std::chrono::milliseconds limit);
  [[nodiscard]] std::vector<NodeStatus> status() const;
  [[nodiscard]] ProberStatus about() const;
  [[nodiscard]] const ProberCounters& counters() const noexcept { return d_counters; }

private:
  using Clock = std::chrono::steady_clock;

  // Made by start(), after any fork(); from the bottom to the top.
  struct Engine
  {
    Engine(ProberListener& listener, const std::string& execDir);

    Poller poller;
    curl::Network network{poller};
    Reaper reaper;
    ProgramHost programs;
    RunSet runs{poller, network};
    Peers peers;
    Notifier notifier;
  };

  // The first time that all checks of the first roster have run.
  struct InitialRound
  {
    bool isSet{false};
    bool isOver{false};
    Clock::time_point began;
    size_t left{0}; // probes that have yet to run
  };

  // Thread: the loop's, all of these.
  void run() noexcept;
  void runOnce();
  void pause(const std::string& reason) noexcept;
  [[nodiscard]] std::chrono::milliseconds untilWork() const noexcept;
  void takeOrders();
  void replaceNodes();
  void followPlans();
  void followPeers();
  std::optional<NodeTransition> refresh(ProbedNode& node, const CheckTracker* cause, Moment now);
  void lookAt(const std::optional<std::chrono::sys_seconds>& change) noexcept;
  // Nodes have been described anew, or their plans want them otherwise now. REQUIRES: d_mutex is held.
  std::vector<NodeTransition> refreshNodes();
  void report(const std::vector<NodeTransition>& transitions);
  void announce(const NodeTransition& transition);
  void notify();
  static void forecast(ProbedNode& node) noexcept;
  void requeue();
  void limitRuns();
  // This machine stood still: what was under way then says nothing about nodes.
  void noticeStall(Clock::time_point now);
  void startDue();
  void start(Probe& probe);
  void finish(Probe& probe, const Run& run, const CheckResult& result);
  void count(Probe& probe, const CheckResult& result);
  // Says what a check's verdict came to for each node that it counts for.
  void tellNodes(Probe& probe, Moment now);
  // Push checks: what outside jobs have reported, and what it means that one is silent.
  void takeReports();
  void applyReports();
  void applyReport(Probe& probe, const PushReport& report);
  void missReport(Probe& probe);

  // "Is it me?"
  void askReferencesFor(const Probe& probe);
  void askReferences(Clock::time_point now);
  // Without the references. As counted within the last moments.
  [[nodiscard]] Trouble troubleSince(Clock::time_point began) noexcept;
  [[nodiscard]] References referencesSince(Clock::time_point began) const noexcept;
  // Whether a failure that would turn a verdict to Down counts; it is held where the references have yet to speak. began:
  // when the run began that failed.
  bool isBelieved(Probe& probe, Clock::time_point began);
  // The references have spoken.
  void judgeHeld();
  void reviewDoubt();
  void beginAfresh(Clock::time_point now);

  // Gives a check its next time, unless only the end of a run can tell.
  void schedule(Probe& probe, Clock::time_point now, double stretched);
  // Forgets what is under way and begins again.
  void askAnew(Probe& probe, Clock::time_point now);
  void cancelRuns(Probe& probe) noexcept;
  void logLocalProblem(const Probe& probe, bool had, const std::string& text);
  void logWarning(const Probe& probe, bool had);
  void leaveInitialRound(Probe& probe);
  void checkInitialRound();
  [[nodiscard]] bool isStopped() const;

  // Constant after construction
  const size_t d_mostWanted; // runs under way at once; 0: as many as descriptors allow
  const std::string d_execDir;
  ProberListener& d_listener;

  // The caller of start() and stop() only
  std::thread d_thread;

  // Written by the loop thread, read by any
  ProberCounters d_counters;

  // Loop thread only
  std::mt19937_64 d_random;
  RunQueue d_queue;
  size_t d_mostRuns{1}; // under way at once
  size_t d_descriptorsLacking{0};
  StallWatch d_stallWatch;
  Doubt d_doubt;
  std::optional<Trouble> d_lastTrouble;
  Clock::time_point d_troubleCounted;          // when
  std::vector<Probe*> d_held;                  // whose failures wait for the references
  std::optional<Clock::time_point> d_reviewed; // when doubt was last reviewed
  std::map<int64_t, PushReport> d_reports;     // by check
  InitialRound d_initial;
  bool d_needsRequeue{false};
  std::optional<std::chrono::sys_seconds> d_nextChange; // when a node's plan wants a look at it
  std::chrono::sys_seconds d_looked{};                  // when all plans were looked at
  std::optional<Orders> d_taken;                        // until they have been acted on
  uint64_t d_takenNumber{0};

  // Protected by d_mutex
  mutable std::mutex d_mutex;
  std::condition_variable d_changed; // d_stop, d_orders, d_done
  bool d_stop{false};
  std::optional<Orders> d_orders; // the last setOrders() that the loop has not taken yet
  uint64_t d_wanted{0};           // how many setOrders() there were
  std::optional<std::vector<PushReport>> d_newReports;
  std::vector<PeerStatus> d_peerStatus;
  DoubtStatus d_doubtStatus;        // without the references
  uint64_t d_done{0};               // how many of them have been acted on or overtaken
  Roster d_roster;                  // written by the loop only, which therefore reads it without the mutex
  std::unique_ptr<Engine> d_engine; // made by start(), then the loop's; others wake it up. Last: its runs borrow from all above
};
}
