// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "loadprogress.hh"
#include <string>
#include <utility>

namespace failover
{
LoadProgress::LoadProgress(Host& host, Clock::time_point started, std::function<int64_t()> total) :
  d_host(host), d_started(started), d_countAll(std::move(total)), d_next(started + s_interval)
{
}

void LoadProgress::look(Clock::time_point now)
{
  if (now < d_next) {
    return;
  }
  d_next = now + s_interval;
  if (d_total < 0) {
    d_total = d_countAll();
  }
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - d_started).count();
  d_host.log(LogLevel::Info, "store: read " + std::to_string(d_read) + (d_total > 0 ? " of " + std::to_string(d_total) : "") + " records (" + std::to_string(seconds) + " s)");
}
}
