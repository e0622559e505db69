// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <array>
#include <cstdio>
#include <pthread.h>
#include "proberloop.hh"

// The turns of the prober's loop, and how long it waits between them.

namespace failover
{
namespace
{
  constexpr std::chrono::milliseconds s_longestWait(60000); // nothing is due that late; any bound will do
  constexpr std::chrono::milliseconds s_clockCheck(1000);   // while something is planned: the wall clock may be set anew
  constexpr std::chrono::milliseconds s_longestLook(500);   // while something is under way: a shorter standstill is noticed the better
  constexpr std::chrono::milliseconds s_pause(1000);        // after a surprise, so that a lasting one does not spin the loop
}

void Prober::Loop::run() noexcept
{
  pthread_setname_np(pthread_self(), "pdns/fo-probe");
  while (!isStopped()) {
    try {
      runOnce();
    }
    catch (const std::exception& e) {
      pause(e.what());
    }
  }
  d_roster.forEachProbe([this](Probe& probe) { cancelRuns(probe); });
}

void Prober::Loop::runOnce()
{
  takeOrders();
  takeReports();
  followPlans();
  followPeers();
  notify();
  if (d_needsRequeue) {
    requeue();
  }
  startDue();
  const auto limit = untilWork();
  d_stallWatch.willWait(limit);
  d_counters.turnsBy.store(std::chrono::duration_cast<std::chrono::milliseconds>((Clock::now() + limit).time_since_epoch()).count(), std::memory_order_relaxed);
  d_engine->poller.wait(limit);
  const auto now = Clock::now();
  noticeStall(now);
  d_engine->network.turn(now);
  d_engine->runs.deliver(now); // not a later moment: a standstill may lie between, which only the next turn notices
}

std::chrono::milliseconds Prober::Loop::untilWork() const noexcept
{
  auto limit = s_longestWait;
  if (d_nextChange) {
    limit = s_clockCheck;
    const auto now = std::chrono::system_clock::now();
    if (*d_nextChange - inSeconds(now) <= s_clockCheck) { // a later one may be too late for a difference in nanoseconds
      limit = std::clamp(std::chrono::ceil<std::chrono::milliseconds>(*d_nextChange - now), std::chrono::milliseconds(0), s_clockCheck);
    }
  }
  if (d_engine->runs.size() > 0) {
    limit = std::min(limit, s_longestLook);
  }
  const auto now = Clock::now();
  if (d_engine->runs.size() < d_mostRuns) { // at the limit only the end of a run can make room for the next
    limit = d_queue.untilNext(now, limit);
  }
  limit = d_engine->peers.untilTurn(now, limit);
  limit = d_engine->notifier.untilWork(now, limit);
  limit = d_engine->network.untilTurn(now, limit);
  return d_engine->runs.untilDelivery(now, limit);
}

void Prober::Loop::notify()
{
  d_engine->reaper.sweep();
  d_engine->notifier.turn(Clock::now());
  const auto& counts = d_engine->notifier.counters();
  d_counters.noticesSent.store(counts.sent, std::memory_order_relaxed);
  d_counters.noticesFailed.store(counts.failed, std::memory_order_relaxed);
  d_counters.noticesDropped.store(counts.dropped, std::memory_order_relaxed);
}

void Prober::Loop::noticeStall(Clock::time_point now)
{
  const auto still = d_stallWatch.turn(now, timeAsleep());
  if (!still) {
    return;
  }
  increase(d_counters.stalls);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "this machine stood still for %.1f s", std::chrono::duration<double>(*still).count());
  d_listener.log(LogLevel::Warning, std::string("prober: ") + text.data() + "; what was asked meanwhile does not count");
  d_roster.forEachProbe([this, now](Probe& probe) { askAnew(probe, now); });
}

// Not on the transfers' own wakeup: they may be what went wrong.
void Prober::Loop::pause(const std::string& reason) noexcept
{
  try {
    d_listener.log(LogLevel::Error, "prober: unexpected error, goes on in a second: " + reason);
  }
  catch (const std::bad_alloc&) {
    d_listener.log(LogLevel::Error, {});
  }
  d_needsRequeue = true; // a check may have been left without its next time
  std::unique_lock lock(d_mutex);
  d_changed.wait_for(lock, s_pause, [this] { return d_stop; });
}

void Prober::Loop::takeOrders()
{
  {
    const std::lock_guard lock(d_mutex);
    if (d_orders) {
      d_taken = std::exchange(d_orders, std::nullopt);
      d_takenNumber = d_wanted;
    }
  }
  if (!d_taken) {
    return;
  }
  replaceNodes();
  d_taken.reset();
  const std::lock_guard lock(d_mutex);
  d_done = d_takenNumber;
  d_changed.notify_all();
}

bool Prober::Loop::isStopped() const
{
  const std::lock_guard lock(d_mutex);
  return d_stop;
}
}
