// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>

// Moment: now, on both clocks. What people and the store are told is wall clock; what is waited for is steady, since the
// wall clock may be set forward or back.

namespace failover
{
struct Moment
{
  std::chrono::steady_clock::time_point steady;
  std::chrono::system_clock::time_point wall;

  [[nodiscard]] static Moment now() noexcept { return {std::chrono::steady_clock::now(), std::chrono::system_clock::now()}; }
  // When `when` will be by the wall clock, as long as nobody sets it.
  [[nodiscard]] std::chrono::system_clock::time_point toWall(std::chrono::steady_clock::time_point when) const noexcept
  {
    return wall + std::chrono::duration_cast<std::chrono::system_clock::duration>(when - steady);
  }
};
}
