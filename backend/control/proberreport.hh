// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <string>
#include <vector>
#include <json/value.h>
#include "probe/prober.hh"

// What failover-status says beside the tables of nodes and checks: whether we doubt ourselves, what references and peers
// say, who is held down, who disagrees. Pure. Thread: any.

namespace failover
{
// "FROZEN for 12 s: 4 of 5 nodes fail together, and no reference answers", or nothing.
[[nodiscard]] std::string frozenLine(const DoubtStatus& doubt, std::chrono::system_clock::time_point now);
// One line per node that there is more to say of than fits into its row: votes, falls, how many checks it needs.
[[nodiscard]] std::string nodeNotes(const std::vector<NodeStatus>& nodes, std::chrono::system_clock::time_point now);
// The tables of references and peers; empty where there are none.
[[nodiscard]] std::string outsideTables(const ProberStatus& prober, std::chrono::system_clock::time_point now);

// The same as members of the report: "frozen", "references", "peers", "probes".
void addProber(Json::Value& report, const ProberStatus& prober, const ProberCounters& counters);
// And of a node: "own", "require", "falls", "held_until", "views".
void addVerdict(Json::Value& node, const NodeStatus& status, std::chrono::system_clock::time_point now);
}
