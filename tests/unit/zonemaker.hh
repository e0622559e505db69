// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <initializer_list>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include "backend/zonelinker.hh"
#include "fakehost.hh"

// Zones and nodes for tests, from text instead of rows. Thread: any. Throws RecordError for bad text.

namespace failover::test
{
struct Row
{
  const char* name;
  const char* type;
  const char* content;
};

inline void add(ZoneBuilder& builder, const Row& row, uint32_t ttl = 60)
{
  const FakeHost host;
  builder.addRecord(1, wire(row.name), host.compile({1, row.name, row.type, row.content, "0"}), ttl, true);
}

// Built and linked, all alone in the store. For zones without surplus records, unless `surplus` is given.
inline std::shared_ptr<const Zone> finished(ZoneBuilder& builder, const OwnerMap& owners = {}, const Policies& policies = {}, std::vector<ZoneBuilder::Surplus>* surplus = nullptr)
{
  const FakeHost host;
  std::vector<ZoneBuilder::Surplus> unwanted;
  auto& dropped = surplus != nullptr ? *surplus : unwanted;
  const auto zone = builder.build(dropped);
  ZoneLinker linker(owners, std::make_shared<const Policies>(policies), host, [&](std::string_view apex) { return apex == zone->apex() ? zone.get() : nullptr; });
  linker.link(*zone, dropped);
  return zone;
}

inline std::shared_ptr<const Zone> makeZone(int64_t id, std::string_view apex, std::initializer_list<Row> rows, const OwnerMap& owners = {}, const Policies& policies = {})
{
  ZoneBuilder builder(id, wire(apex), owners);
  for (const auto& row : rows) {
    add(builder, row);
  }
  return finished(builder, owners, policies);
}

inline std::shared_ptr<NodeHealth> makeNode(const std::string& name, NodeState state = NodeState::Up)
{
  auto health = std::make_shared<NodeHealth>(name);
  health->publish(state, 0);
  return health;
}

// Gives a target (an address, or else a host name) to nodes.
inline void own(OwnerMap& owners, const std::string& target, const std::vector<std::shared_ptr<const NodeHealth>>& nodes)
{
  std::vector<Member> members;
  for (const auto& node : nodes) {
    members.push_back({.health = node});
  }
  const auto address = addressTarget(target);
  owners[address ? *address : hostTarget(wire(target))] = std::make_shared<const Owner>(std::move(members));
}

inline std::string contentOf(const Record& record)
{
  return *std::static_pointer_cast<std::string>(record.content);
}

// The contents of one rrset; empty when there is none.
inline std::multiset<std::string> contents(const Zone& zone, std::string_view name, uint16_t type)
{
  std::multiset<std::string> found;
  for (const auto& rrset : zone.find(wire(name))) {
    if (rrset.type == type) {
      for (const auto& record : rrset.records) {
        found.insert(contentOf(record));
      }
    }
  }
  return found;
}
}
