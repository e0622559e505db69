// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>
#include "probe/drainplan.hh"
#include "problems.hh"
#include "sqlite.hh"

// Rows of drains -> the plan of each node.

namespace failover
{
// By node, each in the order of starts. A row that cannot be used is left out and put into `problems`.
// Throws SqliteError. Thread: the database's.
[[nodiscard]] std::map<std::string, std::vector<PlannedDrain>, std::less<>> loadDrains(Database& database, Problems& problems);
}
