// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <vector>
#include "backend/control/nodestates.hh"
#include "backend/snapshot.hh"
#include "zonemaker.hh"

// A few nodes and the zones that lead to them, for tests of reports. Thread: one at a time.

namespace failover::test
{
struct Farm
{
  static constexpr int64_t s_now = 1'000'000'000; // milliseconds

  // A node with one address, 192.0.2.NUMBER, and what else is said.
  void addNode(const std::string& name, const std::string& address, uint16_t priority = 0, uint16_t weight = 100)
  {
    const auto health = makeNode(name);
    NodeSpec spec;
    spec.name = name;
    spec.health = health;
    nodes.push_back(spec);
    owners[*addressTarget(address)] = std::make_shared<const Owner>(std::vector<Member>{{health, priority, weight}});
  }
  void addHost(const std::string& node, const std::string& host)
  {
    for (const auto& spec : nodes) {
      if (spec.name == node) {
        own(owners, host, {spec.health});
      }
    }
  }
  NodeHealth& health(const std::string& name) const
  {
    for (const auto& spec : nodes) {
      if (spec.name == name) {
        return *spec.health;
      }
    }
    throw std::out_of_range(name);
  }
  void turn(const std::string& name, NodeState state) const { health(name).publish(state, s_now); }

  void addPolicy(Policy policy)
  {
    policy.id = static_cast<int64_t>(policies.size()) + 1;
    policies.push_back(std::move(policy));
  }
  // As policies.name has it.
  static Policy policy(const std::string& pattern, Mode mode = Mode::All)
  {
    Policy policy;
    policy.below = pattern.starts_with("*");
    policy.name = wire(pattern == "*" ? "." : policy.below ? pattern.substr(2)
                                                           : pattern);
    policy.mode = mode;
    return policy;
  }

  std::shared_ptr<const Zone> zone(std::initializer_list<Row> rows) const { return makeZone(1, "alpha.example", rows, owners, Policies(policies)); }
  std::shared_ptr<const Snapshot> snapshot(std::initializer_list<Row> rows) const
  {
    SnapshotEdit edit(nullptr);
    edit.put(zone(rows));
    return edit.finish();
  }
  NodeStates states() const { return {nodes, s_now}; }

  std::vector<NodeSpec> nodes;
  OwnerMap owners;
  std::vector<Policy> policies;
};

inline const RRset& rrsetOf(const Zone& zone, std::string_view name, uint16_t type)
{
  for (const auto& rrset : zone.find(wire(name))) {
    if (rrset.type == type) {
      return rrset;
    }
  }
  throw std::out_of_range(std::string(name));
}
}
