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
  std::optional<Database> database;

  // example.org, with an SOA and nothing else.
  int64_t zoneWithSoa() const
  {
    const auto id = store.addZone("example.org");
    store.addRecord(id, "example.org", "SOA", "one");
    return id;
  }

  // By row.
  static std::vector<RowProblem> sorted(const ZoneLoader::Result& result)
  {
    auto problems = result.problems.listed();
    std::sort(problems.begin(), problems.end(), [](const RowProblem& left, const RowProblem& right) { return left.row < right.row; });
    return problems;
  }

  ZoneLoader::Result load(int64_t id, const Zone* last = nullptr)
  {
    database.emplace(store.file(), std::chrono::seconds(10));
    return ZoneLoader(*database, host, owners).load(id, last);
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
    CHECK(result.problems.total() == 1); // that it has no SOA
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
    ZoneLoader loader(database, test.host, test.owners);
    CHECK(contents(*loader.load(one, nullptr).zone, "one.org", type::a) == Contents{"192.0.2.1"});
    CHECK(contents(*loader.load(two, nullptr).zone, "two.org", type::a) == Contents{"192.0.2.2"});
    CHECK(contents(*loader.load(one, nullptr).zone, "one.org", type::a) == Contents{"192.0.2.1"});
    auto all = ZoneLoader::allZones(database);
    std::sort(all.begin(), all.end());
    CHECK(all == std::vector<int64_t>{one, two});
  }

  TEST_CASE("a bad row is left out and named; the others are served")
  {
    Fixture test;
    const auto id = test.zoneWithSoa();
    const auto bad = test.store.addRecord(id, "b.example.org", "TXT", "bad");
    const auto noName = test.store.addRecord(id, "x..example.org", "A", "192.0.2.2");
    const auto noTtl = test.store.addRecord(id, "c.example.org", "A", "192.0.2.3");
    test.store.execute("UPDATE records SET ttl='-1' WHERE id=" + std::to_string(noTtl));
    const auto result = test.load(id);
    REQUIRE(result.zone);
    CHECK(result.zone->recordCount() == 1);
    REQUIRE(result.problems.total() == 3);
    const auto problems = test.sorted(result);
    CHECK(problems[0] == RowProblem{"records", "id " + std::to_string(bad), "'b.example.org' TXT: 'bad' cannot be served"});
    CHECK(problems[1].text() == "records id " + std::to_string(noName) + ": 'x..example.org' A: 'x..example.org' is no domain name (left out)");
    CHECK(problems[2].reason.starts_with("'c.example.org' A: ttl: '-1' is no number of seconds"));
  }

  TEST_CASE("columns that SQL cannot find again, and rows that are neither enabled nor disabled, are left out")
  {
    Fixture test;
    const auto id = test.zoneWithSoa();
    struct Case
    {
      const char* change;
      const char* reason;
    };
    for (const auto& [change, reason] : {
           Case{"name=NULL", "'NULL' A: name: is NULL"},
           Case{"name=''", "name: is empty; the root is '.'"},
           Case{"name=CAST(name AS BLOB)", "name: 'www.example.org' is a BLOB, not text"},
           Case{"name=CAST(x'77007777' AS TEXT)", "name: 'w?ww' has a NUL byte in it"},
           Case{"name='www.example.com'", "the name is not in zone 'example.org'"},
           Case{"name='abc\\003org'", "the name is not in zone 'example.org'"},
           Case{"name='xexample.org'", "the name is not in zone 'example.org'"},
           Case{"type=CAST('A' AS BLOB)", "type: 'A' is a BLOB, not text"},
           Case{"type='SOA'", "an SOA record belongs to the name of its zone, 'example.org'"},
           Case{"disabled=NULL", "disabled: NULL is neither 0 nor 1"},
           Case{"disabled='f'", "disabled: 'f' is neither 0 nor 1"},
           Case{"disabled=2", "disabled: '2' is neither 0 nor 1"},
         }) {
      CAPTURE(change);
      const auto row = test.store.addRecord(id, "www.example.org", "A", "192.0.2.1");
      const auto wellFormed = test.load(id).zone->fingerprint();
      test.store.execute("UPDATE records SET " + std::string(change) + " WHERE id=" + std::to_string(row));
      const auto result = test.load(id);
      REQUIRE(result.problems.total() == 1);
      CHECK(result.problems.listed()[0].row == "id " + std::to_string(row));
      CHECK(result.problems.listed()[0].reason.find(reason) != std::string::npos);
      CHECK(result.problems.listed()[0].effect == RowProblem::Effect::LeftOut);
      CHECK(result.zone->fingerprint() != wellFormed); // which stands in the answers until the zone is found changed
      CHECK(result.zone->recordCount() == 1);
      test.store.execute("DELETE FROM records WHERE id=" + std::to_string(row));
    }
  }

  TEST_CASE("keys that are of no use are left out; what denials are made of stays, however bad, and is named")
  {
    Fixture test;
    const auto id = test.zoneWithSoa();
    const auto row = std::to_string(id);
    test.store.execute("INSERT INTO cryptokeys(id, domain_id, flags, active, content) VALUES(1, " + row + ", 257, 1, 'bad'), (2, " + row + ", 'x', 1, 'good'), (3, " + row + ", 256, 1, 'good')");
    test.store.execute("INSERT INTO domainmetadata(id, domain_id, kind, content) VALUES(4, " + row + ", 'nsec3param', 'bad'), (5, " + row + ", 'X-NOTE', 'bad')");
    test.store.execute("UPDATE records SET ordername='a  b'");
    const auto result = test.load(id);
    REQUIRE(result.problems.total() == 4);
    CHECK(result.problems.listed()[0].text() == "domainmetadata id 4: 'example.org' NSEC3PARAM: 'bad' cannot be served; until it is right, what does not exist is answered with SERVFAIL, and the zone is not transferred (served all the same)");
    CHECK(result.problems.listed()[1].text() == "cryptokeys id 1: 'example.org': no key (left out)");
    CHECK(result.problems.listed()[2].text() == "cryptokeys id 2: 'example.org': flags: 'x' is no number from 0 to 65535 (left out)");
    CHECK(result.problems.listed()[3].reason == "'example.org' SOA: ordername: 'a  b': 'a..b' is no domain name; names beside it are answered with SERVFAIL where they do not exist; rectify the zone");
    CHECK(result.problems.listed()[3].effect == RowProblem::Effect::Served);
    REQUIRE(result.zone->keys().size() == 1);
    CHECK(result.zone->keys()[0].id == 3);
    CHECK(result.zone->metadata().size() == 2);
    REQUIRE(result.zone->order().size() == 1);
    CHECK(result.zone->order()[0].ordername == "a  b");
    CHECK(result.zone->recordCount() == 1);
  }

  TEST_CASE("a second SOA is left out")
  {
    Fixture test;
    const auto id = test.zoneWithSoa();
    const auto second = test.store.addRecord(id, "example.org", "SOA", "two");
    const auto result = test.load(id);
    CHECK(contents(*result.zone, "example.org", type::soa) == Contents{"one"});
    REQUIRE(result.problems.total() == 1);
    CHECK(result.problems.listed()[0].text() == "records id " + std::to_string(second) + ": 'example.org' SOA: a name has one SOA record at most; that of id " + std::to_string(second - 1) + ", which was there before, is served (left out)");
  }

  TEST_CASE("an SOA that became bad keeps its last good version, one that is deleted does not")
  {
    Fixture test;
    const auto id = test.zoneWithSoa();
    test.store.addRecord(id, "www.example.org", "A", "192.0.2.1");
    const auto before = test.load(id).zone;
    test.store.execute("UPDATE records SET content='bad' WHERE type='SOA'; UPDATE records SET content='192.0.2.2' WHERE type='A'");
    auto result = test.load(id, before.get());
    CHECK(contents(*result.zone, "example.org", type::soa) == Contents{"one"});
    CHECK(contents(*result.zone, "www.example.org", type::a) == Contents{"192.0.2.2"});
    REQUIRE(result.problems.total() == 2);
    CHECK(result.problems.listed()[1].effect == RowProblem::Effect::Kept);
    const auto again = test.load(id, result.zone.get());
    CHECK(contents(*again.zone, "example.org", type::soa) == Contents{"one"});

    result = test.load(id); // nothing was there before, as after a restart
    CHECK(contents(*result.zone, "example.org", type::soa).empty());
    CHECK(result.problems.listed()[1].reason.find("no SOA record at its apex") != std::string::npos);
    const auto namesake = makeZone(id, "example.com", {{"example.com", "SOA", "one"}});
    CHECK(contents(*test.load(id, namesake.get()).zone, "example.org", type::soa).empty());

    test.store.execute("DELETE FROM records WHERE type='SOA'");
    CHECK(contents(*test.load(id, before.get()).zone, "example.org", type::soa).empty());
  }

  TEST_CASE("a zone whose own name or id is bad is a problem and no zone")
  {
    Fixture test;
    const auto id = test.store.addZone("bad..org");
    auto result = test.load(id);
    CHECK(result.zone == nullptr);
    REQUIRE(result.problems.total() == 1);
    CHECK(result.problems.listed().front() == RowProblem{"domains", "id " + std::to_string(id), "'bad..org': 'bad..org' is no domain name"});
    for (const auto bad : {int64_t{-1}, int64_t{2147483648}}) {
      test.store.execute("INSERT INTO domains(id, name, type) VALUES(" + std::to_string(bad) + ", 'x" + std::to_string(bad) + ".org', 'NATIVE')");
      result = test.load(bad);
      CHECK(result.zone == nullptr);
      CHECK(result.problems.listed().front().reason.ends_with("id: PowerDNS knows ids from 0 to 2147483647"));
    }
  }

  TEST_CASE("a zone of an unknown kind is served and named")
  {
    Fixture test;
    const auto id = test.zoneWithSoa();
    test.store.execute("UPDATE domains SET type='PRIMARIE'");
    const auto result = test.load(id);
    CHECK(result.zone->recordCount() == 1);
    REQUIRE(result.problems.total() == 1);
    CHECK(result.problems.listed()[0].effect == RowProblem::Effect::Served);
    CHECK(result.problems.listed()[0].reason.starts_with("'example.org': type: 'PRIMARIE' is none of NATIVE"));
  }

  TEST_CASE("a record without a TTL has the host's, one with the largest has that")
  {
    Fixture test;
    const auto id = test.store.addZone("example.org");
    test.store.addRecord(id, "a.example.org", "A", "192.0.2.1");
    test.store.execute("UPDATE records SET ttl=NULL");
    test.store.addRecord(id, "b.example.org", "A", "192.0.2.1");
    test.store.execute("UPDATE records SET ttl=2147483647 WHERE name='b.example.org'");
    const auto result = test.load(id);
    REQUIRE(result.zone);
    CHECK(onlyRecord(*result.zone, "a.example.org").ttl == FakeHost::s_defaultTtl);
    CHECK(onlyRecord(*result.zone, "b.example.org").ttl == 2'147'483'647U);
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
