// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <string>
#include <vector>
#include <json/value.h>
#include "backend/answercounts.hh"
#include "probe/prober.hh"
#include "backend/storewatcher.hh"

// What failover-status prints: a table for people, JSON for programs. Pure: states in, text out; time is an argument.

namespace failover
{
// "4 s", "12 min", "3 h", "9 d"; "-" for the epoch (never).
[[nodiscard]] std::string ago(std::chrono::system_clock::time_point then, std::chrono::system_clock::time_point now);

// "drain planned in 3 h for 2 h: new kernel", "drain ends in 2 h: new kernel", "drain until resumed".
[[nodiscard]] std::string drainText(const PlannedDrain& drain, std::chrono::sys_seconds now);

// RFC 3339, or null for the epoch.
[[nodiscard]] Json::Value utc(std::chrono::system_clock::time_point when);

// {"name","state","since","reason"}.
[[nodiscard]] Json::Value nodeJson(const NodeStatus& node);

// A check's row, as JSON.
[[nodiscard]] Json::Value checkJson(const CheckStatus& check);

// Aligned columns: a line per node, what there is to say of some of them beside that, and a line per check; what references
// and peers say; then what is wrong with the store, if anything.
[[nodiscard]] std::string statusTable(const std::vector<NodeStatus>& nodes, const ProberStatus& prober, const StoreStatus& store,
  const AnswerTotals& answers, std::chrono::system_clock::time_point now);

// {"nodes":[…],"store":{…}}; times are UTC, RFC 3339, or null.
[[nodiscard]] Json::Value statusJson(const std::vector<NodeStatus>& nodes, const StoreStatus& store, const AnswerTotals& answers, std::chrono::system_clock::time_point now);
}
