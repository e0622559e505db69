// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <vector>
#include "backend/zonerows.hh"
#include "teststore.hh"

using namespace failover;
using namespace failover::test;
using Ids = std::vector<int64_t>;

namespace
{
// Records 10 and 11 of zone 1, 30 of zone 3, 40 of zone 4, and some that are no zone's.
struct Fixture
{
  TestStore store;
  Database database{store.file(), std::chrono::seconds(10)};

  Fixture()
  {
    for (const auto* row : {"(10, 1)", "(11, 1)", "(40, 4)", "(30, 3)", "(9, NULL)"}) {
      store.execute(std::string("INSERT INTO records (id, domain_id) VALUES ") + row);
    }
    store.execute("DROP TRIGGER failover_records_insert; INSERT INTO records (id, domain_id) VALUES (35, 3.5), (99, 'x')");
  }

  ZoneRows rows{database, "SELECT domain_id, id FROM records WHERE true" ZONE_ROWS};

  Ids of(int64_t zone, size_t most = 100)
  {
    Ids ids;
    for (rows.seek(zone); ids.size() < most && rows.next();) {
      ids.push_back(rows.row().integer(1));
    }
    return ids;
  }
};
}

TEST_SUITE("zonerows")
{
  TEST_CASE("zones in the order of their ids")
  {
    Fixture test;
    CHECK(test.of(1) == Ids{10, 11});
    CHECK(test.of(2).empty());
    CHECK(test.of(3) == Ids{30});
    CHECK(test.of(4) == Ids{40});
    CHECK(test.of(5).empty());
    CHECK(test.of(6).empty());
  }

  TEST_CASE("zones in any order, and again")
  {
    Fixture test;
    CHECK(test.of(4) == Ids{40});
    CHECK(test.of(1) == Ids{10, 11});
    CHECK(test.of(1) == Ids{10, 11});
    CHECK(test.of(4) == Ids{40}); // beyond one that nobody asked for
    CHECK(test.of(9).empty());
    CHECK(test.of(3) == Ids{30});
    CHECK(test.of(-1).empty());
  }

  TEST_CASE("what was not read of a zone is none of the next one's")
  {
    Fixture test;
    CHECK(test.of(1, 1) == Ids{10});
    CHECK(test.of(3) == Ids{30});
    CHECK(test.of(1, 1) == Ids{10});
    CHECK(test.of(1) == Ids{10, 11});
  }

  TEST_CASE("a change that came meanwhile is read by whoever goes back")
  {
    Fixture test;
    CHECK(test.of(1) == Ids{10, 11});
    CHECK(test.of(9).empty());
    test.store.execute("INSERT INTO records (id, domain_id) VALUES (12, 1)");
    CHECK(test.of(1) == Ids{10, 11, 12});
  }
}
