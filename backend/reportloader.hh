// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <vector>
#include "probe/orders.hh"
#include "problems.hh"
#include "sqlite.hh"

// Rows of reports -> what outside jobs say of push checks.

namespace failover
{
struct PushReports
{
  std::vector<PushReport> reports; // of enabled checks, by check
  Problems problems;
};

// Throws SqliteError. Thread: the database's.
[[nodiscard]] PushReports loadReports(Database& database);
}
