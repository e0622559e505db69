// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "zonebuilder.hh"
#include <algorithm>
#include <bit>
#include <functional>
#include <numeric>
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

void ZoneBuilder::reserve(const Zone& like)
{
  auto& zone = *d_zone;
  zone.d_index.resize(std::max(zone.d_index.size(), std::bit_ceil(2 * like.d_names.size())));
  zone.d_names.reserve(like.d_names.size());
  zone.d_text.reserve(like.d_text.size());
  zone.d_records.reserve(like.d_records.size());
  d_entries.reserve(like.d_records.size());
}

uint32_t ZoneBuilder::nameIndex(std::string_view relative)
{
  auto& zone = *d_zone;
  if (!d_entries.empty() && zone.relative(zone.d_names[d_entries.back().name]) == relative) {
    return d_entries.back().name; // records of a name often stand together
  }
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

void ZoneBuilder::addRecord(int64_t row, const WireName& name, const CompiledRecord& compiled, uint32_t ttl, bool auth)
{
  auto& zone = *d_zone;
  if (compiled.redirects) {
    keepRedirect(name, compiled);
  }
  d_hasSoa = d_hasSoa || compiled.type == rrtype::soa;
  const auto index = nameIndex(std::string_view(name).substr(0, name.size() - zone.d_apex.size()));
  Record record{compiled.content, nullptr, ttl, auth};
  uint32_t lead = 0;
  if (compiled.filtered && compiled.target) {
    adopt(compiled, record);
    if (compiled.target->front() == 'n') {
      zone.d_leads.push_back({row, 0, redirects(compiled.type), compiled.target->substr(1), compiled.hints});
      lead = static_cast<uint32_t>(zone.d_leads.size());
    }
  }
  d_entries.push_back({row, index, lead, compiled.type, compiled.volatileContent});
  zone.d_records.push_back(std::move(record));
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

void ZoneBuilder::adopt(const CompiledRecord& compiled, Record& record)
{
  const auto found = d_owners.find(*compiled.target);
  if (found == d_owners.end()) {
    return;
  }
  record.owner = found->second.get();
  if (d_adopted.insert(record.owner).second) {
    d_zone->d_owners.push_back(found->second);
  }
}

// By name, type and row. Rows mostly come with the records of a name together, so that only these are to be sorted.
void ZoneBuilder::sortRecords()
{
  const auto key = [](const Entry& entry) { return std::tie(entry.name, entry.type, entry.row); };
  if (std::is_sorted(d_entries.begin(), d_entries.end(), [&](const Entry& left, const Entry& right) { return key(left) < key(right); })) {
    return;
  }
  std::vector<uint32_t> order(d_entries.size());
  std::iota(order.begin(), order.end(), 0U);
  const auto byName = [this](uint32_t left, uint32_t right) { return d_entries[left].name < d_entries[right].name; };
  if (!std::is_sorted(order.begin(), order.end(), byName)) {
    std::stable_sort(order.begin(), order.end(), byName);
  }
  for (auto begin = order.begin(); begin != order.end();) {
    const auto end = std::find_if(begin, order.end(), [&](uint32_t place) { return d_entries[place].name != d_entries[*begin].name; });
    std::sort(begin, end, [&](uint32_t left, uint32_t right) { return key(d_entries[left]) < key(d_entries[right]); });
    begin = end;
  }
  reorder(order);
}

void ZoneBuilder::reorder(const std::vector<uint32_t>& order)
{
  std::vector<Entry> entries;
  entries.reserve(order.size());
  std::vector<Record> records;
  records.reserve(order.size());
  for (const auto place : order) {
    entries.push_back(d_entries[place]);
    records.push_back(std::move(d_zone->d_records[place]));
  }
  d_entries = std::move(entries);
  d_zone->d_records = std::move(records);
}

// REQUIRES: sorted.
void ZoneBuilder::dropSurplus(std::vector<Surplus>& surplus)
{
  size_t kept = 0;
  for (size_t place = 1; place < d_entries.size(); ++place) {
    const auto& entry = d_entries[place];
    const auto& last = d_entries[kept];
    if (isSingle(entry.type) && entry.type == last.type && entry.name == last.name) {
      surplus.push_back({entry.row, last.row, d_zone->fullName(d_zone->d_names[entry.name]), entry.type});
    }
    else if (++kept != place) {
      d_entries[kept] = entry;
      d_zone->d_records[kept] = std::move(d_zone->d_records[place]);
    }
  }
  const auto count = std::min(kept + 1, d_entries.size());
  d_entries.erase(d_entries.begin() + static_cast<std::ptrdiff_t>(count), d_entries.end());
  d_zone->d_records.erase(d_zone->d_records.begin() + static_cast<std::ptrdiff_t>(count), d_zone->d_records.end());
}

// REQUIRES: the records stay where they are from now on.
void ZoneBuilder::makeRRsets()
{
  auto& zone = *d_zone;
  const auto isFirst = [this](size_t place) { return place == 0 || d_entries[place].name != d_entries[place - 1].name || d_entries[place].type != d_entries[place - 1].type; };
  size_t count = 0;
  for (size_t place = 0; place < d_entries.size(); ++place) {
    count += isFirst(place);
  }
  zone.d_rrsets.reserve(count);
  for (size_t place = 0; place < d_entries.size(); ++place) {
    const auto& entry = d_entries[place];
    auto& name = zone.d_names[entry.name];
    if (isFirst(place)) {
      if (name.rrsets++ == 0) {
        name.firstRRset = static_cast<uint32_t>(zone.d_rrsets.size());
      }
      zone.d_delegates |= entry.type == rrtype::ns && name.length != 0;
      zone.d_rrsets.push_back({.type = entry.type, .records = {zone.d_records.data() + place, 0}});
    }
    auto& rrset = zone.d_rrsets.back();
    rrset.volatileContent |= entry.volatileContent;
    rrset.records = {rrset.records.data(), rrset.records.size() + 1};
  }
}

// In the order of their records.
void ZoneBuilder::placeLeads()
{
  std::vector<Lead> leads;
  leads.reserve(d_zone->d_leads.size());
  for (size_t place = 0; place < d_entries.size(); ++place) {
    if (const auto lead = d_entries[place].lead; lead != 0) {
      leads.push_back(std::move(d_zone->d_leads[lead - 1]));
      leads.back().record = static_cast<uint32_t>(place);
    }
  }
  d_zone->d_leads = std::move(leads);
}

std::shared_ptr<Zone> ZoneBuilder::build(std::vector<Surplus>& surplus)
{
  auto& zone = *d_zone;
  sortRecords();
  zone.d_presigned = presigned();
  if (zone.d_presigned) { // a presigned rrset is signed as a whole: leaving a record out would make its signature bogus
    std::for_each(zone.d_records.begin(), zone.d_records.end(), [](Record& record) { record.owner = nullptr; });
    zone.d_owners.clear();
  }
  else {
    dropSurplus(surplus);
  }
  zone.d_records.shrink_to_fit();
  makeRRsets();
  placeLeads();
  d_entries = {};
  std::sort(zone.d_order.begin(), zone.d_order.end(), [](const auto& left, const auto& right) { return left.ordername < right.ordername; });
  std::erase_if(zone.d_redirects, [this](const Zone::Redirect& redirect) { return staysInside(redirect); });
  zone.d_redirects.shrink_to_fit();
  zone.d_hasOrder = wantsOrder();
  zone.d_names.shrink_to_fit();
  zone.d_text.shrink_to_fit();
  return std::exchange(d_zone, nullptr);
}
}
