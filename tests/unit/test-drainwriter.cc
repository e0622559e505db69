// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "backend/drainwriter.hh"
#include "teststore.hh"

using namespace failover;
using namespace failover::test;
using namespace std::chrono_literals;
using std::chrono::sys_seconds;

namespace
{
const sys_seconds s_now{2'000'000'000s};

// "wish running calledOff", "gone"
std::string end(const TestStore& store, const std::string& node = "east")
{
  Database database(store.file(), 10s);
  const auto ended = endDrains(database, node, s_now);
  return ended ? std::to_string(ended->wish) + " " + std::to_string(ended->running) + " " + std::to_string(ended->calledOff) : "gone";
}

std::string left(const TestStore& store)
{
  return store.value("SELECT coalesce(group_concat(id), '') FROM drains");
}
}

TEST_SUITE("drainwriter")
{
  TEST_CASE("a drain is written as it is, with NULL for what it lacks")
  {
    const TestStore store;
    store.addNode("east");
    Database database(store.file(), 10s);
    CHECK(writeDrain(database, "east", {0, s_now, s_now + 1h, "it's new"}));
    CHECK(store.value("SELECT node || starts || ' ' || ends || reason FROM drains") == "east2000000000 2000003600it's new");
    CHECK(writeDrain(database, "east", {0, s_now + 1s, {}, ""}));
    CHECK(store.value("SELECT count(*) FROM drains WHERE ends IS NULL AND reason IS NULL AND starts=2000000001") == "1");
    CHECK_FALSE(writeDrain(database, "ghost", {0, s_now, {}, ""}));
    CHECK(store.value("SELECT count(*) FROM drains") == "2");
  }

  TEST_CASE("what drains the node now is ended, of either kind, and what is planned stays")
  {
    const TestStore store;
    store.addNode("east");
    store.addNode("west");
    store.execute("INSERT INTO drains(id, node, starts, ends) VALUES(1, 'east', 2000000000, 2000000001), (2, 'east', 1, NULL), (3, 'east', 1, 2000000000), (4, 'east', 2000000001, NULL), (5, 'west', 1, NULL)");
    CHECK(end(store) == "0 2 0");
    CHECK(left(store) == "3,4,5");
    store.execute("UPDATE nodes SET admin_state='drain' WHERE name='east'");
    CHECK(end(store) == "1 0 0");
    CHECK(store.value("SELECT admin_state FROM nodes WHERE name='east'") == "auto");
    CHECK(left(store) == "3,4,5");
    CHECK(end(store) == "0 0 1");
    CHECK(left(store) == "3,5");
    CHECK(end(store) == "0 0 0");
    CHECK(end(store, "ghost") == "gone");
  }

  TEST_CASE("a forced state is not ended by it")
  {
    const TestStore store;
    store.addNode("east");
    store.execute("UPDATE nodes SET admin_state='up'; INSERT INTO drains(node, starts) VALUES('east', 1)");
    CHECK(end(store) == "0 1 0");
    CHECK(store.value("SELECT admin_state FROM nodes") == "up");
  }
}
