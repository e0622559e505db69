// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include "host.hh"

// LoadProgress: has the log say now and then how far a load is that takes long. Of one that is quick it says nothing.
// Thread: the load's.

namespace failover
{
class LoadProgress
{
public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds s_interval{2}; // between two lines
  static constexpr uint64_t s_stride = 1000;           // records between two looks at the clock

  // total: how many records there are, or 0 where nobody knows; asked at most once. Borrows host: must outlive this.
  LoadProgress(Host& host, Clock::time_point started, std::function<int64_t()> total);

  // One more record has been read. Throws what total() throws.
  void count()
  {
    if (++d_read % s_stride == 0) {
      look(Clock::now());
    }
  }
  // Says something if it is time to. As count().
  void look(Clock::time_point now);

private:
  Host& d_host;
  const Clock::time_point d_started;
  const std::function<int64_t()> d_countAll;
  Clock::time_point d_next;
  uint64_t d_read{0};
  int64_t d_total{-1}; // not asked yet
};
}
