// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "sqlconnection.hh"

namespace failover
{
namespace
{
  constexpr int s_patienceMs = 2500; // SSQLite3 tries a busy statement twice: five seconds at most
}

// SSQLite3 is not told the journal mode: it would set it with its own busy handler, which waits for ever.
SqlConnection::SqlConnection(const std::string& file, const Pragmas& pragmas) :
  Sqlite(file), d_file(file), d_opened(FileState::of(file))
{
  sqlite3_busy_timeout(db(), s_patienceMs);
  if (!pragmas.journalMode.empty()) {
    execute("PRAGMA journal_mode=" + pragmas.journalMode);
  }
  if (!pragmas.synchronous.empty()) {
    execute("PRAGMA synchronous=" + pragmas.synchronous);
  }
  if (pragmas.foreignKeys) {
    execute("PRAGMA foreign_keys=1");
  }
}

bool SqlConnection::isConnectionUsable()
{
  const auto now = FileState::of(d_file);
  return now && d_opened && now->isFile(*d_opened);
}

void SqlConnection::startTransaction()
{
  execute("BEGIN IMMEDIATE");
}
}
