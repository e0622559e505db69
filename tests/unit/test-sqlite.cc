// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <sqlite3.h>
#include "backend/sqlite.hh"
#include "teststore.hh"

using namespace failover;
using namespace failover::test;
using namespace std::chrono_literals;

namespace
{
// The code and words of what `action` throws; code 0 when nothing is thrown.
template <typename Action>
std::pair<int, std::string> errorOf(Action action)
{
  try {
    action();
    return {0, ""};
  }
  catch (const SqliteError& error) {
    return {error.code(), error.what()};
  }
}

bool contains(const std::string& text, const std::string& part)
{
  return text.find(part) != std::string::npos;
}
}

TEST_SUITE("sqlite")
{
  TEST_CASE("a file that does not exist is not made")
  {
    const TestStore store;
    const auto file = store.beside("none.sqlite3");
    const auto [code, what] = errorOf([&] { Database(file, 0ms); });
    CHECK(code == SQLITE_CANTOPEN);
    CHECK(contains(what, file));
    CHECK_FALSE(std::filesystem::exists(file));
  }

  TEST_CASE("a file that is no database says so with the statement")
  {
    const TestStore store;
    const auto file = store.beside("garbage");
    std::ofstream(file) << std::string(4096, 'x');
    Database database(file, 0ms);
    const auto [code, what] = errorOf([&] { database.execute("SELECT * FROM domains"); });
    CHECK(code == SQLITE_NOTADB);
    CHECK(contains(what, "SELECT * FROM domains: "));
  }

  TEST_CASE("values come back as they were bound, and NULL is empty")
  {
    const TestStore store;
    Database database(store.file(), 0ms);
    database.execute("CREATE TABLE t(i, s, n)");
    const std::string text("a\0b", 3);
    Statement insert(database, "INSERT INTO t VALUES(?1, ?2, NULL)");
    insert.bind(1, int64_t{1} << 40).bind(2, text).step();
    insert.reset();
    insert.bind(1, int64_t{-1}).bind(2, "").step();
    CHECK(database.changes() == 1);

    Statement rows(database, "SELECT i, s, n FROM t ORDER BY rowid");
    REQUIRE(rows.step());
    CHECK(rows.integer(0) == int64_t{1} << 40);
    CHECK(rows.text(1) == text);
    CHECK(rows.isNull(2));
    CHECK(rows.text(2).empty());
    CHECK(rows.integer(2) == 0);
    REQUIRE(rows.step());
    CHECK(rows.integer(0) == -1);
    CHECK_FALSE(rows.isNull(1)); // empty is not NULL
    CHECK_FALSE(rows.step());
    rows.reset();
    CHECK(rows.step());
  }

  TEST_CASE("bindings stay over a reset")
  {
    const TestStore store;
    Database database(store.file(), 0ms);
    Statement twice(database, "SELECT ?1");
    twice.bind(1, "kept").step();
    twice.reset();
    REQUIRE(twice.step());
    CHECK(twice.text(0) == "kept");
  }

  TEST_CASE("a wrong statement, parameter or row is an error that names the statement")
  {
    const TestStore store;
    Database database(store.file(), 0ms);
    CHECK(contains(errorOf([&] { Statement(database, "SELECT x FROM nowhere"); }).second, "SELECT x FROM nowhere: no such table"));
    CHECK(contains(errorOf([&] { Statement(database, "SELECT ?1").bind(2, int64_t{1}); }).second, "SELECT ?1: "));
    CHECK(contains(errorOf([&] { Statement(database, "SELECT ?1").bind(2, "x"); }).second, "SELECT ?1: "));
    database.execute("CREATE TABLE once(x UNIQUE); INSERT INTO once VALUES(1)");
    const auto [code, what] = errorOf([&] { Statement(database, "INSERT INTO once VALUES(1)").step(); });
    CHECK(code == SQLITE_CONSTRAINT);
    CHECK(contains(what, "UNIQUE"));
  }

  TEST_CASE("a transaction that is not committed leaves nothing")
  {
    const TestStore store;
    Database database(store.file(), 0ms);
    database.execute("CREATE TABLE t(x)");
    {
      const Transaction dropped(database, Transaction::Kind::Write);
      database.execute("INSERT INTO t VALUES(1)");
    }
    CHECK(store.value("SELECT count(*) FROM t") == "0");
    Transaction kept(database, Transaction::Kind::Write);
    database.execute("INSERT INTO t VALUES(1)");
    CHECK(store.value("SELECT count(*) FROM t") == "0");
    kept.commit();
    CHECK(store.value("SELECT count(*) FROM t") == "1");
  }

  TEST_CASE("a writer waits for another one only as long as its patience")
  {
    const TestStore store;
    Database first(store.file(), 0ms);
    Database second(store.file(), 1ms);
    const Transaction held(first, Transaction::Kind::Write);
    CHECK(errorOf([&] { Transaction(second, Transaction::Kind::Write); }).first == SQLITE_BUSY);
    CHECK(errorOf([&] { Transaction(second, Transaction::Kind::Read); }).first == 0);
  }

  TEST_CASE("a read transaction sees one moment")
  {
    const TestStore store;
    store.execute("PRAGMA journal_mode=WAL; CREATE TABLE t(x)");
    Database database(store.file(), 0ms);
    Transaction moment(database, Transaction::Kind::Read);
    const auto count = [&] {
      Statement rows(database, "SELECT count(*) FROM t");
      rows.step();
      return rows.integer(0);
    };
    CHECK(count() == 0);
    store.execute("INSERT INTO t VALUES(1)");
    CHECK(count() == 0);
    moment.commit();
    CHECK(count() == 1);
  }
}
