// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <array>
#include <ctime>
#include "drainplan.hh"

namespace failover
{
namespace
{
  using std::chrono::sys_seconds;

  void lower(std::optional<sys_seconds>& least, sys_seconds when) noexcept
  {
    if (!least || when < *least) {
      least = when;
    }
  }

  bool endsLater(const PlannedDrain& one, const PlannedDrain& other) noexcept
  {
    return other.ends && (!one.ends || *one.ends > *other.ends);
  }
}

bool isOver(const PlannedDrain& drain, sys_seconds now) noexcept
{
  return drain.ends && *drain.ends <= now;
}

PlanMoment planAt(const std::vector<PlannedDrain>& drains, sys_seconds now) noexcept
{
  PlanMoment moment;
  for (const auto& drain : drains) {
    if (isOver(drain, now)) {
      continue;
    }
    if (drain.starts > now) {
      lower(moment.nextStart, drain.starts);
      lower(moment.nextChange, drain.starts);
      continue;
    }
    if (drain.ends) {
      lower(moment.nextChange, *drain.ends);
    }
    if (moment.running == nullptr || endsLater(drain, *moment.running)) {
      moment.running = &drain;
    }
  }
  return moment;
}

std::string toText(sys_seconds when)
{
  const auto seconds = std::chrono::system_clock::to_time_t(when);
  std::tm fields{};
  gmtime_r(&seconds, &fields);
  std::array<char, sizeof("2026-01-01T00:00:00Z")> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &fields);
  return text.data();
}
}
