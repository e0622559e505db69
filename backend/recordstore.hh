// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>
#include "sqlite.hh"

// RecordStore: the SQLite file, opened, known to have our tables, and able to say what changed in it.
//
// Three things can happen to the file. Rows change: PRAGMA data_version moves, and triggers have put the zones
// concerned into changed_zones with ever higher numbers. Another file takes its place (mv), or another content
// (cp, .restore): its identity, size or times move; FileState sees that, and the store is opened anew.
// Thread: one at a time.

namespace failover
{
// Which file stands at a path, and in which shape.
struct FileState
{
  dev_t device{0};
  ino_t inode{0};
  off_t size{0};
  int64_t modifiedNs{0};

  bool operator==(const FileState&) const = default;
  // Whether it is the same file, in whatever shape.
  [[nodiscard]] bool isFile(const FileState& other) const noexcept { return inode == other.inode && device == other.device; }
  // Nothing when there is no file to be seen.
  [[nodiscard]] static std::optional<FileState> of(const std::string& file) noexcept;
};

class RecordStore
{
public:
  // The newest version of our tables (failover_schema.version) that this program knows.
  static constexpr int64_t s_schemaVersion = 4;

  // Opens an existing file. Throws SqliteError when it cannot be read or is no database, std::runtime_error when it
  // lacks our tables or has them in another version; both name the file.
  RecordStore(const std::string& file, const std::string& journalMode);

  [[nodiscard]] Database& database() noexcept { return d_database; }

  // True once after other connections committed something. Throws SqliteError.
  bool changed();

  // Identifies the content's lineage: another store has another one.
  [[nodiscard]] const std::string& identity() const noexcept { return d_identity; }
  // The number of the newest change, 0 when there was none. Throws SqliteError.
  [[nodiscard]] int64_t newestChange();
  // Zones that changed after that one, each once. Throws SqliteError.
  [[nodiscard]] std::vector<int64_t> zonesChangedSince(int64_t change);

  // Empties the write-ahead log, if nobody is in the way; other writers are kept out only for the last moment of it.
  // It has to be done now and then: a file that is replaced by mv would otherwise meet the log of
  // its predecessor, and SQLite would apply that to it (https://sqlite.org/howtocorrupt.html §1.4).
  void emptyLog() noexcept;

private:
  void checkTables(const std::string& file);

  Database d_database;
  Statement d_dataVersion;
  int64_t d_lastDataVersion{-1};
  std::string d_identity;
};
}
