// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include "runset.hh"

namespace failover
{
Run& RunSet::start(std::unique_ptr<Run> run, Clock::time_point now, Clock::time_point deadline, Done done)
{
  Run& started = *run;
  d_ended.reserve(d_ended.size() + d_runs.size() + 1); // so that ended() cannot throw
  d_runs.try_emplace(&started, Entry{std::move(run), now, deadline, std::move(done), std::nullopt});
  try {
    d_deadlines.emplace(deadline, &started);
    started.start(*this);
  }
  catch (...) {
    take(started);
    throw;
  }
  return started;
}

std::optional<RunSet::Entry> RunSet::take(const Run& run) noexcept
{
  const auto found = d_runs.find(&run);
  if (found == d_runs.end()) {
    return std::nullopt;
  }
  d_deadlines.erase({found->second.deadline, &run});
  std::optional<Entry> entry(std::move(found->second));
  d_runs.erase(found);
  return entry;
}

void RunSet::cancel(const Run& run) noexcept
{
  take(run);
}

void RunSet::ended(Run& run, CheckResult result) noexcept
{
  const auto found = d_runs.find(&run);
  if (found != d_runs.end() && !found->second.result) {
    found->second.result = std::move(result);
    d_ended.push_back(&run);
  }
}

void RunSet::handOn(Entry& entry, CheckResult result, Clock::time_point now)
{
  result.latency = std::chrono::duration_cast<std::chrono::milliseconds>(now - entry.started);
  entry.done(*entry.run, result);
}

void RunSet::deliver(Clock::time_point now)
{
  for (size_t i = 0; i < d_ended.size(); ++i) { // done() may end more
    const Run* const run = d_ended[i];
    const auto found = d_runs.find(run);
    if (found != d_runs.end() && found->second.result) {
      auto entry = take(*run);
      handOn(*entry, std::move(*entry->result), now);
    }
  }
  d_ended.clear();
  while (!d_deadlines.empty() && d_deadlines.begin()->first <= now) {
    auto entry = take(*d_deadlines.begin()->second);
    handOn(*entry, entry->run->expire(), now);
  }
}

std::chrono::milliseconds RunSet::untilDelivery(Clock::time_point now, std::chrono::milliseconds limit) const noexcept
{
  if (!d_ended.empty()) {
    return std::chrono::milliseconds(0);
  }
  return d_deadlines.empty() ? limit : std::clamp(std::chrono::ceil<std::chrono::milliseconds>(d_deadlines.begin()->first - now), std::chrono::milliseconds(0), limit);
}
}
