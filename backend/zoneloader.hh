// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>
#include "host.hh"
#include "sqlite.hh"
#include "zone.hh"

// ZoneLoader: rows of domains, records, domainmetadata and cryptokeys -> Zone.
// Thread: the database's.

namespace failover
{
// A row that cannot be used.
struct RowProblem
{
  std::string table;
  std::string row; // "id 7", "east 192.0.2.300"
  std::string reason;
  bool operator==(const RowProblem&) const = default;
  // "records id 7: …"
  [[nodiscard]] std::string text() const { return table + " " + row + ": " + reason; }
};

class ZoneLoader
{
public:
  // Borrows all: must outlive this. Throws SqliteError.
  ZoneLoader(Database& database, const Host& host, const OwnerMap& owners, const Policies& policies);

  struct Result
  {
    std::shared_ptr<const Zone> zone; // null: there is no such zone, or its name is unusable
    std::vector<RowProblem> problems; // rows that were left out of it
  };
  // Throws SqliteError.
  [[nodiscard]] Result load(int64_t id);

  // Ids of all zones. Throws SqliteError.
  [[nodiscard]] static std::vector<int64_t> allZones(Database& database);

private:
  void addRecord(ZoneBuilder& builder, Result& result, bool withOrder);

  Database& d_database;
  const Host& d_host;
  const OwnerMap& d_owners;
  const Policies& d_policies;
  Statement d_domain;
  Statement d_metadata;
  Statement d_keys;
  Statement d_records;
};
}
