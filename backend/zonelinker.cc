// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "zonelinker.hh"
#include <algorithm>
#include <limits>
#include "filteredtypes.hh"
#include "fixedhash.hh"

namespace failover
{
namespace
{
  // Each form of a record is kept: two for one node, sixteen for four.
  constexpr size_t s_mostHintOwners = 4;

  bool sameMembers(const Owner* left, const Owner* right)
  {
    if (left == nullptr || right == nullptr) {
      return left == right;
    }
    const auto one = left->members();
    const auto other = right->members();
    return std::equal(one.begin(), one.end(), other.begin(), other.end(), [](const Member& a, const Member& b) { return a.health == b.health; });
  }

  // The zone keeps its owners alive.
  const Owner* keep(std::vector<std::shared_ptr<const Owner>>& owners, const std::shared_ptr<const Owner>& owner)
  {
    if (owner != nullptr && std::find(owners.begin(), owners.end(), owner) == owners.end()) {
      owners.push_back(owner);
    }
    return owner.get();
  }

  // The best tier and all the weight of its nodes.
  Candidate candidateOf(const Owner& owner, const Policy& policy)
  {
    Candidate candidate{.tier = std::numeric_limits<uint16_t>::max()};
    for (const auto& [health, priority, weight, nameHash] : owner.members()) {
      const auto special = policy.nodes.find(health->name());
      const auto rank = special != policy.nodes.end() ? special->second : Policy::Rank{};
      candidate.tier = std::min(candidate.tier, rank.priority.value_or(priority));
      candidate.weight += rank.weight.value_or(weight);
      candidate.node ^= nameHash;
    }
    return candidate;
  }
}

ZoneLinker::ZoneLinker(const OwnerMap& owners, std::shared_ptr<const Policies> policies, const Host& host, Following::FindZone findZone) :
  d_owners(owners), d_policies(std::move(policies)), d_host(host), d_following(owners, std::move(findZone))
{
}

const ZoneLinker::Behind& ZoneLinker::behind(const WireName& target)
{
  const auto [place, isNew] = d_behind.try_emplace(target);
  if (isNew) {
    auto found = d_following.behind(target);
    if (!found.always && !found.members.empty()) {
      place->second.owner = ownerOf(std::move(found.members));
    }
    place->second.visited = std::move(found.visited);
  }
  return place->second;
}

// One for all names behind which there are the same nodes.
ZoneLinker::OwnerPtr ZoneLinker::ownerOf(std::vector<Member> members)
{
  std::sort(members.begin(), members.end(), [](const Member& left, const Member& right) { return left.health->name() < right.health->name(); });
  std::vector<const NodeHealth*> nodes;
  for (const auto& member : members) {
    nodes.push_back(member.health.get());
  }
  auto& owner = d_ownersOfNames[nodes];
  if (owner == nullptr) {
    owner = std::make_shared<const Owner>(std::move(members));
  }
  return owner;
}

bool ZoneLinker::isNodes(const WireName& target) const
{
  return d_owners.contains(hostTarget(target));
}

bool ZoneLinker::isOutdated(const Zone& zone)
{
  if (zone.d_presigned) {
    return false;
  }
  return std::any_of(zone.d_leads.begin(), zone.d_leads.end(), [&](const Lead& lead) {
    return !isNodes(lead.target) && !sameMembers(behind(lead.target).owner.get(), zone.d_records[lead.record].owner);
  }) || followedBy(zone) != zone.d_followed;
}

void ZoneLinker::link(Zone& zone, std::vector<ZoneBuilder::Surplus>& surplus)
{
  if (zone.d_presigned) {
    return;
  }
  adoptFollowed(zone);
  zone.d_followed = followedBy(zone);
  for (uint32_t place = 0; place < zone.d_names.size(); ++place) {
    const auto& name = zone.d_names[place];
    bool owned = false;
    for (auto& rrset : std::span(zone.d_rrsets).subspan(name.firstRRset, name.rrsets)) {
      if (isFiltered(rrset.type)) {
        linkRRset(zone, name, rrset, surplus);
        owned |= rrset.dependent();
        zone.d_typesVary |= rrset.dependent() && rrset.plan->whenDown() == WhenDown::NoData;
      }
    }
    if (owned) {
      zone.d_ownedNames.push_back(place);
    }
  }
  zone.d_ownedNames.shrink_to_fit();
}

void ZoneLinker::adoptFollowed(Zone& zone)
{
  for (const auto& lead : zone.d_leads) {
    if (!isNodes(lead.target)) { // else ZoneBuilder has seen that
      zone.d_records[lead.record].owner = keep(zone.d_owners, behind(lead.target).owner);
    }
  }
}

std::vector<WireName> ZoneLinker::followedBy(const Zone& zone)
{
  std::set<WireName> names;
  for (const auto& lead : zone.d_leads) {
    if (isNodes(lead.target)) {
      continue;
    }
    const auto& visited = behind(lead.target).visited;
    // A way that stays inside changes with the zone, or with one below it: see ZonesDraft::link.
    if (std::any_of(visited.begin(), visited.end(), [&](const auto& visit) { return visit.zone != zone.id(); })) {
      for (const auto& visit : visited) {
        names.insert(visit.name);
      }
    }
  }
  return {names.begin(), names.end()};
}

void ZoneLinker::linkRRset(Zone& zone, const Zone::Name& place, RRset& rrset, std::vector<ZoneBuilder::Surplus>& surplus)
{
  Plan plan;
  addHints(zone, rrset, plan);
  if (plan.hinted.empty() && std::all_of(rrset.records.begin(), rrset.records.end(), [](const Record& record) { return record.owner == nullptr; })) {
    if (rrset.type == rrtype::cname && rrset.records.size() > 1) {
      const auto kept = zone.leadOf(rrset.records.front())->row;
      for (const auto& record : rrset.records.subspan(1)) {
        surplus.push_back({zone.leadOf(record)->row, kept, zone.fullName(place), rrset.type});
      }
      zone.d_unserved += rrset.records.size() - 1;
      rrset.records = rrset.records.first(1);
    }
    return;
  }
  plan.single = redirects(rrset.type);
  if (!d_policies->empty()) {
    const auto name = zone.fullName(place);
    // Glue is no answer of this zone (RFC 2181 §6.1), and a referral needs all of it.
    plan.policy = zone.isDelegated(name) ? nullptr : d_policies->find(name, zone.apex(), rrset.type);
  }
  if (plan.policy == nullptr && plan.hinted.empty()) {
    rrset.plan = plan.single ? &s_planForOne : &s_planForAll;
    return;
  }
  if (plan.policy != nullptr) {
    plan.source = d_policies;
    addCandidates(rrset, plan);
  }
  zone.d_plans.push_front(std::move(plan));
  rrset.plan = &zone.d_plans.front();
}

void ZoneLinker::addCandidates(const RRset& rrset, Plan& plan) const
{
  for (const auto& record : rrset.records) {
    const auto content = fixedHash(d_host.contentText(rrset.type, record.content));
    auto candidate = record.owner != nullptr ? candidateOf(*record.owner, *plan.policy) : Candidate{.node = content, .weight = Member().weight};
    candidate.record = content;
    plan.candidates.push_back(candidate);
  }
}

void ZoneLinker::addHints(Zone& zone, const RRset& rrset, Plan& plan) const
{
  for (const auto& record : rrset.records) {
    const auto* lead = zone.leadOf(record);
    if (lead == nullptr || lead->hints.empty()) {
      continue;
    }
    if (auto hinted = hintedForms(zone, rrset, *lead); !hinted.owners.empty()) {
      plan.hinted.push_back(std::move(hinted));
    }
  }
}

// Hints of a fifth node and further ones are in no form: hints may be missing (RFC 9460 §7.3), but must not be dead.
Hinted ZoneLinker::hintedForms(Zone& zone, const RRset& rrset, const Lead& lead) const
{
  const auto& record = zone.d_records[lead.record];
  Hinted hinted{.record = static_cast<uint32_t>(&record - rrset.records.data()), .owners = {}, .contents = {}};
  std::vector<size_t> ownerOf; // of each hint; its place in hinted.owners
  for (const auto& hint : lead.hints) {
    const auto found = d_owners.find(hint);
    const auto* owner = found != d_owners.end() ? keep(zone.d_owners, found->second) : nullptr;
    const auto same = std::find_if(hinted.owners.begin(), hinted.owners.end(), [&](const Owner* known) { return owner != nullptr && known->identity() == owner->identity(); });
    ownerOf.push_back(owner == nullptr ? std::numeric_limits<size_t>::max() : static_cast<size_t>(same - hinted.owners.begin()));
    if (owner != nullptr && same == hinted.owners.end() && hinted.owners.size() < s_mostHintOwners) {
      hinted.owners.push_back(owner);
    }
  }
  for (size_t serving = 0; !hinted.owners.empty() && serving < size_t{1} << hinted.owners.size(); ++serving) {
    std::vector<Target> gone;
    for (size_t i = 0; i < lead.hints.size(); ++i) {
      const bool isNodes = ownerOf[i] != std::numeric_limits<size_t>::max();
      if (isNodes && (ownerOf[i] >= s_mostHintOwners || (serving >> ownerOf[i] & 1) == 0)) {
        gone.push_back(lead.hints[i]);
      }
    }
    hinted.contents.push_back(gone.empty() ? record.content : d_host.withoutHints(rrset.type, record.content, gone));
  }
  return hinted;
}
}
