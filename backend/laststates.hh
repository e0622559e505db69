// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <string>
#include "probe/prober.hh"
#include "sqlite.hh"

// Rows of node_state, which an earlier run wrote -> where its nodes go on.

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
};

// By node. Throws SqliteError. Thread: the database's.
[[nodiscard]] std::map<std::string, LastState, std::less<>> loadStates(Database& database);

// Gives a node what of its last state counts: all of it for maxAge; what is wanted of the node however old. last: may be
// null. REQUIRES: wish and plan are there. Throws only std::bad_alloc.
void recall(NodeSpec& node, const LastState* last, std::chrono::system_clock::time_point now, std::chrono::seconds maxAge);

// Publishes what the node was and then what it is, as far as wish, plan and memory say. REQUIRES: nobody has published
// anything to node.health. Throws nothing.
void publishAtStart(const NodeSpec& node, std::chrono::system_clock::time_point now) noexcept;
}
