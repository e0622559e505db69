// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <vector>
#include "host.hh"
#include "policy.hh"
#include "problems.hh"
#include "sqlite.hh"

// Rows of policies and policy_nodes -> PolicyTable.

namespace failover
{
// All policies of the store at one moment. A row that cannot be used keeps the last good version that an earlier
// table had of it.
struct PolicyTable
{
  std::shared_ptr<const Policies> policies{std::make_shared<const Policies>()};
  Problems problems;
  std::map<int64_t, Policy> rows; // what the next load falls back to, by id
};

// Reads all of them. `policies` is previous' object when no row changed, so that zones built with it stay as they are.
// Throws SqliteError. Thread: the database's.
[[nodiscard]] PolicyTable loadPolicies(Database& database, const Host& host, const PolicyTable& previous);
}
