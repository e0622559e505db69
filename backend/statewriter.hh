// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>
#include "probe/prober.hh"
#include "sqlite.hh"

// What we write into the store: node_state and check_state (what is), health_events (what was), nodes.admin_state (what the operator
// said through pdns_control). Each function is one transaction and throws SqliteError; then nothing was written.
// Thread: the database's.

namespace failover
{
// Puts transitions into health_events and the states of `nodes` and of their checks into node_state and check_state, confirmed
// at `now`; keeps the newest `historyEvents` events, and no drain that has been over for a day.
void writeStates(Database& database, const std::vector<NodeTransition>& transitions, const std::vector<NodeStatus>& nodes,
  std::chrono::system_clock::time_point now, size_t historyEvents);

// Sets what the operator wants of a node, and why; false when there is no such node.
// state: what the node becomes by it.
bool writeAdminState(Database& database, const std::string& node, AdminState admin, NodeState state, const std::string& reason,
  std::chrono::system_clock::time_point now);
}
