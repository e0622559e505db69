// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <algorithm>
#include <optional>
#include "backend/zoneloader.hh"
#include "teststore.hh"
#include "zonemaker.hh"

using namespace failover;
using namespace failover::test;
using Contents = std::multiset<std::string>;

namespace
{
// A store and a loader on it, made at its first use.
struct Fixture
{
  TestStore store;
  FakeHost host;
  OwnerMap owners;
  Policies policies;
  std::optional<Database> database;

  ZoneLoader::Result load(int64_t id)
  {
    database.emplace(store.file(), std::chrono::seconds(10));
    return ZoneLoader(*database, host, owners, policies).load(id);
  }
};

const Record& onlyRecord(const Zone& zone, std::string_view name)
{
  const auto rrsets = zone.find(wire(name));
  REQUIRE(rrsets.size() == 1);
  REQUIRE(rrsets.front().records.size() == 1);
  return rrsets.front().records.front();
}
}

TEST_SUITE("zoneloader")
{
  TEST_CASE("rows become a zone; those of other zones and disabled ones do not")
  {
    Fixture test;
    const auto id = test.store.addZone("Example.ORG");
    const auto other = test.store.addZone("example.net");
    test.store.addRecord(id, "WWW.example.org", "A", "192.0.2.1", 17);
    test.store.addRecord(id, "b.example.org", "", "");
    test.store.addRecord(other, "www.example.org", "A", "192.0.2.2");
    const auto disabled = test.store.addRecord(id, "www.example.org", "A", "192.0.2.3");
    test.store.execute("UPDATE records SET disabled=1 WHERE id=" + std::to_string(disabled));

    const auto result = test.load(id);
    REQUIRE(result.zone);
    CHECK(result.problems.empty());
    CHECK(result.zone->id() == id);
    CHECK(result.zone->apex() == wire("example.org"));
    CHECK(result.zone->recordCount() == 2);
    CHECK(contents(*result.zone, "www.example.org", type::a) == Contents{"192.0.2.1"});
    CHECK(onlyRecord(*result.zone, "www.example.org").ttl == 17);
    CHECK(result.zone->find(wire("b.example.org")).front().type == 0);
  }

  TEST_CASE("a zone that is not there is neither a zone nor a problem")
  {
    Fixture test;
    const auto result = test.load(77);
    CHECK(result.zone == nullptr);
    CHECK(result.problems.empty());
  }

  TEST_CASE("one loader reads one zone after another")
  {
    Fixture test;
    const auto one = test.store.addZone("one.org");
    const auto two = test.store.addZone("two.org");
    test.store.addRecord(one, "one.org", "A", "192.0.2.1");
    test.store.addRecord(two, "two.org", "A", "192.0.2.2");
    Database database(test.store.file(), std::chrono::seconds(10));
    ZoneLoader loader(database, test.host, test.owners, test.policies);
    CHECK(contents(*loader.load(one).zone, "one.org", type::a) == Contents{"192.0.2.1"});
    CHECK(contents(*loader.load(two).zone, "two.org", type::a) == Contents{"192.0.2.2"});
    CHECK(contents(*loader.load(one).zone, "one.org", type::a) == Contents{"192.0.2.1"});
    auto all = ZoneLoader::allZones(database);
    std::sort(all.begin(), all.end());
    CHECK(all == std::vector<int64_t>{one, two});
  }

  TEST_CASE("a bad row is left out and named; the others are served")
  {
    Fixture test;
    const auto id = test.store.addZone("example.org");
    test.store.addRecord(id, "a.example.org", "A", "192.0.2.1");
    const auto bad = test.store.addRecord(id, "b.example.org", "TXT", "bad");
    const auto noName = test.store.addRecord(id, "x..example.org", "A", "192.0.2.2");
    const auto noTtl = test.store.addRecord(id, "c.example.org", "A", "192.0.2.3");
    test.store.execute("UPDATE records SET ttl='-1' WHERE id=" + std::to_string(noTtl));
    const auto result = test.load(id);
    REQUIRE(result.zone);
    CHECK(result.zone->recordCount() == 1);
    REQUIRE(result.problems.size() == 3);
    CHECK(result.problems[0] == RowProblem{"records", "id " + std::to_string(bad), "'b.example.org' TXT: 'bad' cannot be served"});
    CHECK(result.problems[1].text() == "records id " + std::to_string(noName) + ": 'x..example.org' A: 'x..example.org' is no domain name");
    CHECK(result.problems[2].reason == "'c.example.org' A: ttl: '-1' is not a number of seconds");
  }

  TEST_CASE("a zone whose own name is bad is a problem and no zone")
  {
    Fixture test;
    const auto id = test.store.addZone("bad..org");
    const auto result = test.load(id);
    CHECK(result.zone == nullptr);
    REQUIRE(result.problems.size() == 1);
    CHECK(result.problems.front() == RowProblem{"domains", "id " + std::to_string(id), "'bad..org' is no domain name"});
  }

  TEST_CASE("a record without a TTL has the host's, one with the largest has that")
  {
    Fixture test;
    const auto id = test.store.addZone("example.org");
    test.store.addRecord(id, "a.example.org", "A", "192.0.2.1");
    test.store.execute("UPDATE records SET ttl=NULL");
    test.store.addRecord(id, "b.example.org", "A", "192.0.2.1");
    test.store.execute("UPDATE records SET ttl=4294967295 WHERE name='b.example.org'");
    const auto result = test.load(id);
    REQUIRE(result.zone);
    CHECK(onlyRecord(*result.zone, "a.example.org").ttl == FakeHost::s_defaultTtl);
    CHECK(onlyRecord(*result.zone, "b.example.org").ttl == 4'294'967'295U);
  }

  TEST_CASE("auth is what the column says, and NULL says no")
  {
    Fixture test;
    const auto id = test.store.addZone("example.org");
    for (const auto* value : {"1", "0", "NULL"}) {
      test.store.execute("DELETE FROM records");
      test.store.addRecord(id, "a.example.org", "A", "192.0.2.1");
      test.store.execute(std::string("UPDATE records SET auth=") + value);
      CHECK(onlyRecord(*test.load(id).zone, "a.example.org").auth == (std::string(value) == "1"));
    }
  }

  TEST_CASE("records belong to the owners that the loader was given")
  {
    Fixture test;
    own(test.owners, "192.0.2.1", {makeNode("east")});
    const auto id = test.store.addZone("example.org");
    test.store.addRecord(id, "a.example.org", "A", "192.0.2.1");
    CHECK(onlyRecord(*test.load(id).zone, "a.example.org").owner == test.owners.begin()->second.get());
  }

  TEST_CASE("metadata, keys and order names come along where they are wanted")
  {
    Fixture test;
    const auto id = test.store.addZone("example.org");
    const auto row = std::to_string(id);
    test.store.addRecord(id, "b.example.org", "A", "192.0.2.1");
    test.store.addRecord(id, "a.example.org", "A", "192.0.2.1");
    test.store.addRecord(id, "glue.example.org", "A", "192.0.2.1");
    test.store.execute("UPDATE records SET ordername='b' WHERE name='b.example.org'; UPDATE records SET ordername='a' WHERE name='a.example.org'");
    test.store.execute("INSERT INTO domainmetadata(domain_id, kind, content) VALUES(" + row + ", 'ALLOW-AXFR-FROM', '192.0.2.9')");
    const auto unsignedZone = test.load(id).zone;
    CHECK_FALSE(unsignedZone->hasOrder());
    CHECK(unsignedZone->order().empty());
    CHECK(unsignedZone->metadata().at("ALLOW-AXFR-FROM") == std::vector<std::string>{"192.0.2.9"});

    test.store.execute("INSERT INTO cryptokeys(domain_id, flags, active, published, content) VALUES(" + row + ", 257, 1, 0, 'secret')");
    const auto zone = test.load(id).zone;
    CHECK(zone->hasOrder());
    REQUIRE(zone->order().size() == 2);
    CHECK(zone->order()[0].ordername == "a");
    CHECK(zone->order()[1].name == "b.example.org");
    REQUIRE(zone->keys().size() == 1);
    CHECK(zone->keys().front().content == "secret");
    CHECK(zone->keys().front().flags == 257);
    CHECK(zone->keys().front().active);
    CHECK_FALSE(zone->keys().front().published);
  }
}
