// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <string>
#include "probe/prober.hh"
#include "sqlite.hh"

// Rows of node_state and check_state, which an earlier run wrote -> where its nodes and checks go on.

namespace failover
{
// A row, as far as it is wanted again.
struct LastState
{
  NodeState state{NodeState::Unknown};
  bool known{false}; // whether `state` is one of ours
  Verdict verdict{Verdict::Unknown};
  std::chrono::system_clock::time_point since;
  std::chrono::system_clock::time_point updated;
  std::string reason;
  RememberedFlaps flaps;
};

// The same of check_state.
struct LastCheck
{
  RememberedCheck check;
  std::chrono::system_clock::time_point updated;
};

// By node. Throws SqliteError. Thread: the database's.
[[nodiscard]] std::map<std::string, LastState, std::less<>> loadStates(Database& database);

// By check. Throws SqliteError. Thread: the database's.
[[nodiscard]] std::map<int64_t, LastCheck> loadCheckStates(Database& database);

// Gives a node what of its last state counts: all of it for maxAge; what is wanted of the node however old. last: may be
// null. REQUIRES: wish and plan are there. Throws only std::bad_alloc.
void recall(NodeSpec& node, const LastState* last, std::chrono::system_clock::time_point now, std::chrono::seconds maxAge);

// Gives a node what its checks last said, of those that were confirmed within maxAge. REQUIRES: node.checks are there.
// Throws only std::bad_alloc.
void recallChecks(NodeSpec& node, const std::map<int64_t, LastCheck>& last, std::chrono::system_clock::time_point now, std::chrono::seconds maxAge);

// Publishes what the node was and then what it is, as far as wish, plan and memory say. REQUIRES: nobody has published
// anything to node.health. Throws nothing.
void publishAtStart(const NodeSpec& node, std::chrono::system_clock::time_point now) noexcept;
}
