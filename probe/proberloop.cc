// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
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
  if (d_needsRequeue) {
    requeue();
  }
  startDue();
  d_multi->perform();
  d_multi->drain([this](CURL* easy, CURLcode code) { finish(easy, code); });
  // At the limit only the end of a run can make room for the next.
  const bool hasRoom = d_inFlight < d_maxInFlight;
  d_multi->wait(hasRoom ? d_queue.untilNext(Clock::now(), s_longestWait) : s_longestWait);
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

void Prober::Loop::replaceNodes()
{
  const auto now = Clock::now();
  std::vector<std::unique_ptr<Probe>> gone; // destroyed without the mutex: that ends transfers
  std::vector<NodeTransition> transitions;
  d_queue.clear(); // it borrows what may go
  d_needsRequeue = true;
  {
    const std::lock_guard lock(d_mutex);
    gone = d_roster.replace(*d_taken, now);
    for (const auto& node : d_roster.nodes()) {
      if (auto transition = node->tracker.refresh(node->checks(), nullptr, std::chrono::system_clock::now())) {
        transitions.push_back(std::move(*transition));
      }
    }
  }
  for (const auto& transition : transitions) {
    d_listener.nodeChanged(transition);
  }
  if (!d_initial.isSet && !d_roster.nodes().empty()) {
    d_initial.isSet = true;
    d_initial.began = now;
    d_roster.forEachProbe([this](const Probe& probe) {
      ++d_initial.left;
      d_initial.lastSerial = probe.serial;
    });
  }
  for (const auto& probe : gone) {
    if (!probe->tracker.hasRun()) {
      leaveInitialRound(*probe);
    }
  }
  checkInitialRound();
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
