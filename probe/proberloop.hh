// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>
#include "loop/curl.hh"
#include "prober.hh"
#include "roster.hh"
#include "runqueue.hh"

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
  void setNodes(std::vector<NodeSpec> nodes);
  bool settle(std::chrono::milliseconds limit);
  [[nodiscard]] std::vector<NodeStatus> status() const;

private:
  using Clock = std::chrono::steady_clock;

  // The first time that all checks of the first roster have run.
  struct InitialRound
  {
    bool isSet{false};
    bool isOver{false};
    Clock::time_point began;
    uint64_t lastSerial{0}; // of the round's last probe
    size_t left{0};         // probes that have yet to run
  };

  // Thread: the loop's, all of these.
  void run() noexcept;
  void runOnce();
  void pause(const std::string& reason) noexcept;
  [[nodiscard]] std::chrono::milliseconds untilWork() const noexcept;
  void takeOrders();
  void replaceNodes();
  void followPlans();
  // Nodes have been described anew, or their plans want them otherwise now. REQUIRES: d_mutex is held.
  std::vector<NodeTransition> refreshNodes();
  void report(const std::vector<NodeTransition>& transitions);
  static void forecast(ProbedNode& node) noexcept;
  void requeue();
  void startDue();
  void start(Probe& probe);
  void finish(CURL* easy, CURLcode code);
  void count(Probe& probe, const CheckResult& result);
  void logLocalProblem(const Probe& probe, bool had, const std::string& text);
  void leaveInitialRound(const Probe& probe);
  void checkInitialRound();
  [[nodiscard]] bool isStopped() const;

  // Constant after construction
  const size_t d_maxInFlight;
  ProberListener& d_listener;

  // The caller of start() and stop() only
  std::thread d_thread;

  // Loop thread only
  std::mt19937_64 d_random;
  RunQueue d_queue;
  size_t d_inFlight{0};
  InitialRound d_initial;
  bool d_needsRequeue{false};
  std::optional<std::chrono::sys_seconds> d_nextChange; // when a node's plan wants a look at it
  std::chrono::sys_seconds d_looked{};                  // when all plans were looked at
  std::optional<std::vector<NodeSpec>> d_taken;         // orders until they have been acted on
  uint64_t d_takenNumber{0};

  // Protected by d_mutex
  mutable std::mutex d_mutex;
  std::condition_variable d_changed; // d_stop, d_orders, d_done
  bool d_stop{false};
  std::optional<std::vector<NodeSpec>> d_orders; // the last setNodes() that the loop has not taken yet
  uint64_t d_wanted{0};                          // how many setNodes() there were
  uint64_t d_done{0};                            // how many of them have been acted on or overtaken
  std::unique_ptr<curl::Multi> d_multi;          // made by start(), then the loop's; others wake it up
  Roster d_roster;                               // written by the loop only, which therefore reads it without the mutex
};
}
