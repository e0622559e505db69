// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include "probe/drainplan.hh"
#include "sqlite.hh"

// What the operator plans through pdns_control, as rows of drains, and the end of it. Each function is one transaction
// and throws SqliteError; then nothing was written. Thread: the database's.

namespace failover
{
// False when there is no such node.
bool writeDrain(Database& database, const std::string& node, const PlannedDrain& drain);

// Ends what drains a node at `now`, by admin_state and by plan; where nothing does, calls off what is planned.
struct EndedDrains
{
  bool wish{false};   // admin_state was 'drain'
  int64_t running{0}; // rows of drains
  int64_t calledOff{0};
};
// Nothing when there is no such node.
std::optional<EndedDrains> endDrains(Database& database, const std::string& node, std::chrono::sys_seconds now);
}
