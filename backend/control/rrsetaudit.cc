// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "rrsetaudit.hh"
#include <algorithm>
#include <set>
#include "backend/counted.hh"
#include "backend/filteredtypes.hh"

namespace failover
{
namespace
{
  constexpr uint16_t s_mx = 15;

  std::string inSeconds(std::chrono::milliseconds time)
  {
    const auto tenths = (time.count() + 99) / 100;
    return std::to_string(tenths / 10) + (tenths % 10 != 0 ? "." + std::to_string(tenths % 10) : "") + " s";
  }

  size_t withoutNode(const RRset& rrset)
  {
    return static_cast<size_t>(std::count_if(rrset.records.begin(), rrset.records.end(), [](const Record& record) { return record.owner == nullptr; }));
  }
}

RRsetAudit::RRsetAudit(const StoreContents& contents, const Host& host, int64_t now, Audit& audit) :
  d_contents(contents), d_host(host), d_states(contents.nodes->nodes, now),
  d_following(*contents.nodes->owners, [snapshot = contents.snapshot.get()](std::string_view apex) { return snapshot->zoneByApex(apex); }),
  d_audit(audit)
{
  for (const auto& node : contents.nodes->nodes) {
    if (!node.checks.empty()) {
      d_failoverTimes.emplace(node.health.get(), failoverTime(node));
    }
  }
}

std::string RRsetAudit::where(const WireName& name, const RRset& rrset) const
{
  return toText(name) + " " + d_host.typeName(rrset.type);
}

void RRsetAudit::run()
{
  d_contents.snapshot->forEachZone([this](const Zone& zone) {
    zone.forEachName([&](std::string_view relative, std::span<const RRset> rrsets) {
      visitName(zone, WireName(relative) += zone.apex(), rrsets);
    });
  });
  if (d_recordsWithoutNode > 0 && !d_contents.nodes->nodes.empty()) {
    d_audit.add(Finding::RecordsWithoutNode, [this] {
      return Audit::Entry{"the store", counted(d_recordsWithoutNode, "record") + " in " + counted(d_rrsetsWithoutNode, "record set") + " without any node"};
    });
  }
}

void RRsetAudit::visitName(const Zone& zone, const WireName& name, std::span<const RRset> rrsets)
{
  const bool besideNodes = std::any_of(rrsets.begin(), rrsets.end(), [](const RRset& rrset) { return rrset.dependent() && leadsToNodes(rrset); });
  const bool isAnswer = !besideNodes || !zone.isDelegated(name);
  for (const auto& rrset : rrsets) {
    if (!isFiltered(rrset.type)) {
      continue;
    }
    for (const auto& record : rrset.records) {
      if (record.owner != nullptr) {
        d_owners.insert(record.owner);
      }
    }
    if (redirects(rrset.type)) {
      findLoop(zone, name, rrset);
    }
    if (!rrset.dependent() || !leadsToNodes(rrset)) {
      countWithoutNode(name, rrset, besideNodes && isAnswer);
    }
    else if (isAnswer) {
      visitDependent(name, rrset);
    }
  }
}

void RRsetAudit::countWithoutNode(const WireName& name, const RRset& rrset, bool besideNodes)
{
  ++d_rrsetsWithoutNode;
  d_recordsWithoutNode += rrset.records.size();
  if (besideNodes) {
    d_audit.add(Finding::RRsetBesideNodes, [&] { return Audit::Entry{where(name, rrset), "leads to no node"}; });
  }
}

void RRsetAudit::visitDependent(const WireName& name, const RRset& rrset)
{
  if (const auto strangers = withoutNode(rrset); strangers > 0) {
    d_audit.add(Finding::RecordBesideNodes, [&] {
      const auto& record = *std::find_if(rrset.records.begin(), rrset.records.end(), [](const Record& one) { return one.owner == nullptr; });
      return Audit::Entry{where(name, rrset), d_host.contentText(rrset.type, record.content) + (strangers > 1 ? " and " + std::to_string(strangers - 1) + " more lead" : " leads") + " to no node"};
    });
  }
  if (!isOwnName(name, rrset, *d_contents.nodes->owners)) {
    findRedundancy(name, rrset);
    findTtl(name, rrset);
  }
  if (rrset.plan->policy != nullptr) {
    findTiers(name, rrset);
  }
}

void RRsetAudit::findRedundancy(const WireName& name, const RRset& rrset)
{
  const auto found = redundancyOf(rrset, d_states);
  if (found.nodes == 1) {
    d_audit.add(rrset.type == s_mx ? Finding::MxWithOneNode : Finding::RRsetWithOneNode, [&] {
      return Audit::Entry{where(name, rrset), "only node " + rrset.records.front().owner->members().front().health->name()};
    });
  }
  else if (found.serving <= 1) {
    d_audit.add(Finding::OneNodeLeft, [&] {
      return Audit::Entry{where(name, rrset), toText(found)};
    });
  }
}

void RRsetAudit::findTtl(const WireName& name, const RRset& rrset)
{
  uint32_t ttl = 0;
  const NodeHealth* quickest = nullptr;
  for (const auto& record : rrset.records) {
    ttl = std::max(ttl, record.ttl);
    for (const auto& member : record.owner != nullptr ? record.owner->members() : std::span<const Member>{}) {
      const auto found = d_failoverTimes.find(member.health.get());
      if (found != d_failoverTimes.end() && (quickest == nullptr || found->second < d_failoverTimes.at(quickest))) {
        quickest = member.health.get();
      }
    }
  }
  if (const auto* policy = rrset.plan->policy; policy != nullptr && policy->ttlMax) {
    ttl = std::min(ttl, *policy->ttlMax);
  }
  if (quickest != nullptr && std::chrono::seconds(ttl) > d_failoverTimes.at(quickest)) {
    d_audit.add(Finding::TtlTooLong, [&] {
      return Audit::Entry{where(name, rrset), "TTL " + std::to_string(ttl) + " s; node " + quickest->name() + " is down " + inSeconds(d_failoverTimes.at(quickest)) + " after its death at the latest"};
    });
  }
}

// As selection counts nodes (min_healthy): by their identity.
void RRsetAudit::findTiers(const WireName& name, const RRset& rrset)
{
  const auto& policy = *rrset.plan->policy;
  std::map<uint16_t, std::set<const void*>> tiers;
  for (size_t place = 0; place < rrset.records.size(); ++place) {
    const auto tier = policy.mode == Mode::Priority ? rrset.plan->candidates[place].tier : uint16_t{0};
    const auto* const owner = rrset.records[place].owner;
    tiers[tier].insert(owner != nullptr ? owner->identity() : &rrset.records[place]);
  }
  size_t most = 0;
  for (const auto& [tier, nodes] : tiers) {
    most = std::max(most, nodes.size());
  }
  const auto needed = "min_healthy of policy " + std::to_string(policy.id) + " is " + std::to_string(policy.minHealthy) + ", ";
  if (most < policy.minHealthy) {
    d_audit.add(Finding::MinHealthyTooHigh, [&] {
      return Audit::Entry{where(name, rrset), needed + (tiers.size() > 1 ? "and no tier has more than " : "and there ") + (tiers.size() > 1 ? std::to_string(most) : (most == 1 ? "is " : "are ") + counted(most, "node"))};
    });
    return;
  }
  for (const auto& [tier, nodes] : tiers) {
    if (nodes.size() < policy.minHealthy) {
      d_audit.add(Finding::TierTooSmall, [&, &tier = tier, &nodes = nodes] {
        return Audit::Entry{where(name, rrset), needed + "tier " + std::to_string(tier) + " has " + counted(nodes.size(), "node")};
      });
    }
  }
}

void RRsetAudit::findLoop(const Zone& zone, const WireName& name, const RRset& rrset)
{
  for (const auto& record : rrset.records) {
    const auto* lead = zone.leadOf(record);
    if (lead == nullptr) {
      continue;
    }
    const auto [known, isNew] = d_loops.try_emplace(lead->target);
    if (isNew) {
      known->second = d_following.behind(lead->target).loop;
    }
    if (known->second) {
      d_audit.add(Finding::CnameLoop, [&] { return Audit::Entry{where(name, rrset), "leads to " + toText(lead->target) + ", and from there in a circle"}; });
    }
  }
}
}
