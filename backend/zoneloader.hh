// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>
#include "compiledcache.hh"
#include "host.hh"
#include "loadprogress.hh"
#include "problems.hh"
#include "sqlite.hh"
#include "zonebuilder.hh"
#include "zonerows.hh"

// ZoneLoader: rows of domains, records, domainmetadata and cryptokeys -> Zone. A row that is broken is left out and named;
// what the rest of the zone answers depends on the store alone, not on what stood there before. The one exception is the
// SOA, without which there is no rest: see load().
// Thread: the database's.

namespace failover
{
class ZoneLoader
{
public:
  // progress: is told of each record. Borrows all: must outlive this. Throws SqliteError.
  ZoneLoader(Database& database, const Host& host, const OwnerMap& owners, LoadProgress* progress = nullptr);

  struct Result
  {
    std::shared_ptr<Zone> zone; // to be linked; null: there is no such zone, or its name is unusable
    Problems problems;
  };
  // last: the zone as it was, or null. Where the SOA's row is broken now, the last good one stays. Throws SqliteError.
  [[nodiscard]] Result load(int64_t id, const Zone* last);

  // Ids of all zones, and those that records name though there is no such zone. Throws SqliteError.
  [[nodiscard]] static std::vector<int64_t> allZones(Database& database);
  // Records whose domain_id can be no zone's. Throws SqliteError.
  [[nodiscard]] static Problems strayRecords(Database& database);

private:
  void loadDetails(ZoneBuilder& builder, Result& result);
  void loadRecords(ZoneBuilder& builder, Result& result, const Zone* last);
  void addKindProblem(int64_t id, Result& result);
  void addRecord(ZoneBuilder& builder);
  void requireOrdername();
  void addOrphans(int64_t id, Result& result);

  const Host& d_host;
  const OwnerMap& d_owners;
  LoadProgress* const d_progress; // or null
  CompiledCache d_compiled;
  ZoneRows d_domain;
  ZoneRows d_metadata;
  ZoneRows d_keys;
  ZoneRows d_records;
  Statement d_orphans;
  std::string d_nameText; // of the last record, and
  WireName d_name;        // its wire name
};
}
