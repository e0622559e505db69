// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>

// ProberCounters: what the probe thread has done, for statistics and benchmarks.
// Thread: one writer (the probe thread), any number of readers; each number by itself is right, together they may be of
// slightly different moments.

namespace failover
{
// How late things began, in steps that double from a microsecond on.
class LatenessCounts
{
public:
  static constexpr size_t s_steps = 32;

  void add(std::chrono::microseconds late) noexcept
  {
    const auto value = static_cast<uint64_t>(std::max<int64_t>(late.count(), 0));
    auto& count = d_counts[std::min<size_t>(std::bit_width(value), s_steps - 1)];
    count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  // How many were late by less than 2^step microseconds, but not by less than half of that.
  [[nodiscard]] uint64_t at(size_t step) const noexcept { return d_counts[step].load(std::memory_order_relaxed); }

private:
  std::array<std::atomic<uint64_t>, s_steps> d_counts{};
};

struct ProberCounters
{
  std::atomic<uint64_t> runs{0};      // that have begun
  std::atomic<uint64_t> discarded{0}; // runs whose result was thrown away, since this machine had stood still
  std::atomic<uint64_t> stalls{0};    // how often it had
  LatenessCounts lateness;            // of runs, behind the time they were due
  std::atomic<int64_t> turnedAt{0};   // when the loop last turned: steady clock, milliseconds
};

// For the one writer.
inline void increase(std::atomic<uint64_t>& counter, uint64_t by = 1) noexcept
{
  counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}
}
