// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>
#include <json/value.h>
#include "backend/answercounts.hh"
#include "backend/host.hh"
#include "backend/snapshot.hh"

// What failover-top prints: which names' answers lead to which node, the most frequent first. Counts are of what the
// snapshot still has; the total is of all that was ever counted. Pure; time is an argument.

namespace failover
{
struct TopAnswer
{
  uint64_t answers{0};
  std::string name; // presentation form
  std::string type;
  std::string node;
  uint64_t ofRRset{0}; // answers of all nodes for this name and type
};

struct TopReport
{
  std::chrono::system_clock::time_point since;
  uint64_t total{0};
  uint64_t uncounted{0}; // of them, for names that found no room (AnswerCounts::uncounted)
  std::chrono::milliseconds kept{0}; // for so long the host may send an answer again, uncounted
  std::vector<std::pair<std::string, uint64_t>> nodes{};
  std::vector<TopAnswer> top{};
};

// At most `limit` answers, the most frequent first, equal ones by name, type and node. nodes: names, in the order of the report.
[[nodiscard]] TopReport topOf(const Snapshot& snapshot, const AnswerTotals& answers, const std::vector<std::string>& nodes, size_t limit, const Host& host);

[[nodiscard]] std::string topTable(const TopReport& report, std::chrono::system_clock::time_point now);

// {"since","answers","uncounted","kept_ms","nodes":[{"name","answers","share"}],"top":[{"name","type","node","answers","share"}]};
// a share is of 1.
[[nodiscard]] Json::Value topJson(const TopReport& report);
}
