// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>
#include "host.hh"
#include "zone.hh"

// ZoneBuilder: rows -> Zone. What nodes have to do with it beyond single addresses and host names comes later (ZoneLinker),
// when all zones are there.

namespace failover
{
// Collects the rows of one zone. Thread: one. Use: construct, add everything, build() once.
class ZoneBuilder
{
public:
  // owners: which node a target belongs to. Borrows it until build().
  ZoneBuilder(int64_t id, WireName apex, const OwnerMap& owners);

  // Makes room for as much as this zone has. REQUIRES: before any record is added.
  void reserve(const Zone& like);
  // Counts a row into the fingerprint: a hash of all that stands in it.
  void addRow(uint64_t hash) noexcept { d_zone->d_fingerprint += hash; }

  // row: records.id. REQUIRES: the name is within the zone. Throws nothing but bad_alloc.
  void addRecord(int64_t row, const WireName& name, const CompiledRecord& compiled, uint32_t ttl, bool auth);
  [[nodiscard]] int64_t id() const noexcept { return d_zone->d_id; }
  [[nodiscard]] const WireName& apex() const noexcept { return d_zone->d_apex; }
  [[nodiscard]] bool hasSoa() const noexcept { return d_hasSoa; }
  void addMetadata(std::string kind, std::string content);
  void addKey(ZoneKey key);
  // Whether denial of existence can be asked for, so that ordernames are worth keeping. REQUIRES: metadata and
  // keys have been added.
  [[nodiscard]] bool wantsOrder() const;
  void addOrder(std::string ordername, std::string name);

  // Of a type that a name has one record of (SOA, DNAME; CNAME, unless they are alternatives: ZoneLinker), the one with the
  // lowest row is kept: it was there first, and gsqlite3 would answer with it.
  struct Surplus
  {
    int64_t row;
    int64_t keptRow;
    WireName name;
    uint16_t type;
  };
  // surplus: gets the others. The zone is to be linked.
  [[nodiscard]] std::shared_ptr<Zone> build(std::vector<Surplus>& surplus);

private:
  // What there is to know of a record besides d_zone->d_records, in the same order: small, since a zone may have a million.
  struct Entry
  {
    int64_t row;
    uint32_t name;
    uint32_t lead; // 1 + its place in d_zone->d_leads, or 0
    uint16_t type;
    bool volatileContent;
  };
  uint32_t nameIndex(std::string_view relative);
  void adopt(const CompiledRecord& compiled, Record& record);
  void sortRecords();
  void reorder(const std::vector<uint32_t>& order);
  void dropSurplus(std::vector<Surplus>& surplus);
  void makeRRsets();
  void placeLeads();
  void keepRedirect(const WireName& name, const CompiledRecord& record);
  [[nodiscard]] bool staysInside(const Zone::Redirect& redirect) const;
  [[nodiscard]] bool presigned() const;

  const OwnerMap& d_owners;
  std::shared_ptr<Zone> d_zone;
  std::vector<Entry> d_entries;
  std::unordered_set<const Owner*> d_adopted; // d_zone->d_owners, to be found among many
  bool d_hasSoa{false};
};
}
