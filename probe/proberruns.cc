// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <array>
#include <cstdio>
#include "checks/makerun.hh"
#include "loop/descriptors.hh"
#include "proberloop.hh"
#include "schedule.hh"

// The part of the prober's loop that runs checks: which is next, when it begins, what becomes of its result.

namespace failover
{
namespace
{
  constexpr size_t s_mostPerTurn = 64;        // starts, so that what is under way is looked at in between
  constexpr size_t s_othersDescriptors = 128; // kept free for what else this process may open
  constexpr size_t s_mostRuns = 16'384;       // of 14 KB each
  constexpr size_t s_otherRuns = 16;          // to peers, and to those who want to be told

  CheckResult localProblem(const std::string& text)
  {
    CheckResult result;
    result.outcome = Outcome::LocalProblem;
    result.text = text;
    return result;
  }

  std::string nameOf(const Probe& probe)
  {
    return (probe.isReference() ? "reference" : "node " + probe.nodes.front()->tracker.name()) + ": " + probe.tracker.spec().label;
  }
}

void Prober::Loop::requeue()
{
  d_queue.clear();
  d_roster.forEachProbe([this](Probe& probe) {
    const bool isAsked = probe.tracker.spec().kind != CheckKind::Push;
    if (isAsked && probe.due == Clock::time_point::max() && probe.runs.empty()) { // left so by a surprise
      probe.due = Clock::now();
    }
    if (probe.due != Clock::time_point::max()) {
      d_queue.push(probe);
    }
  });
  d_needsRequeue = false;
}

void Prober::Loop::limitRuns()
{
  size_t wanted = 0;
  d_roster.forEachProbe([&wanted](const Probe& probe) { wanted += probe.tracker.spec().fall; });
  wanted = std::min(wanted, d_mostWanted != 0 ? d_mostWanted : wanted);
  const auto room = makeDescriptorRoom(wanted + s_othersDescriptors);
  const size_t used = room.open + s_othersDescriptors;
  const size_t free = room.limit > used ? room.limit - used : 0;
  d_mostRuns = std::max<size_t>(d_mostWanted != 0 ? d_mostWanted : std::min(free, s_mostRuns), 1) + s_otherRuns;
  const size_t lacking = wanted > free ? wanted - free : 0;
  if (lacking > 0 && d_descriptorsLacking == 0) {
    d_listener.log(LogLevel::Warning, "the checks may need " + std::to_string(used + wanted) + " descriptors when nodes fall silent, but the limit is " + std::to_string(room.limit) + ": checks may be late then; raise it (LimitNOFILE= in the service)");
  }
  d_descriptorsLacking = lacking;
}

void Prober::Loop::startDue()
{
  const auto now = Clock::now(); // once: checks that become due meanwhile wait until the others have moved on
  for (size_t started = 0; started < s_mostPerTurn && d_engine->runs.size() < d_mostRuns; ++started) {
    Probe* const probe = d_queue.pop(now);
    if (probe == nullptr) {
      return;
    }
    d_counters.lateness.add(std::chrono::duration_cast<std::chrono::microseconds>(now - probe->due));
    start(*probe);
  }
}

void Prober::Loop::start(Probe& probe)
{
  if (probe.tracker.spec().kind == CheckKind::Push) {
    missReport(probe);
    return;
  }
  const auto now = Clock::now();
  if (!probe.runs.empty() && !probe.troubleSince) { // the one before is silent
    probe.troubleSince = probe.started;
  }
  probe.started = now;
  probe.due = Clock::time_point::max();
  increase(d_counters.runs);
  std::string problem;
  try {
    probe.runs.reserve(probe.runs.size() + 1);
    auto& run = d_engine->runs.start(makeRun(probe.tracker.spec(), d_engine->programs), now, now + probe.tracker.spec().timeout,
      [this, &probe](const Run& ended, const CheckResult& result) { finish(probe, ended, result); });
    probe.runs.push_back(&run);
  }
  catch (const std::exception& e) {
    problem = e.what();
  }
  if (problem.empty()) {
    askReferencesFor(probe);
    schedule(probe, now, 1.0);
  }
  else {
    count(probe, localProblem("cannot start: " + problem));
  }
}

void Prober::Loop::finish(Probe& probe, const Run& run, const CheckResult& said)
{
  const auto result = probe.tracker.spec().inverted ? said.inverted() : said;
  const auto ended = std::find(probe.runs.begin(), probe.runs.end(), &run);
  if (result.passed()) { // whatever an older run has yet to say is older news
    std::for_each(probe.runs.begin(), ended, [this](const Run* older) { d_engine->runs.cancel(*older); });
    probe.runs.erase(probe.runs.begin(), ended + 1);
  }
  else {
    probe.runs.erase(ended);
  }
  const auto began = Clock::now() - result.latency;
  probe.answered = std::max(probe.answered.value_or(began), began);
  if (result.passed()) {
    probe.troubleSince.reset();
    probe.held.reset();
  }
  else if ((!result.isLocal() || probe.isReference()) && !probe.troubleSince) {
    probe.troubleSince = began;
  }
  count(probe, result);
  if (probe.isReference()) {
    judgeHeld();
  }
  reviewDoubt();
}

void Prober::Loop::count(Probe& probe, const CheckResult& result)
{
  const bool hadLocalProblem = probe.tracker.hasLocalProblem();
  const bool hadWarning = probe.tracker.hasWarning();
  const bool isFirst = !probe.tracker.hasRun();
  const bool fails = !result.passed() && !result.isLocal();
  const bool counts = !fails || !probe.tracker.isAboutToFall() || isBelieved(probe, Clock::now() - result.latency);
  const auto now = Moment::now();
  bool isNews = false;
  {
    const std::lock_guard lock(d_mutex);
    if (counts) {
      isNews = probe.tracker.record(result, now.wall) == Transition::Changed;
    }
    else {
      probe.tracker.recordDoubted(result, now.wall);
      increase(d_counters.doubted);
    }
  }
  if (isNews) {
    tellNodes(probe, now);
  }
  const double stretched = isFirst ? firstStretch(probe.serial) : stretch(std::uniform_real_distribution<double>()(d_random));
  schedule(probe, Clock::now(), stretched);
  for (auto* node : probe.nodes) {
    forecast(*node);
  }
  logLocalProblem(probe, hadLocalProblem, result.text);
  logWarning(probe, hadWarning);
  leaveInitialRound(probe);
}

void Prober::Loop::tellNodes(Probe& probe, Moment now)
{
  const auto& tracker = probe.tracker;
  if (tracker.spec().warningOnly && !probe.nodes.empty()) {
    const bool isWell = tracker.verdict() == Verdict::Up;
    d_listener.log(isWell ? LogLevel::Info : LogLevel::Warning, "node " + probe.nodes.front()->tracker.name() + ": " + (isWell ? "a check that only warns passes " : "a check that only warns fails ") + tracker.decision());
    return;
  }
  for (auto* node : probe.nodes) {
    std::optional<NodeTransition> transition;
    {
      const std::lock_guard lock(d_mutex);
      transition = refresh(*node, &tracker, now);
    }
    lookAt(node->tracker.nextChange(now));
    if (transition) {
      announce(*transition);
    }
  }
}

void Prober::Loop::schedule(Probe& probe, Clock::time_point now, double stretched)
{
  const auto& spec = probe.tracker.spec();
  if (spec.kind == CheckKind::Push) {
    return; // due when its report has run out
  }
  Progress progress;
  progress.lastStart = probe.started;
  progress.pending = probe.tracker.pending();
  progress.inFlight = static_cast<unsigned>(probe.runs.size());
  progress.useful = probe.tracker.verdict() == Verdict::Up ? probe.tracker.contraryLeft() : 1;
  d_queue.remove(probe);
  probe.due = nextDue({spec.interval, spec.retry}, progress, now, stretched).value_or(Clock::time_point::max());
  if (probe.due != Clock::time_point::max()) {
    d_queue.push(probe);
  }
}

void Prober::Loop::askAnew(Probe& probe, Clock::time_point now)
{
  if (!probe.runs.empty()) {
    increase(d_counters.discarded, probe.runs.size());
    cancelRuns(probe);
    d_queue.remove(probe);
    probe.due = now;
    d_queue.push(probe);
  }
}

void Prober::Loop::cancelRuns(Probe& probe) noexcept
{
  for (const auto* run : std::exchange(probe.runs, {})) {
    d_engine->runs.cancel(*run);
  }
}

void Prober::Loop::logLocalProblem(const Probe& probe, bool had, const std::string& text)
{
  if (had == probe.tracker.hasLocalProblem()) {
    return;
  }
  const auto check = nameOf(probe);
  if (had) {
    d_listener.log(LogLevel::Info, check + ": checked again: " + text);
  }
  else {
    d_listener.log(LogLevel::Warning, check + ": cannot be checked, the verdict stays: " + text);
  }
}

void Prober::Loop::logWarning(const Probe& probe, bool had)
{
  if (had != probe.tracker.hasWarning()) {
    d_listener.log(had ? LogLevel::Info : LogLevel::Warning, nameOf(probe) + ": " + (had ? "nothing to see to any more: " : "passes, but see to it: ") + probe.tracker.status().outcome);
  }
}

void Prober::Loop::leaveInitialRound(Probe& probe)
{
  if (std::exchange(probe.isInInitialRound, false)) {
    --d_initial.left;
    checkInitialRound();
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
}
