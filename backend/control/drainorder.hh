// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <string>
#include <vector>
#include "moments.hh"
#include "probe/drainplan.hh"

// What failover-drain is told: NODE [at TIME] [for DURATION] [force] [REASON]. Pure. Thread: any.

namespace failover
{
struct DrainOrder
{
  std::string node;
  PlannedDrain drain;    // without an id
  bool isPlanned{false}; // begins later or ends by itself: a row of drains; else the operator's wish
  bool force{false};
};

// words: those after the command's name. `at`, `for` and `force` may come in any order, each once; what follows is the
// reason. Throws MomentError. REQUIRES: there is a word.
[[nodiscard]] DrainOrder parseDrainOrder(const std::vector<std::string>& words, std::chrono::system_clock::time_point now, const TimeZone& zone);
}
