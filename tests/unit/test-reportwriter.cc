// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "backend/reportwriter.hh"
#include "teststore.hh"

using namespace failover;
using namespace failover::test;
using namespace std::chrono_literals;

namespace
{
const std::chrono::system_clock::time_point s_now{2'000'000'000s + 7ms};

bool write(const TestStore& store, const std::string& check, bool up, std::optional<std::chrono::seconds> validFor = {})
{
  Database database(store.file(), 10s);
  return writeReport(database, check, up, validFor, s_now);
}

std::string rows(const TestStore& store)
{
  return store.value("SELECT group_concat(check_id || ' ' || outcome || ' ' || at || ' ' || coalesce(valid_s, '-'), ', ') FROM reports");
}
}

TEST_SUITE("reportwriter")
{
  TEST_CASE("the last word on a check replaces the one before")
  {
    const TestStore store;
    store.addNode("east");
    store.execute("INSERT INTO checks(id, node, url) VALUES(1, 'east', 'push://Backup'), (2, 'east', 'push://other')");
    CHECK(write(store, "Backup", true, 90s));
    CHECK(rows(store) == "1 up 2000000000 90");
    CHECK(write(store, "backup", false));
    CHECK(rows(store) == "1 down 2000000000 -");
    CHECK(write(store, "2", true, 1s));
    CHECK(rows(store) == "1 down 2000000000 -, 2 up 2000000000 1");
  }

  TEST_CASE("a name goes before an id")
  {
    const TestStore store;
    store.addNode("east");
    store.execute("INSERT INTO checks(id, node, url) VALUES(1, 'east', 'push://2'), (2, 'east', 'push://other')");
    CHECK(write(store, "2", true));
    CHECK(rows(store).starts_with("1 up "));
  }

  TEST_CASE("only push checks are reported on")
  {
    const TestStore store;
    store.addNode("east");
    store.execute("INSERT INTO checks(id, node, url) VALUES(1, 'east', 'http://192.0.2.1/'), (2, 'east', 'push://a')");
    for (const auto* check : {"1", "3", "", "x", "2 ", "02", "2x", "push://a", "%"}) {
      CAPTURE(check);
      CHECK_FALSE(write(store, check, true));
    }
    CHECK(rows(store).empty());
  }
}
