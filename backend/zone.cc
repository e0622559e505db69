// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "zone.hh"
#include <algorithm>
#include <strings.h>

namespace failover
{
bool Zone::KindLess::operator()(std::string_view left, std::string_view right) const noexcept
{
  const auto order = strncasecmp(left.data(), right.data(), std::min(left.size(), right.size()));
  return order != 0 ? order < 0 : left.size() < right.size();
}

std::span<const RRset> Zone::find(std::string_view name) const noexcept
{
  if (d_index.empty() || !name.ends_with(d_apex)) {
    return {};
  }
  // A match that begins inside a label is harmless: what stands before it is no sequence of whole labels, and
  // only such sequences are stored.
  const auto wanted = name.substr(0, name.size() - d_apex.size());
  const auto mask = d_index.size() - 1;
  for (auto slot = std::hash<std::string_view>{}(wanted)&mask; d_index[slot] != 0; slot = (slot + 1) & mask) {
    const auto& candidate = d_names[d_index[slot] - 1];
    if (relative(candidate) == wanted) {
      return {d_rrsets.data() + candidate.firstRRset, candidate.rrsets};
    }
  }
  return {};
}

std::span<const RRset> Zone::answering(std::string_view name, WireName& at) const
{
  at = name;
  auto rrsets = find(at);
  while (rrsets.empty() && name.size() > d_apex.size()) {
    name = parent(name);
    at.assign("\1*", 2).append(name);
    rrsets = find(at);
    if (rrsets.empty() && !find(name).empty()) {
      break; // a wildcard further up does not reach below it
    }
  }
  return rrsets;
}

const Zone::Redirect* Zone::rewriting(std::string_view name) const noexcept
{
  const auto owner = dnameAbove(name);
  const auto found = std::find_if(d_redirects.begin(), d_redirects.end(), [owner](const Redirect& one) { return one.below && one.name == owner; });
  return found != d_redirects.end() ? &*found : nullptr;
}

std::string_view Zone::dnameAbove(std::string_view name) const noexcept
{
  while (name.size() > d_apex.size()) {
    name = parent(name);
    if (rrsetOf(find(name), rrtype::dname) != nullptr) {
      return name;
    }
  }
  return {};
}

void Zone::forEachNameOf(std::string_view node, const std::function<void(const WireName&)>& visit) const
{
  std::vector<const Owner*> owners; // nearly always one: the names of nodes need not be compared for each record
  for (const auto& owner : d_owners) {
    if (owner->includes(node)) {
      owners.push_back(owner.get());
    }
  }
  const auto leadsThere = [&owners](const RRset& rrset) {
    return rrset.dependent() && std::any_of(rrset.records.begin(), rrset.records.end(), [&owners](const Record& record) {
      return std::find(owners.begin(), owners.end(), record.owner) != owners.end();
    });
  };
  for (size_t i = 0; !owners.empty() && i < d_ownedNames.size(); ++i) {
    const auto& name = d_names[d_ownedNames[i]];
    const std::span rrsets{d_rrsets.data() + name.firstRRset, name.rrsets};
    if (std::any_of(rrsets.begin(), rrsets.end(), leadsThere)) {
      visit(fullName(name));
    }
  }
}

bool Zone::isDelegated(std::string_view name) const noexcept
{
  for (; d_delegates && name.size() > d_apex.size(); name = parent(name)) {
    if (rrsetOf(find(name), rrtype::ns) != nullptr) {
      return true;
    }
  }
  return false;
}

std::span<const Record> Zone::stored(const RRset& rrset) const noexcept
{
  const auto next = static_cast<size_t>(&rrset - d_rrsets.data()) + 1; // they stand in the order of their records
  return {rrset.records.data(), next < d_rrsets.size() ? d_rrsets[next].records.data() : d_records.data() + d_records.size()};
}

bool Zone::leadsInto(std::string_view apex) const noexcept
{
  return std::any_of(d_leads.begin(), d_leads.end(), [apex](const Lead& lead) { return isWithin(lead.target, apex); });
}

const Lead* Zone::leadOf(const Record& record) const noexcept
{
  const auto place = static_cast<size_t>(&record - d_records.data());
  const auto found = std::lower_bound(d_leads.begin(), d_leads.end(), place, [](const Lead& lead, size_t wanted) { return lead.record < wanted; });
  return found != d_leads.end() && found->record == place ? &*found : nullptr;
}
}
