// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>
#include "noticestories.hh"
#include "outbox.hh"
#include "probe/loop/reaper.hh"
#include "probe/loop/runset.hh"
#include "probe/prober.hh"

// Notifier: has those who want it told what happens: by a POST to a webhook, or by a program of failover-exec-dir that
// reads the same JSON (noticeBody()) from its standard input. Nothing here waits; each turn does a bounded amount of work.
// Thread: the loop's.

namespace failover
{
class Notifier
{
public:
  using Clock = std::chrono::steady_clock;

  // Borrows runs, reaper and listener: must outlive this, and runs must deliver nothing once this is gone.
  // folder: what failover-exec-dir says; empty: no programs. server: what messages call this server.
  Notifier(RunSet& runs, Reaper& reaper, ProberListener& listener, std::string folder, std::string server);
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;

  // From now on these targets and nodes, all of them. Before any transition of new nodes. Throws only std::bad_alloc.
  void adopt(const std::vector<NoticeSpec>& specs, const std::vector<NodeSpec>& nodes, Clock::time_point now);
  // Throws only std::bad_alloc.
  void nodeChanged(const NodeTransition& transition, Clock::time_point now) { d_stories.nodeChanged(transition, now); }
  void freezeChanged(bool frozen, const std::string& reason, std::chrono::system_clock::time_point at, Clock::time_point now)
  {
    d_stories.freezeChanged(frozen, reason, at, now);
  }

  // Does what is due. Throws only std::bad_alloc.
  void turn(Clock::time_point now);
  // How long until turn() is wanted, at most `limit`. Throws nothing.
  [[nodiscard]] std::chrono::milliseconds untilWork(Clock::time_point now, std::chrono::milliseconds limit) const noexcept;
  [[nodiscard]] const NoticeCounters& counters() const noexcept { return d_outbox.counters(); }

private:
  void send(const Outbox::Delivery& delivery, Clock::time_point now);
  [[nodiscard]] std::unique_ptr<Run> makeRun(const Outbox::Delivery& delivery) const;
  void settle(uint64_t serial, const std::string& label, const CheckResult& result, Clock::time_point now);
  void logDropped(Clock::time_point now);

  RunSet& d_runs;
  Reaper& d_reaper;
  ProberListener& d_listener;
  const std::string d_folder;
  const std::string d_server;
  NoticeStories d_stories;
  Outbox d_outbox;
  uint64_t d_loggedDropped{0};
  Clock::time_point d_nextDroppedLine{};
};
}
