// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <utility>
#include "roster.hh"

// RunQueue: which check runs next.
// Pure. Thread: compatible (no lock inside); the prober's own thread owns it.

namespace failover
{
// The checks that wait for their time, the one that has been due for longest first.
class RunQueue
{
public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // Borrows probe until it is popped, removed or cleared; its `due` must not change meanwhile. Throws only std::bad_alloc.
  void push(Probe& probe) { d_waiting.insert_or_assign({probe.due, probe.serial}, &probe); }
  // Nothing when it does not wait here. Throws nothing.
  void remove(const Probe& probe) noexcept { d_waiting.erase({probe.due, probe.serial}); }
  // The first that is due at `now`, taken out; null when none is. Throws nothing.
  Probe* pop(TimePoint now) noexcept;
  // How long until the first is due, rounded up to whole milliseconds and at most `limit`. Throws nothing.
  [[nodiscard]] std::chrono::milliseconds untilNext(TimePoint now, std::chrono::milliseconds limit) const noexcept;
  void clear() noexcept { d_waiting.clear(); }

private:
  std::map<std::pair<TimePoint, uint64_t>, Probe*> d_waiting; // by due time, then serial
};
}
