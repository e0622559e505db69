// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include "outbox.hh"

namespace failover
{
std::chrono::seconds pauseAfter(unsigned failures) noexcept
{
  constexpr unsigned enough = 16; // doublings: far beyond the longest pause
  return std::min(Outbox::s_firstPause * (1 << std::min(failures - 1, enough)), Outbox::s_longestPause);
}

void Outbox::adopt(const std::vector<NoticeSpec>& specs, TimePoint now)
{
  std::map<int64_t, Target> before;
  before.swap(d_targets);
  d_ready.clear();
  d_counters.waiting = 0;
  for (const auto& spec : specs) {
    Target& target = d_targets[spec.id];
    const auto found = before.find(spec.id);
    if (found != before.end() && found->second.spec.url == spec.url) {
      target = std::move(found->second);
      before.erase(found);
    }
    if (!(target.spec == spec)) {
      target.nextTry = now;
    }
    target.spec = spec;
    target.readyAt.reset();
    d_counters.waiting += target.waiting.size();
    arrange(target);
  }
}

void Outbox::post(int64_t id, Notice notice, TimePoint now)
{
  const auto found = d_targets.find(id);
  if (found == d_targets.end()) {
    return;
  }
  Target& target = found->second;
  const auto isOfSame = [&](const Message& message) { return message.notice.node == notice.node; };
  if (notice.repeat > 0 && std::any_of(target.waiting.begin(), target.waiting.end(), isOfSame)) {
    return;
  }
  if (d_counters.waiting >= s_mostWaiting) {
    dropOldest();
  }
  target.waiting.push_back({++d_lastSerial, std::move(notice), now, 0});
  ++d_counters.waiting;
  arrange(target);
}

std::optional<Outbox::Delivery> Outbox::take(TimePoint now)
{
  while (d_flights.size() < s_mostInFlight && !d_ready.empty() && d_ready.begin()->first <= now) {
    Target& target = d_targets.at(d_ready.begin()->second);
    dropStale(target, now);
    if (target.waiting.empty()) {
      continue;
    }
    target.flying = std::move(target.waiting.front());
    target.waiting.pop_front();
    --d_counters.waiting;
    arrange(target);
    d_flights.emplace(target.flying->serial, target.spec.id);
    return Delivery{target.flying->serial, target.spec, target.flying->notice};
  }
  return std::nullopt;
}

unsigned Outbox::settle(uint64_t serial, bool delivered, TimePoint now)
{
  ++(delivered ? d_counters.sent : d_counters.failed);
  const auto flight = d_flights.find(serial);
  const auto found = flight == d_flights.end() ? d_targets.end() : d_targets.find(flight->second);
  if (flight != d_flights.end()) {
    d_flights.erase(flight);
  }
  if (found == d_targets.end() || !found->second.flying || found->second.flying->serial != serial) {
    return 0; // the target is gone, or is another one by now
  }
  Target& target = found->second;
  Message message = std::move(*target.flying);
  target.flying.reset();
  const unsigned before = target.failures;
  if (delivered) {
    target.failures = 0;
    target.nextTry = now;
  }
  else {
    retryLater(target, std::move(message), now);
  }
  arrange(target);
  return before;
}

void Outbox::retryLater(Target& target, Message message, TimePoint now)
{
  ++target.failures;
  target.nextTry = now + pauseAfter(target.failures);
  ++message.tries;
  if (message.tries >= s_mostTries) {
    ++d_counters.dropped;
    return;
  }
  target.waiting.push_front(std::move(message));
  ++d_counters.waiting;
  if (d_counters.waiting > s_mostWaiting) {
    dropOldest();
  }
}

std::optional<Outbox::TimePoint> Outbox::nextTry() const noexcept
{
  return d_ready.empty() || d_flights.size() >= s_mostInFlight ? std::nullopt : std::optional(d_ready.begin()->first);
}

void Outbox::arrange(Target& target)
{
  if (target.readyAt) {
    d_ready.erase({*target.readyAt, target.spec.id});
    target.readyAt.reset();
  }
  if (!target.waiting.empty() && !target.flying) {
    d_ready.emplace(target.nextTry, target.spec.id);
    target.readyAt = target.nextTry;
  }
}

void Outbox::dropOldest()
{
  Target* oldest = nullptr;
  for (auto& [id, target] : d_targets) {
    if (!target.waiting.empty() && (oldest == nullptr || target.waiting.front().serial < oldest->waiting.front().serial)) {
      oldest = &target;
    }
  }
  if (oldest != nullptr) {
    dropFirst(*oldest);
    arrange(*oldest);
  }
}

void Outbox::dropStale(Target& target, TimePoint now)
{
  while (!target.waiting.empty() && target.waiting.front().posted + s_mostAge <= now) {
    dropFirst(target);
  }
  arrange(target);
}

void Outbox::dropFirst(Target& target) noexcept
{
  target.waiting.pop_front();
  --d_counters.waiting;
  ++d_counters.dropped;
}
}
