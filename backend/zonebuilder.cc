// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "zonebuilder.hh"
#include <algorithm>
#include <functional>
#include <tuple>
#include "filteredtypes.hh"

namespace failover
{
namespace
{
  size_t hashOf(std::string_view text) noexcept
  {
    return std::hash<std::string_view>{}(text);
  }

  // RFC 2181 §6.1, RFC 6672 §2.4. Not CNAME (RFC 2181 §10.1): several may be alternatives.
  bool isSingle(uint16_t type) noexcept
  {
    return type == rrtype::soa || type == rrtype::dname;
  }
}

ZoneBuilder::ZoneBuilder(int64_t id, WireName apex, const OwnerMap& owners) :
  d_owners(owners), d_zone(std::make_shared<Zone>())
{
  d_zone->d_id = id;
  d_zone->d_apex = std::move(apex);
  d_zone->d_index.resize(8);
}

uint32_t ZoneBuilder::nameIndex(std::string_view relative)
{
  auto& zone = *d_zone;
  const auto place = [&zone](std::string_view text) {
    const auto mask = zone.d_index.size() - 1;
    auto slot = hashOf(text) & mask;
    while (zone.d_index[slot] != 0 && zone.relative(zone.d_names[zone.d_index[slot] - 1]) != text) {
      slot = (slot + 1) & mask;
    }
    return slot;
  };
  const auto slot = place(relative);
  if (zone.d_index[slot] != 0) {
    return zone.d_index[slot] - 1;
  }
  zone.d_names.push_back({static_cast<uint32_t>(zone.d_text.size()), static_cast<uint16_t>(relative.size()), 0, 0});
  zone.d_text += relative;
  const auto added = static_cast<uint32_t>(zone.d_names.size());
  zone.d_index[slot] = added;
  if (2 * size_t{added} > zone.d_index.size()) { // at most half full: short probe sequences
    zone.d_index.assign(zone.d_index.size() * 2, 0);
    for (uint32_t name = 0; name < added; ++name) {
      zone.d_index[place(zone.relative(zone.d_names[name]))] = name + 1;
    }
  }
  return added - 1;
}

void ZoneBuilder::addRecord(int64_t row, const WireName& name, CompiledRecord record, uint32_t ttl, bool auth)
{
  if (record.redirects) {
    keepRedirect(name, record);
  }
  d_hasSoa = d_hasSoa || record.type == rrtype::soa;
  const auto index = nameIndex(std::string_view(name).substr(0, name.size() - d_zone->d_apex.size()));
  Record kept{std::move(record.content), nullptr, ttl, auth};
  d_entries.push_back({row, index, std::move(record), std::move(kept)});
}

void ZoneBuilder::keepRedirect(const WireName& name, const CompiledRecord& record)
{
  if (!record.target || record.target->front() != 'n') {
    return;
  }
  d_zone->d_redirects.push_back({name, record.target->substr(1), record.type == rrtype::dname});
}

bool ZoneBuilder::staysInside(const Zone::Redirect& redirect) const
{
  return !redirect.below && isWithin(redirect.target, d_zone->d_apex) && !d_zone->find(redirect.target).empty() && !d_zone->isDelegated(redirect.target);
}

void ZoneBuilder::addMetadata(std::string kind, std::string content)
{
  d_zone->d_metadata[std::move(kind)].push_back(std::move(content));
}

void ZoneBuilder::addKey(ZoneKey key)
{
  d_zone->d_keys.push_back(std::move(key));
}

bool ZoneBuilder::presigned() const
{
  const auto found = d_zone->d_metadata.find(std::string_view("PRESIGNED"));
  return found != d_zone->d_metadata.end() && !found->second.empty() && found->second.front() == "1";
}

bool ZoneBuilder::wantsOrder() const
{
  return !d_zone->d_keys.empty() || presigned();
}

void ZoneBuilder::addOrder(std::string ordername, std::string name)
{
  d_zone->d_order.push_back({std::move(ordername), std::move(name)});
}

void ZoneBuilder::adopt(Entry& entry)
{
  if (!entry.compiled.filtered || !entry.compiled.target) {
    return;
  }
  const auto found = d_owners.find(*entry.compiled.target);
  if (found == d_owners.end()) {
    return;
  }
  entry.record.owner = found->second.get();
  auto& owners = d_zone->d_owners;
  if (std::find(owners.begin(), owners.end(), found->second) == owners.end()) {
    owners.push_back(found->second);
  }
}

void ZoneBuilder::keepLead(const Entry& entry, uint32_t place)
{
  const auto& compiled = entry.compiled;
  if (compiled.filtered && compiled.target && compiled.target->front() == 'n') {
    d_zone->d_leads.push_back({entry.row, place, redirects(compiled.type), compiled.target->substr(1), compiled.hints});
  }
}

void ZoneBuilder::sortEntries()
{
  std::sort(d_entries.begin(), d_entries.end(), [](const Entry& left, const Entry& right) {
    return std::tie(left.name, left.compiled.type, left.row) < std::tie(right.name, right.compiled.type, right.row);
  });
}

// REQUIRES: sorted.
void ZoneBuilder::dropSurplus(std::vector<Surplus>& surplus)
{
  auto kept = d_entries.begin();
  for (auto entry = d_entries.begin(); entry != d_entries.end(); ++entry) {
    if (entry == kept) {
      continue;
    }
    if (isSingle(entry->compiled.type) && entry->compiled.type == kept->compiled.type && entry->name == kept->name) {
      surplus.push_back({entry->row, kept->row, d_zone->fullName(d_zone->d_names[entry->name]), entry->compiled.type});
    }
    else if (++kept != entry) {
      *kept = std::move(*entry);
    }
  }
  if (kept != d_entries.end()) {
    d_entries.erase(std::next(kept), d_entries.end());
  }
}

std::shared_ptr<Zone> ZoneBuilder::build(std::vector<Surplus>& surplus)
{
  auto& zone = *d_zone;
  sortEntries();
  zone.d_presigned = presigned();
  if (!zone.d_presigned) { // a presigned rrset is signed as a whole: leaving a record out would make its signature bogus
    dropSurplus(surplus);
    for (auto& entry : d_entries) {
      adopt(entry);
    }
  }
  zone.d_records.reserve(d_entries.size()); // the rrsets' spans point into it: it must not move again
  for (auto& entry : d_entries) {
    auto& name = zone.d_names[entry.name];
    const bool firstOfName = name.rrsets == 0;
    if (firstOfName) {
      name.firstRRset = static_cast<uint32_t>(zone.d_rrsets.size());
    }
    if (firstOfName || zone.d_rrsets.back().type != entry.compiled.type) {
      zone.d_rrsets.push_back({.type = entry.compiled.type, .records = {zone.d_records.data() + zone.d_records.size(), 0}});
      ++name.rrsets;
    }
    auto& rrset = zone.d_rrsets.back();
    rrset.volatileContent |= entry.compiled.volatileContent;
    keepLead(entry, static_cast<uint32_t>(zone.d_records.size()));
    zone.d_records.push_back(std::move(entry.record));
    rrset.records = {rrset.records.data(), rrset.records.size() + 1};
  }
  std::sort(zone.d_order.begin(), zone.d_order.end(), [](const auto& left, const auto& right) { return left.ordername < right.ordername; });
  std::erase_if(zone.d_redirects, [this](const Zone::Redirect& redirect) { return staysInside(redirect); });
  zone.d_redirects.shrink_to_fit();
  zone.d_hasOrder = wantsOrder();
  zone.d_rrsets.shrink_to_fit();
  zone.d_names.shrink_to_fit();
  zone.d_text.shrink_to_fit();
  zone.d_leads.shrink_to_fit();
  return std::exchange(d_zone, nullptr);
}
}
