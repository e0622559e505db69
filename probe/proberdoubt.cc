// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include "proberloop.hh"

// The part of the prober's loop that asks "is it me?" before many nodes fall together.

namespace failover
{
namespace
{
  constexpr std::chrono::milliseconds s_reviewEvery(100);
  constexpr std::chrono::milliseconds s_recount(50); // thousands of nodes may ask within a second, and counting looks at all of them
  constexpr std::chrono::milliseconds s_referenceSpacing(250);

  // Whose failures might be our own.
  bool isQuestioned(const Probe& probe) noexcept
  {
    const auto& spec = probe.tracker.spec();
    return !probe.isReference() && !spec.warningOnly && spec.kind != CheckKind::Push;
  }
}

// A run that may turn the verdict to Down is accompanied by one of each reference, so that what they say is known as soon
// as its failure is, or little later.
void Prober::Loop::askReferencesFor(const Probe& probe)
{
  const auto& tracker = probe.tracker;
  if (!isQuestioned(probe) || !probe.troubleSince || tracker.verdict() == Verdict::Down || tracker.contraryLeft() > probe.runs.size()) {
    return;
  }
  askReferences(Clock::now());
}

void Prober::Loop::askReferences(Clock::time_point now)
{
  for (const auto& reference : d_roster.references()) {
    const auto due = std::max(now, reference->started + s_referenceSpacing);
    if (due < reference->due) {
      d_queue.remove(*reference);
      reference->due = due;
      d_queue.push(*reference);
    }
  }
}

References Prober::Loop::referencesSince(Clock::time_point began) const noexcept
{
  if (d_roster.references().empty()) {
    return References::None;
  }
  bool haveAllEnded = true;
  for (const auto& reference : d_roster.references()) {
    const bool hasEnded = reference->answered && *reference->answered > began;
    if (hasEnded && !reference->troubleSince) {
      return References::Well;
    }
    haveAllEnded = haveAllEnded && hasEnded;
  }
  return haveAllEnded ? References::Failing : References::NotYetKnown;
}

Trouble Prober::Loop::troubleSince(Clock::time_point began) noexcept
{
  const auto now = Clock::now();
  if (d_lastTrouble && now - d_troubleCounted < s_recount) {
    d_lastTrouble->began = began;
    return *d_lastTrouble;
  }
  Trouble trouble;
  trouble.began = began;
  for (const auto& node : d_roster.nodes()) {
    if (node->isJudged()) {
      ++trouble.judged;
      const bool wasDown = node->fell && *node->fell < began;
      trouble.failing += node->isFailing() && !wasDown ? 1 : 0;
    }
  }
  d_troubleCounted = now;
  d_lastTrouble = trouble;
  return trouble;
}

bool Prober::Loop::isBelieved(Probe& probe, Clock::time_point began)
{
  probe.held.reset();
  if (!isQuestioned(probe) || !probe.troubleSince) {
    return true;
  }
  const auto& spec = probe.tracker.spec();
  const bool wasFrozen = d_doubt.frozen().has_value();
  auto trouble = troubleSince(wasFrozen ? *d_doubt.countedFrom() : *probe.troubleSince);
  trouble.references = referencesSince(began);
  const auto belief = d_doubt.ask(trouble, windowOf(spec.interval, spec.timeout), Clock::now());
  if (belief == Belief::WarnOnly) {
    d_listener.log(LogLevel::Warning, toText(trouble));
  }
  if (belief == Belief::Freeze && !wasFrozen) {
    const auto reason = toText(trouble);
    d_listener.log(LogLevel::Error, "the fault seems to be ours, so verdicts are frozen: " + reason);
    d_counters.frozen.store(true, std::memory_order_relaxed);
    increase(d_counters.freezes);
    const auto now = Moment::now();
    d_engine->notifier.freezeChanged(true, reason, now.wall, now.steady);
    const std::lock_guard lock(d_mutex);
    d_doubtStatus.frozen = true;
    d_doubtStatus.since = now.wall;
    d_doubtStatus.reason = reason;
  }
  if (belief == Belief::Wait) {
    probe.held = began;
    d_held.push_back(&probe);
    askReferences(Clock::now()); // nobody could know that this failure would decide
  }
  return belief == Belief::Believe || belief == Belief::WarnOnly;
}

void Prober::Loop::judgeHeld()
{
  for (auto* probe : std::exchange(d_held, {})) {
    if (!probe->held || !probe->tracker.isAboutToFall() || !isBelieved(*probe, *probe->held)) {
      continue;
    }
    const auto now = Moment::now();
    bool isNews = false;
    {
      const std::lock_guard lock(d_mutex);
      isNews = probe->tracker.believe() == Transition::Changed;
    }
    if (isNews) {
      tellNodes(*probe, now);
    }
    for (auto* node : probe->nodes) {
      forecast(*node);
    }
  }
}

void Prober::Loop::reviewDoubt()
{
  const auto now = Clock::now();
  const auto began = d_doubt.countedFrom();
  if (!began || (d_reviewed && now - *d_reviewed < s_reviewEvery)) {
    return;
  }
  d_reviewed = now;
  // What a reference said while all was frozen counts from then on.
  auto trouble = troubleSince(*began);
  trouble.references = referencesSince(d_doubt.frozen() ? d_doubt.frozen()->since : *began);
  const auto thaw = d_doubt.review(trouble);
  if (thaw == Thaw::No) {
    return;
  }
  d_listener.log(LogLevel::Warning, "verdicts are no longer frozen: " + toText(thaw));
  d_counters.frozen.store(false, std::memory_order_relaxed);
  d_engine->notifier.freezeChanged(false, toText(thaw), std::chrono::system_clock::now(), now);
  beginAfresh(now);
}

// Whoever fails from now on does so in runs that begin now.
void Prober::Loop::beginAfresh(Clock::time_point now)
{
  d_held.clear();
  d_roster.forEachProbe([&](Probe& probe) {
    if (!probe.isReference()) {
      probe.held.reset();
      probe.troubleSince.reset();
      askAnew(probe, now);
    }
  });
  const std::lock_guard lock(d_mutex);
  d_doubtStatus.frozen = false;
  d_doubtStatus.reason.clear();
  d_roster.forEachProbe([](Probe& probe) { probe.tracker.forgetFailures(); });
}
}
