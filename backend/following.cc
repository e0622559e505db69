// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "following.hh"
#include <algorithm>
#include "filteredtypes.hh"

namespace failover
{
namespace
{
  bool isAddress(uint16_t type) noexcept
  {
    return type == rrtype::a || type == rrtype::aaaa;
  }

  void add(const Owner& owner, Following::Behind& behind)
  {
    for (const auto& member : owner.members()) {
      if (std::none_of(behind.members.begin(), behind.members.end(), [&](const Member& known) { return known.health == member.health; })) {
        behind.members.push_back(member);
      }
    }
  }
}

Following::Following(const OwnerMap& owners, FindZone findZone) :
  d_owners(owners), d_findZone(std::move(findZone))
{
}

const Zone* Following::zoneOf(std::string_view name) const
{
  for (auto apex = name; !apex.empty(); apex = parent(apex)) {
    if (const auto* zone = d_findZone(apex)) {
      return zone;
    }
  }
  return nullptr;
}

Following::Behind Following::behind(std::string_view name) const
{
  Behind found;
  std::vector<std::string_view> path;
  follow(name, path, found);
  return found;
}

void Following::follow(std::string_view name, std::vector<std::string_view>& path, Behind& behind) const
{
  if (std::find(path.begin(), path.end(), name) != path.end()) {
    behind.loop = true;
    return;
  }
  if (path.size() == s_maxDepth || behind.visited.size() == s_maxNames) {
    behind.always = true;
    return;
  }
  const auto* zone = zoneOf(name);
  behind.visited.push_back({WireName(name), zone != nullptr ? zone->id() : -1});
  if (zone == nullptr || zone->isDelegated(name)) {
    behind.always = true;
    return;
  }
  path.push_back(name);
  WireName at;
  const auto rrsets = zone->answering(name, at);
  behind.always |= rrsets.empty() && !zone->dnameAbove(name).empty(); // DNAMEs are not followed
  followRecords(*zone, rrsets, path, behind);
  path.pop_back();
}

void Following::followRecords(const Zone& zone, std::span<const RRset> rrsets, std::vector<std::string_view>& path, Behind& behind) const
{
  for (const auto& rrset : rrsets) {
    behind.always |= rrset.type == rrtype::lua;     // whatever it computes
    for (const auto& record : zone.stored(rrset)) { // whether or not the zone has been linked
      if (isAddress(rrset.type)) {
        if (record.owner == nullptr) {
          behind.always = true;
        }
        else {
          add(*record.owner, behind);
        }
      }
      else if (const auto* lead = redirects(rrset.type) ? zone.leadOf(record) : nullptr) {
        if (const auto owner = d_owners.find(hostTarget(lead->target)); owner != d_owners.end()) {
          add(*owner->second, behind);
        }
        else {
          follow(lead->target, path, behind);
        }
      }
    }
  }
}
}
