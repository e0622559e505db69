// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <ctime>
#include "tests/unit/allocations.hh"

// What one operation costs: processor time of this thread (what else the machine does counts little), the median of several
// runs, and allocations. Thread: any.

namespace failover::test
{
struct Cost
{
  double nanoseconds;
  double allocations;
};

[[nodiscard]] inline double nanoseconds() noexcept
{
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return 1e9 * static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec);
}

// operation(i): i counts from 0 in each run.
template <typename Operation>
Cost measure(size_t operations, Operation operation)
{
  constexpr size_t median = 4;
  std::array<double, 2 * median + 1> runs{};
  const auto before = allocations();
  for (auto& run : runs) {
    const auto started = nanoseconds();
    for (size_t i = 0; i < operations; ++i) {
      operation(i);
    }
    run = (nanoseconds() - started) / static_cast<double>(operations);
  }
  const auto allocated = static_cast<double>(allocations() - before) / static_cast<double>(runs.size() * operations);
  std::nth_element(runs.begin(), runs.begin() + median, runs.end());
  return {runs[median], allocated};
}
}
