// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <array>
#include <cstdio>
#include <pthread.h>
#include "proberloop.hh"
#include "schedule.hh"

namespace failover
{
namespace
{
  constexpr std::chrono::milliseconds s_longestWait(60000); // nothing is due that late; any bound will do
  constexpr std::chrono::milliseconds s_clockCheck(1000);   // while something is planned: the wall clock may be set anew
  constexpr std::chrono::milliseconds s_pause(1000);        // after a surprise, so that a lasting one does not spin the loop

  CheckResult localProblem(const std::string& text)
  {
    CheckResult result;
    result.outcome = Outcome::LocalProblem;
    result.text = text;
    return result;
  }
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
  d_roster.forEachProbe([](Probe& probe) { probe.cancel(); });
}

void Prober::Loop::runOnce()
{
  takeOrders();
  followPlans();
  if (d_needsRequeue) {
    requeue();
  }
  startDue();
  d_multi->perform();
  d_multi->drain([this](CURL* easy, CURLcode code) { finish(easy, code); });
  d_multi->wait(untilWork());
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
  // At the limit only the end of a run can make room for the next.
  const bool hasRoom = d_inFlight < d_maxInFlight;
  return hasRoom ? d_queue.untilNext(Clock::now(), limit) : limit;
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

void Prober::Loop::requeue()
{
  d_queue.clear();
  d_inFlight = 0;
  d_roster.forEachProbe([this](Probe& probe) {
    if (probe.isRunning()) {
      ++d_inFlight;
    }
    else {
      d_queue.push(probe);
    }
  });
  d_needsRequeue = false;
}

void Prober::Loop::startDue()
{
  const auto now = Clock::now(); // once: checks that become due meanwhile wait until the others have moved on
  while (d_inFlight < d_maxInFlight) {
    Probe* const probe = d_queue.pop(now);
    if (probe == nullptr) {
      return;
    }
    start(*probe);
  }
}

void Prober::Loop::start(Probe& probe)
{
  probe.started = Clock::now();
  std::string problem;
  try {
    probe.transfer = makeTransfer(probe.tracker.spec());
    probe.transfer->easy().set(CURLOPT_PRIVATE, &probe);
    probe.attached.emplace(*d_multi, probe.transfer->easy());
    ++d_inFlight;
    return;
  }
  catch (const std::exception& e) {
    problem = e.what();
  }
  probe.cancel();
  count(probe, localProblem("cannot start: " + problem));
}

void Prober::Loop::finish(CURL* easy, CURLcode code)
{
  char* owner = nullptr;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, &owner);
  Probe& probe = *reinterpret_cast<Probe*>(owner);
  // Whatever may be thrown from here on, the probe is at rest and requeue() will find it.
  probe.attached.reset();
  const auto transfer = std::move(probe.transfer);
  --d_inFlight;
  count(probe, transfer->finish(code));
}

void Prober::Loop::count(Probe& probe, const CheckResult& result)
{
  const bool hadLocalProblem = probe.tracker.hasLocalProblem();
  const bool isFirst = !probe.tracker.hasRun();
  const auto at = std::chrono::system_clock::now();
  std::optional<NodeTransition> transition;
  {
    const std::lock_guard lock(d_mutex);
    if (probe.tracker.record(result, at) == Transition::Changed) {
      transition = probe.node->tracker.refresh(probe.node->checks(), &probe.tracker, at);
    }
  }
  if (transition) {
    d_listener.nodeChanged(*transition);
  }
  const auto& spec = probe.tracker.spec();
  const double random = std::uniform_real_distribution<double>()(d_random);
  probe.due = nextDue({spec.interval, spec.retry}, probe.tracker.pending(), probe.started, Clock::now(), random);
  d_queue.push(probe);
  forecast(*probe.node);
  logLocalProblem(probe, hadLocalProblem, result.text);
  if (isFirst) {
    leaveInitialRound(probe);
    checkInitialRound();
  }
}

void Prober::Loop::logLocalProblem(const Probe& probe, bool had, const std::string& text)
{
  if (had == probe.tracker.hasLocalProblem()) {
    return;
  }
  const auto check = "node " + probe.node->tracker.name() + ": " + probe.tracker.spec().label;
  if (had) {
    d_listener.log(LogLevel::Info, check + ": checked again: " + text);
  }
  else {
    d_listener.log(LogLevel::Warning, check + ": cannot be checked, the verdict stays: " + text);
  }
}

void Prober::Loop::leaveInitialRound(const Probe& probe)
{
  if (d_initial.left > 0 && probe.serial <= d_initial.lastSerial) {
    --d_initial.left;
  }
}

void Prober::Loop::checkInitialRound()
{
  if (!d_initial.isSet || d_initial.isOver || d_initial.left > 0) {
    return;
  }
  d_initial.isOver = true;
  const std::chrono::duration<double> took = Clock::now() - d_initial.began;
  std::array<char, 32> seconds{};
  std::snprintf(seconds.data(), seconds.size(), "%.1f s", took.count());
  d_listener.log(LogLevel::Info, "initial round complete: " + d_roster.countStates() + ", " + seconds.data());
}

bool Prober::Loop::isStopped() const
{
  const std::lock_guard lock(d_mutex);
  return d_stop;
}
}
