// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "recordstore.hh"
#include <algorithm>
#include <sqlite3.h>
#include <sys/stat.h>
#include <utility>

namespace failover
{
namespace
{
  // Long enough for another writer's commit, short enough that the store thread notices other work soon.
  constexpr std::chrono::milliseconds s_patience{1000};

  void setJournalMode(Database& database, const std::string& mode)
  {
    if (!mode.empty()) {
      database.execute(("PRAGMA journal_mode=" + mode).c_str());
    }
  }
}

std::optional<FileState> FileState::of(const std::string& file) noexcept
{
  struct stat status
  {
  };
  if (stat(file.c_str(), &status) != 0) {
    return std::nullopt;
  }
  constexpr int64_t nsPerSecond = 1'000'000'000;
  return FileState{status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec * nsPerSecond + status.st_mtim.tv_nsec};
}

RecordStore::RecordStore(const std::string& file, const std::string& journalMode) :
  d_database(file, s_patience),
  d_dataVersion(d_database, "PRAGMA data_version")
{
  try {
    checkTables(file);
    setJournalMode(d_database, journalMode);
    // What we write are states, which the next start can do without: no writer should wait for a disk because of them.
    d_database.execute("PRAGMA synchronous=NORMAL");
  }
  catch (const SqliteError& error) {
    throw SqliteError(error.code(), file, error.reason());
  }
}

void RecordStore::checkTables(const std::string& file)
{
  Statement tables(d_database, "SELECT count(*) FROM sqlite_master WHERE type='table' AND name IN ('domains','records','domainmetadata','cryptokeys')");
  tables.step();
  if (tables.integer(0) != 4) {
    throw std::runtime_error(file + ": has no zone tables; make a new store with: sqlite3 " + file + " < schema.sql");
  }
  Statement ours(d_database, "SELECT count(*) FROM sqlite_master WHERE type='table' AND name='failover_schema'");
  ours.step();
  if (ours.integer(0) == 0) {
    throw std::runtime_error(file + ": lacks the failover tables; add them with: sqlite3 " + file + " < failover.sql");
  }
  Statement version(d_database, "SELECT version, store_id FROM failover_schema");
  const auto found = version.step() ? version.integer(0) : 0;
  if (found != s_schemaVersion) {
    throw std::runtime_error(file + ": its failover tables have version " + std::to_string(found) + ", this program needs version " + std::to_string(s_schemaVersion)
      + (found < s_schemaVersion ? "; bring them up to date with: sqlite3 " + file + " < failover.sql" : ""));
  }
  d_identity = version.text(1);
}

bool RecordStore::changed()
{
  d_dataVersion.reset();
  d_dataVersion.step();
  const auto version = d_dataVersion.integer(0);
  d_dataVersion.reset();
  return std::exchange(d_lastDataVersion, version) != version;
}

int64_t RecordStore::newestChange()
{
  Statement newest(d_database, "SELECT max(change) FROM changed_zones");
  newest.step();
  return newest.integer(0);
}

std::vector<int64_t> RecordStore::zonesChangedSince(int64_t change)
{
  Statement changes(d_database, "SELECT domain_id FROM changed_zones WHERE change > ?1");
  changes.bind(1, change);
  std::vector<int64_t> zones;
  while (changes.step()) {
    zones.push_back(changes.integer(0));
  }
  std::sort(zones.begin(), zones.end());
  zones.erase(std::unique(zones.begin(), zones.end()), zones.end());
  return zones;
}

void RecordStore::emptyLog() noexcept
{
  auto* handle = d_database.handle();
  sqlite3_busy_timeout(handle, 0); // whoever is in the way may stay there; we come back
  // All the copying first, beside other writers, so that the second has little left to do while it keeps them out.
  sqlite3_wal_checkpoint_v2(handle, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  sqlite3_wal_checkpoint_v2(handle, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  sqlite3_busy_timeout(handle, static_cast<int>(s_patience.count()));
}
}
