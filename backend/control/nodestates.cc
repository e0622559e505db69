// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "nodestates.hh"
#include <algorithm>
#include "backend/counted.hh"

namespace failover
{
NodeStates::NodeStates(const std::vector<NodeSpec>& nodes, int64_t now) :
  d_now(now)
{
  for (const auto& node : nodes) {
    d_serving.emplace(node.health.get(), node.health->serving());
    d_byName.emplace(node.name, node.health.get());
  }
}

void NodeStates::remove(std::string_view node)
{
  if (const auto found = d_byName.find(std::string(node)); found != d_byName.end()) {
    d_serving[found->second] = false;
  }
}

bool NodeStates::serves(const NodeHealth& node) const
{
  const auto found = d_serving.find(&node);
  return found != d_serving.end() ? found->second : node.serving();
}

bool NodeStates::serves(const Owner& owner) const
{
  return std::any_of(owner.members().begin(), owner.members().end(), [this](const Member& member) { return serves(*member.health); });
}

std::vector<const NodeHealth*> NodeStates::answering(const Owner& owner) const
{
  const bool some = serves(owner);
  std::vector<const NodeHealth*> nodes;
  for (const auto& member : owner.members()) {
    if (!some || serves(*member.health)) {
      nodes.push_back(member.health.get());
    }
  }
  return nodes;
}

Redundancy redundancyOf(const RRset& rrset, const NodeStates& states, std::optional<uint32_t> tier)
{
  Redundancy count;
  std::vector<const NodeHealth*> nodes;
  for (size_t place = 0; place < rrset.records.size(); ++place) {
    const auto& record = rrset.records[place];
    if (tier && rrset.plan->candidates[place].tier != *tier) {
      continue;
    }
    if (record.owner == nullptr) {
      ++count.nodes;
      ++count.serving;
      continue;
    }
    for (const auto& member : record.owner->members()) {
      nodes.push_back(member.health.get());
    }
  }
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  count.nodes += nodes.size();
  count.serving += static_cast<size_t>(std::count_if(nodes.begin(), nodes.end(), [&](const NodeHealth* node) { return states.serves(*node); }));
  return count;
}

bool hasLivingTier(const RRset& rrset, const Redundancy& redundancy) noexcept
{
  const auto* policy = rrset.plan->policy;
  return policy != nullptr && policy->mode == Mode::Priority && redundancy.serving > 0;
}

std::string toText(const Redundancy& redundancy)
{
  return std::to_string(redundancy.serving) + " of " + counted(redundancy.nodes, "node") + (redundancy.serving == 1 ? " serves" : " serve");
}

std::vector<std::string> namesOf(const Owner& owner)
{
  std::vector<std::string> names;
  for (const auto& member : owner.members()) {
    names.push_back(member.health->name());
  }
  return names;
}
}
