// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>
#include "host.hh"
#include "probe/prober.hh"
#include "problems.hh"
#include "sqlite.hh"
#include "target.hh"

// Rows of nodes, node_targets, checks, check_nodes, drains, node_state and check_state -> NodeTable: what to probe, and which
// target is whose.

namespace failover
{
// All nodes of the store at one moment. A row that cannot be used keeps the last good version that an earlier
// table had of it.
struct NodeTable
{
  std::vector<NodeSpec> nodes; // by name
  std::shared_ptr<const OwnerMap> owners;
  Problems problems;

  // What the next load falls back to, by row.
  struct NodeTarget
  {
    std::string node;
    Target target;
    uint16_t priority{Member().priority}; // of the node
    uint16_t weight{Member().weight};
    bool operator==(const NodeTarget&) const = default;
  };
  std::map<int64_t, NodeTarget> targets;
};

// Whether both describe the same nodes, targets, checks and drains, but for drains that are over by `now`.
[[nodiscard]] bool sameNodes(const NodeTable& left, const NodeTable& right, std::chrono::system_clock::time_point now);

// Reads all of them. `previous` may be null. Nodes that it knows keep their NodeHealth, and `owners` is the same
// object when no target, priority or weight changed, so that zones built with it stay as they are.
// now, maxAge: a remembered state older than that is not used. Throws SqliteError. Thread: the database's.
[[nodiscard]] NodeTable loadNodes(Database& database, const Host& host, const NodeTable* previous,
  std::chrono::system_clock::time_point now, std::chrono::seconds maxAge);
}
