// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>
#include "health.hh"

// Planned drains: when a node leaves the answers for maintenance, and when it returns. Pure: time is an argument.
// Thread: any.

namespace failover
{
struct PlannedDrain
{
  int64_t id{0};
  std::chrono::sys_seconds starts;
  std::optional<std::chrono::sys_seconds> ends; // nothing: when somebody resumes the node
  std::string reason;                           // may be empty

  bool operator==(const PlannedDrain&) const = default;
};

// What a plan says of one moment.
struct PlanMoment
{
  const PlannedDrain* running{nullptr};               // borrowed from the plan; of several that which ends last
  std::optional<std::chrono::sys_seconds> nextStart;  // of those that are still to come
  std::optional<std::chrono::sys_seconds> nextChange; // when any of them starts or ends
};
[[nodiscard]] PlanMoment planAt(const std::vector<PlannedDrain>& drains, std::chrono::sys_seconds now) noexcept;

[[nodiscard]] bool isOver(const PlannedDrain& drain, std::chrono::sys_seconds now) noexcept;

// A moment as plans count it.
[[nodiscard]] inline std::chrono::sys_seconds inSeconds(std::chrono::system_clock::time_point when) noexcept
{
  return std::chrono::floor<std::chrono::seconds>(when);
}

// What counts of the two wishes: 'auto' leaves it to the plan.
[[nodiscard]] constexpr AdminState wishOf(AdminState admin, const PlanMoment& moment) noexcept
{
  return admin == AdminState::Auto && moment.running != nullptr ? AdminState::Drain : admin;
}

// As NodeHealth counts time.
[[nodiscard]] inline int64_t toMilliseconds(std::chrono::sys_seconds when) noexcept
{
  constexpr int64_t perSecond = 1000;
  return when.time_since_epoch().count() * perSecond;
}

// "2026-01-01T00:00:00Z". REQUIRES: not after the year 9999. Throws only std::bad_alloc.
[[nodiscard]] std::string toText(std::chrono::sys_seconds when);
}
