// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "drainwriter.hh"

namespace failover
{
namespace
{
  int64_t number(std::chrono::sys_seconds when)
  {
    return when.time_since_epoch().count();
  }

  int64_t deleteDrains(Database& database, const char* sql, const std::string& node, std::chrono::sys_seconds now)
  {
    Statement(database, sql).bind(1, node).bind(2, number(now)).step();
    return database.changes();
  }
}

bool writeDrain(Database& database, const std::string& node, const PlannedDrain& drain)
{
  Transaction transaction(database, Transaction::Kind::Write);
  Statement insert(database, "INSERT INTO drains(node, starts, ends, reason) SELECT name, ?2, ?3, nullif(?4, '') FROM nodes WHERE name=?1");
  insert.bind(1, node).bind(2, number(drain.starts)).bind(4, drain.reason);
  if (drain.ends) {
    insert.bind(3, number(*drain.ends));
  }
  insert.step();
  const bool isThere = database.changes() == 1;
  transaction.commit();
  return isThere;
}

std::optional<EndedDrains> endDrains(Database& database, const std::string& node, std::chrono::sys_seconds now)
{
  Transaction transaction(database, Transaction::Kind::Write);
  EndedDrains ended;
  {
    Statement wish(database, "SELECT admin_state='drain' FROM nodes WHERE name=?1");
    if (!wish.bind(1, node).step()) {
      return std::nullopt;
    }
    ended.wish = wish.integer(0) != 0;
  }
  if (ended.wish) {
    Statement(database, "UPDATE nodes SET admin_state='auto' WHERE name=?1").bind(1, node).step();
  }
  ended.running = deleteDrains(database, "DELETE FROM drains WHERE node=?1 AND starts<=?2 AND (ends IS NULL OR ends>?2)", node, now);
  if (!ended.wish && ended.running == 0) {
    ended.calledOff = deleteDrains(database, "DELETE FROM drains WHERE node=?1 AND starts>?2", node, now);
  }
  transaction.commit();
  return ended;
}
}
