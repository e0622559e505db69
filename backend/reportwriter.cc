// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "reportwriter.hh"

namespace failover
{
std::optional<int64_t> findPushCheck(Database& database, const std::string& check)
{
  Statement found(database,
    "SELECT id FROM checks WHERE lower(url)='push://' || lower(?1) AND url GLOB 'push:*'"
    " UNION ALL SELECT id FROM checks WHERE id=CAST(?1 AS INTEGER) AND CAST(id AS TEXT)=?1 AND url GLOB 'push:*'");
  return found.bind(1, check).step() ? std::optional(found.integer(0)) : std::nullopt;
}

bool writeReport(Database& database, const std::string& check, bool up, std::optional<std::chrono::seconds> validFor,
  std::chrono::system_clock::time_point now)
{
  Transaction transaction(database, Transaction::Kind::Write);
  const auto id = findPushCheck(database, check);
  if (!id) {
    return false;
  }
  Statement insert(database, "REPLACE INTO reports(check_id, outcome, at, valid_s) VALUES(?1, ?2, ?3, ?4)");
  insert.bind(1, *id).bind(2, up ? "up" : "down");
  insert.bind(3, std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count());
  if (validFor) {
    insert.bind(4, validFor->count());
  }
  insert.step();
  transaction.commit();
  return true;
}
}
