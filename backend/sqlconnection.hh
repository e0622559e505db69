// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <optional>
#include <string>
#include "pdnscompat.hh"
#include "recordstore.hh"

// SqlConnection: PowerDNS's own SQLite connection, through which it administers the store, with two differences: no
// wait for a lock is endless, and it says when its file is no longer the one at the path.
// Thread: its backend instance's.

namespace failover
{
class SqlConnection : public pdns_compat::Sqlite
{
public:
  struct Pragmas
  {
    std::string journalMode; // empty: leave the file's own
    std::string synchronous; // empty: leave SQLite's default
    bool foreignKeys{false};
  };
  // Throws SSqlException.
  SqlConnection(const std::string& file, const Pragmas& pragmas);

  // False once another file stands at the path, or none; GSQLBackend then calls reconnect().
  bool isConnectionUsable() override;

  // A writer from the first moment: PowerDNS reads before it writes, and SQLite lets nobody write on top of what has
  // changed since it was read, however long one waits.
  void startTransaction() override;

private:
  const std::string d_file;
  std::optional<FileState> d_opened;
};
}
