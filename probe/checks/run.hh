// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include "checkresult.hh"

// Run: one thing under way on the probe thread's event loop that ends in a result: a run of a check, a question to a
// peer, a message to a webhook. Whoever starts it knows its deadline; a run knows only how to begin and how to end.
// Thread: the loop's, all of it.

namespace failover
{
class Poller;
class Run;
namespace curl
{
  class Network;
}

// What the loop offers to its runs.
class RunHost
{
public:
  [[nodiscard]] virtual Poller& poller() noexcept = 0;
  [[nodiscard]] virtual curl::Network& network() noexcept = 0;
  // The run has come to this (latency is the loop's to set). At most once per run, and not from within start(). The run
  // lives on until the caller has returned to the loop.
  virtual void ended(Run& run, CheckResult result) noexcept = 0;

protected:
  ~RunHost() = default;
};

class Run
{
public:
  Run() = default;
  // Ends what is under way, if anything: closes, forgets, kills. Waits for nothing.
  virtual ~Run() = default;
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  // Begins; host must outlive this. Throws std::exception where this machine cannot (descriptors, memory): the caller
  // takes that for a local problem. Called once.
  virtual void start(RunHost& host) = 0;
  // The time is up before the run has ended: what that comes to ("timeout after 2000 ms", or a local problem when nothing
  // was ever asked of the node). The run is destroyed next. Throws only std::bad_alloc.
  [[nodiscard]] virtual CheckResult expire() = 0;
};
}
