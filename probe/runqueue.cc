// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include "runqueue.hh"

namespace failover
{
Probe* RunQueue::pop(TimePoint now) noexcept
{
  const auto first = d_waiting.begin();
  if (first == d_waiting.end() || first->first.first > now) {
    return nullptr;
  }
  Probe* const probe = first->second;
  d_waiting.erase(first);
  return probe;
}

std::chrono::milliseconds RunQueue::untilNext(TimePoint now, std::chrono::milliseconds limit) const noexcept
{
  if (d_waiting.empty()) {
    return limit;
  }
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(d_waiting.begin()->first.first - now);
  return std::clamp(left, std::chrono::milliseconds(0), limit);
}
}
