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
// How late things began, in microseconds: single ones up to 8, then steps of an eighth of a power of two, so that a step
// is known within 12.5 %.
class LatenessCounts
{
public:
  static constexpr size_t s_steps = 240; // the last one takes all from about an hour on

  void add(std::chrono::microseconds late) noexcept
  {
    auto& count = d_counts[step(late)];
    count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  // How many were late by less than bound(step), but not by less than bound(step - 1).
  [[nodiscard]] uint64_t at(size_t step) const noexcept { return d_counts[step].load(std::memory_order_relaxed); }
  [[nodiscard]] static constexpr std::chrono::microseconds bound(size_t step) noexcept
  {
    const size_t shift = step < s_parts ? 0 : step / s_parts - 1;
    const size_t part = step < s_parts ? step : s_parts + step % s_parts;
    return std::chrono::microseconds(static_cast<int64_t>(part + 1) << shift);
  }

private:
  static constexpr size_t s_parts = 8; // of a power of two
  static constexpr size_t step(std::chrono::microseconds late) noexcept
  {
    const auto value = static_cast<uint64_t>(std::max<int64_t>(late.count(), 0));
    const auto shift = static_cast<size_t>(std::bit_width(value | s_parts) - 4); // leaves s_parts to 2 * s_parts - 1
    return std::min<size_t>(shift * s_parts + (value >> shift), s_steps - 1);
  }
  std::array<std::atomic<uint64_t>, s_steps> d_counts{};
};

struct ProberCounters
{
  std::atomic<uint64_t> runs{0};      // that have begun
  std::atomic<uint64_t> discarded{0}; // runs whose result was thrown away: this machine had stood still, or was in doubt
  std::atomic<uint64_t> stalls{0};    // how often it had
  LatenessCounts lateness;            // of runs, behind the time they were due
  std::atomic<uint64_t> noticesSent{0};
  std::atomic<uint64_t> noticesFailed{0};  // deliveries that were not taken; most are tried again
  std::atomic<uint64_t> noticesDropped{0}; // that nobody will get
  std::atomic<bool> frozen{false};         // verdicts are, since the fault seems to be ours
  std::atomic<uint64_t> freezes{0};        // how often they were
  std::atomic<uint64_t> doubted{0};        // failures that did not count for that
  std::atomic<int64_t> turnsBy{0};         // when the loop is to turn next, at the latest: steady clock, milliseconds
};

// For the one writer.
inline void increase(std::atomic<uint64_t>& counter, uint64_t by = 1) noexcept
{
  counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}
}
