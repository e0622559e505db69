// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <string>
#include <vector>
#include "probe/prober.hh"
#include "recordinglistener.hh"

// Nodes for a prober that runs. Thread: one at a time.

namespace failover::test
{
inline CheckSpec quick(int64_t id, const std::string& url)
{
  CheckRow row;
  row.id = id;
  row.url = url;
  row.intervalMs = 100;
  row.timeoutMs = 90;
  row.retryMs = 10;
  return parseCheck(row);
}

inline NodeSpec node(const std::string& name, std::vector<CheckSpec> checks = {})
{
  NodeSpec spec;
  spec.name = name;
  spec.checks = std::move(checks);
  spec.health = std::make_shared<NodeHealth>(name);
  return spec;
}

inline Orders ordersOf(std::vector<NodeSpec> nodes)
{
  Orders orders;
  orders.nodes = std::move(nodes);
  return orders;
}

// Waits until `condition` holds. Each look is at least one prober's round apart from the next by settle()'s own wait.
template <typename Condition>
bool eventually(Prober& prober, const std::vector<NodeSpec>& nodes, Condition condition)
{
  const auto end = std::chrono::steady_clock::now() + s_deadline;
  while (std::chrono::steady_clock::now() < end) {
    if (condition(prober.status())) {
      return true;
    }
    prober.setOrders(ordersOf(nodes));
    prober.settle(s_deadline);
  }
  return false;
}
}
