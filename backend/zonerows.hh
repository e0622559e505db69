// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstdint>
#include "sqlite.hh"

// ZoneRows: the rows of a table, zone by zone. Zones that are asked for in the order of their ids are read with one pass
// over the table: to run a statement for each costs more than to read the ten rows that it finds.
// Thread: the database's.

namespace failover
{
class ZoneRows
{
public:
  // sql: its first column is domain_id, and it ends in ZONE_ROWS. Throws SqliteError.
  ZoneRows(Database& database, const char* sql) :
    d_statement(database, sql) { }

  // next() goes to the rows of this zone. Throws SqliteError.
  void seek(int64_t zone);
  // True while there is a row. Throws SqliteError.
  bool next();
  // REQUIRES: next() was true.
  [[nodiscard]] const Statement& row() const noexcept { return d_statement; }

private:
  void advance();

  Statement d_statement;
  bool d_started{false};
  bool d_ended{false};   // no rows beyond d_zone
  bool d_current{false}; // next() has handed out the row at which the statement stands
  int64_t d_zone{0};     // the one sought
  int64_t d_at{0};       // whose row the statement stands at, while !d_ended
};
}

// The highest id as a bound, and the order, keep SQLite to an index on domain_id; text and BLOBs lie beyond it.
#define ZONE_ROWS " AND domain_id BETWEEN ?1 AND 9223372036854775807 ORDER BY domain_id"
