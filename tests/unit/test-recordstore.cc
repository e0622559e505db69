// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include "backend/recordstore.hh"
#include "teststore.hh"

using namespace failover;
using namespace failover::test;
using Ids = std::vector<int64_t>;

namespace
{
std::string refusal(const std::string& file)
{
  try {
    RecordStore(file, "WAL").changed();
    return "";
  }
  catch (const std::runtime_error& error) {
    return error.what();
  }
}

Ids changedSince(RecordStore& store, int64_t change)
{
  auto ids = store.zonesChangedSince(change);
  std::sort(ids.begin(), ids.end());
  return ids;
}
}

TEST_SUITE("recordstore")
{
  TEST_CASE("a file that cannot be used is refused with its name and the reason")
  {
    const TestStore store;
    const auto missing = store.beside("missing");
    CHECK(refusal(missing).starts_with(missing + ": "));

    const auto garbage = store.beside("garbage");
    std::ofstream(garbage) << std::string(4096, 'x');
    CHECK(refusal(garbage) == garbage + ": file is not a database");

    const auto empty = store.beside("empty");
    std::ofstream(empty).close();
    CHECK(refusal(empty).starts_with(empty + ": has no zone tables"));

    const auto folder = store.beside("folder");
    std::filesystem::create_directory(folder);
    CHECK(refusal(folder).starts_with(folder + ": "));
  }

  TEST_CASE("a gsqlite3 database without our tables is told what to run")
  {
    const TestStore store;
    store.execute("DROP TABLE failover_schema");
    CHECK(refusal(store.file()) == store.file() + ": lacks the failover tables; add them with: sqlite3 " + store.file() + " < failover.sql");
  }

  TEST_CASE("tables of another version are refused with both versions")
  {
    const TestStore store;
    store.execute("PRAGMA ignore_check_constraints=1; UPDATE failover_schema SET version=5");
    CHECK(refusal(store.file()) == store.file() + ": its failover tables have version 5, this program needs version 4");
    store.execute("DELETE FROM failover_schema");
    CHECK(refusal(store.file()) == store.file() + ": its failover tables have version 0, this program needs version 4; bring them up to date with: sqlite3 " + store.file() + " < failover.sql");
  }

  TEST_CASE("the journal mode becomes the one wanted, and stays where none is")
  {
    const TestStore store;
    const RecordStore wal(store.file(), "WAL");
    CHECK(store.value("PRAGMA journal_mode") == "wal");
    const RecordStore same(store.file(), "");
    CHECK(store.value("PRAGMA journal_mode") == "wal");
  }

  TEST_CASE("a commit of another connection is seen once, our own never")
  {
    const TestStore file;
    RecordStore store(file.file(), "WAL");
    CHECK(store.changed()); // nothing was seen before
    CHECK_FALSE(store.changed());
    store.database().execute("INSERT INTO nodes(name) VALUES('east')");
    CHECK_FALSE(store.changed());
    file.addNode("west");
    CHECK(store.changed());
    CHECK_FALSE(store.changed());
  }

  TEST_CASE("whatever changes in a zone makes it a changed zone")
  {
    const TestStore file;
    RecordStore store(file.file(), "WAL");
    CHECK(store.newestChange() == 0);
    const auto one = file.addZone("one.org");
    const auto two = file.addZone("two.org");
    const auto record = file.addRecord(one, "www.one.org", "A", "192.0.2.1");
    CHECK(changedSince(store, 0) == Ids{one, two});
    const std::string inOne = "(domain_id, kind, content) VALUES(" + std::to_string(one) + ", 'X', '1')";
    const std::string where = " WHERE id=" + std::to_string(record);
    for (const auto& change : {"UPDATE records SET content='192.0.2.2'" + where, "UPDATE records SET disabled=1" + where, "DELETE FROM records" + where, "INSERT INTO domainmetadata" + inOne,
           std::string("INSERT INTO cryptokeys(domain_id, flags, content) VALUES(1, 257, 'x')"), std::string("UPDATE domains SET name='uno.org' WHERE name='one.org'"), std::string("DELETE FROM domains WHERE name='uno.org'")}) {
      CAPTURE(change);
      const auto before = store.newestChange();
      CHECK(store.zonesChangedSince(before).empty());
      file.execute(change);
      CHECK(store.newestChange() > before);
      CHECK(changedSince(store, before) == Ids{one});
    }
  }

  TEST_CASE("a record that moves to another zone changes both")
  {
    const TestStore file;
    RecordStore store(file.file(), "WAL");
    const auto one = file.addZone("one.org");
    const auto two = file.addZone("two.org");
    file.addRecord(one, "www.one.org", "A", "192.0.2.1");
    const auto before = store.newestChange();
    file.execute("UPDATE records SET domain_id=" + std::to_string(two));
    CHECK(changedSince(store, before) == Ids{one, two});
  }

  TEST_CASE("every store has an identity of its own, and keeps it")
  {
    const TestStore first;
    const TestStore second;
    const auto identity = RecordStore(first.file(), "WAL").identity();
    CHECK_FALSE(identity.empty());
    CHECK(identity != RecordStore(second.file(), "WAL").identity());
    first.addZone("example.org");
    CHECK(identity == RecordStore(first.file(), "WAL").identity());
  }

  TEST_CASE("the write-ahead log can be emptied, and somebody in the way is let be")
  {
    const TestStore file;
    RecordStore store(file.file(), "WAL");
    REQUIRE(store.changed()); // from its first look on, SQLite keeps the log for it
    file.addZone("example.org");
    REQUIRE(std::filesystem::file_size(file.file() + "-wal") > 0);
    {
      RecordStore other(file.file(), "WAL");
      const Transaction reading(other.database(), Transaction::Kind::Read);
      CHECK(other.newestChange() > 0);
      file.addZone("example.net"); // cannot leave the log while somebody reads
      store.emptyLog();
      CHECK(std::filesystem::file_size(file.file() + "-wal") > 0);
    }
    store.emptyLog();
    CHECK(std::filesystem::file_size(file.file() + "-wal") == 0);
    CHECK(file.value("SELECT count(*) FROM domains") == "2");
  }

  TEST_CASE("another file or another content at a path is another state")
  {
    const TestStore store;
    const auto path = store.beside("file");
    CHECK_FALSE(FileState::of(path));
    std::ofstream(path) << "one";
    const auto one = FileState::of(path);
    REQUIRE(one);
    CHECK(one->size == 3);
    CHECK(one == FileState::of(path));
    std::ofstream(path) << "other";
    CHECK(one != FileState::of(path));
    const auto other = FileState::of(path);
    const auto when = std::filesystem::last_write_time(path);
    std::ofstream(path + "2") << "OTHER";
    std::filesystem::last_write_time(path + "2", when);
    std::filesystem::rename(path + "2", path);
    CHECK(other != FileState::of(path)); // same size and time, another inode
    CHECK(FileState::of(path)->modifiedNs == other->modifiedNs);
  }
}
