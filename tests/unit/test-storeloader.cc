// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <algorithm>
#include "storeloading.hh"

using namespace failover;
using namespace failover::test;
using Contents = std::multiset<std::string>;

TEST_SUITE("storeloader")
{
  TEST_CASE("the first poll reads everything, the next one nothing")
  {
    StoreLoading test;
    const auto id = test.store.addZone("a.org");
    test.store.addRecord(id, "www.a.org", "A", "192.0.2.1");
    test.store.addNode("east");
    CHECK(test.loader.store() == nullptr);
    const auto report = test.poll();
    CHECK(report.zones == 1);
    CHECK(report.nodes);
    CHECK(report.names == std::vector<std::string>{"a.org"});
    CHECK(test.addresses("a.org", "www.a.org") == Contents{"192.0.2.1"});
    CHECK(test.loader.store() != nullptr);
    CHECK(test.host.calls() == std::vector<std::string>{"added a.org " + std::to_string(id)}); // nothing is cached yet

    const auto before = test.snapshot();
    CHECK(test.poll().zones == 0);
    CHECK_FALSE(test.poll().nodes);
    CHECK(test.snapshot() == before);
  }

  TEST_CASE("an empty store is a snapshot too")
  {
    StoreLoading test;
    CHECK(test.poll().zones == 0);
    REQUIRE(test.snapshot());
    CHECK(test.snapshot()->zoneCount() == 0);
  }

  TEST_CASE("only the zones that changed are read, the others stay the same objects")
  {
    StoreLoading test;
    const auto one = test.store.addZone("a.org");
    const auto two = test.store.addZone("b.org");
    test.store.addRecord(one, "www.a.org", "A", "192.0.2.1");
    test.poll();
    const auto before = test.snapshot();
    test.store.addRecord(one, "www.a.org", "A", "192.0.2.2");
    const auto report = test.poll();
    CHECK(report.zones == 1);
    CHECK_FALSE(report.nodes);
    CHECK(test.addresses("a.org", "www.a.org") == Contents{"192.0.2.1", "192.0.2.2"});
    CHECK(test.snapshot()->zoneById(two) == before->zoneById(two));
    CHECK(contents(*before->zoneById(one), "www.a.org", type::a).size() == 1);
  }

  TEST_CASE("new, renamed and deleted zones come and go, and the host is told")
  {
    StoreLoading test;
    test.poll();
    const auto id = test.store.addZone("a.org");
    test.host.forget();
    CHECK(test.poll().names == std::vector<std::string>{"a.org (new)"});
    REQUIRE(test.zone("a.org"));
    CHECK(test.host.calls() == std::vector<std::string>{"added a.org " + std::to_string(id), "changed a.org", "purge-below a.org"});

    test.store.execute("UPDATE domains SET name='b.org'");
    test.poll();
    CHECK(test.zone("a.org") == nullptr);
    REQUIRE(test.zone("b.org"));

    test.store.execute("DELETE FROM domains");
    test.host.forget();
    const auto report = test.poll();
    CHECK(report.names == std::vector<std::string>{"b.org (gone)"});
    CHECK(test.snapshot()->zoneCount() == 0);
    const auto calls = test.host.calls();
    CHECK(std::count(calls.begin(), calls.end(), "removed b.org") == 1);
  }

  TEST_CASE("what was purged after a change is purged once more after a poll-interval, then no more")
  {
    StoreLoading test;
    test.store.addZone("a.org");
    test.poll();
    test.store.execute("INSERT INTO domainmetadata(domain_id, kind, content) VALUES(1, 'X', 'y')");
    const auto purges = [&test] {
      const auto calls = test.host.calls();
      test.host.forget();
      return std::count(calls.begin(), calls.end(), "changed a.org") + 10 * std::count(calls.begin(), calls.end(), "purge-below a.org");
    };
    test.settings.pollInterval = std::chrono::hours(1);
    test.host.forget();
    test.poll();
    CHECK(purges() == 11);
    test.poll();
    test.loader.purgeAgain(StoreLoader::Clock::now());
    CHECK(purges() == 0);
    const auto later = StoreLoader::Clock::now() + std::chrono::hours(1);
    test.loader.purgeAgain(later);
    CHECK(purges() == 11);
    test.loader.purgeAgain(later);
    CHECK(purges() == 0);
  }

  TEST_CASE("a report names the first few zones only")
  {
    StoreLoading test;
    for (const auto* name : {"a.org", "b.org", "c.org", "d.org", "e.org"}) {
      test.store.addZone(name);
    }
    const auto report = test.poll();
    CHECK(report.zones == 5);
    CHECK(report.names.size() == 3);
  }

  TEST_CASE("rows that are what they were leave the zone the same object, whatever made us read them")
  {
    StoreLoading test;
    const auto id = test.store.addZone("a.org");
    const auto record = test.store.addRecord(id, "www.a.org", "A", "192.0.2.1");
    test.store.addZone("b.org");
    test.poll();
    const auto before = test.snapshot();
    test.host.forget();
    CHECK(test.poll(true).zones == 0);
    CHECK(test.snapshot() == before);
    test.store.execute("UPDATE records SET ttl=61; UPDATE records SET ttl=60");
    CHECK(test.poll().zones == 0);
    CHECK(test.zone("a.org") == before->zoneById(id));
    CHECK(test.host.calls().empty());
    for (const auto* change : {"ttl=61", "content='192.0.2.2'", "name='w.a.org'", "type='TXT'", "auth=0", "prio=5", "ordername='x'", "disabled=1"}) {
      CAPTURE(change);
      test.store.execute("UPDATE records SET " + std::string(change) + " WHERE id=" + std::to_string(record));
      CHECK(test.poll().zones == 1);
    }
  }

  TEST_CASE("a changed target gives every zone its owners anew, though none of its rows changed")
  {
    StoreLoading test;
    const auto id = test.store.addZone("a.org");
    test.store.addRecord(id, "www.a.org", "A", "192.0.2.1");
    test.store.addNode("east");
    test.poll();
    CHECK_FALSE(test.zone("a.org")->find(wire("www.a.org")).front().dependent());
    test.store.execute("INSERT INTO node_targets(node, target) VALUES('east', '192.0.2.1')");
    auto report = test.poll();
    CHECK(report.nodes);
    CHECK(report.zones == 0);
    CHECK(test.zone("a.org")->find(wire("www.a.org")).front().dependent());
    test.store.execute("DELETE FROM nodes");
    CHECK(test.poll().nodes);
    CHECK_FALSE(test.zone("a.org")->find(wire("www.a.org")).front().dependent());
  }

  TEST_CASE("another change of a node is reported, and leaves the zones alone")
  {
    StoreLoading test;
    test.store.addZone("a.org");
    test.store.addNode("east");
    test.store.addNode("west");
    test.store.execute("INSERT INTO checks(id, node, url) VALUES(1, 'east', 'http://192.0.2.1/')");
    test.poll();
    const auto before = test.snapshot();
    for (const auto* change : {"UPDATE nodes SET admin_state='drain' WHERE name='east'", "UPDATE checks SET fall=4", "UPDATE checks SET node='west'", "UPDATE checks SET enabled=0", "DELETE FROM nodes WHERE name='west'", "UPDATE nodes SET require='any'",
           "INSERT INTO node_state(node, state, since, updated, reason) VALUES('east', 'drained', 1, 1, 'new kernel')", "UPDATE node_state SET reason='new disk'"}) {
      CAPTURE(change);
      test.store.execute(change);
      const auto report = test.poll();
      CHECK(report.nodes);
      CHECK(report.zones == 0);
      CHECK(test.snapshot() == before);
      CHECK_FALSE(test.poll().nodes);
    }
    test.store.execute("UPDATE nodes SET comment='of no interest'");
    CHECK_FALSE(test.poll().nodes);
  }

  TEST_CASE("what stands beside the nodes is reported, and leaves nodes and zones alone")
  {
    StoreLoading test;
    test.store.addZone("a.org");
    test.store.addNode("east");
    test.store.execute("INSERT INTO checks(id, node, url) VALUES(1, 'east', 'push://backup')");
    test.poll();
    const auto before = test.snapshot();
    struct Change
    {
      const char* sql;
      bool StoreLoader::Report::*seen;
    };
    const Change changes[] = {
      {"INSERT INTO \"references\"(id, url) VALUES(1, 'icmp://192.0.2.1')", &StoreLoader::Report::references},
      {"INSERT INTO peers(name, url, api_key) VALUES('ns2', 'http://192.0.2.2:8081', 's3cret')", &StoreLoader::Report::peers},
      {"UPDATE peers SET api_key='other'", &StoreLoader::Report::peers},
      {"INSERT INTO notifications(id, url) VALUES(1, 'https://hooks.example/')", &StoreLoader::Report::notifications},
      {"UPDATE notifications SET enabled=0", &StoreLoader::Report::notifications},
      {"INSERT INTO reports(check_id, outcome) VALUES(1, 'up')", &StoreLoader::Report::reports},
      {"UPDATE reports SET outcome='down'", &StoreLoader::Report::reports},
    };
    for (const auto& [sql, seen] : changes) {
      CAPTURE(sql);
      test.store.execute(sql);
      auto report = test.poll();
      CHECK(report.*seen);
      report.*seen = false;
      CHECK_FALSE((report.nodes || report.policies || report.references || report.peers || report.notifications || report.reports));
      CHECK(report.zones == 0);
      CHECK(test.snapshot() == before);
      CHECK_FALSE(test.poll().*seen);
    }
    const auto orders = test.loader.orders();
    CHECK(orders.nodes.size() == 1);
    CHECK(orders.references.size() == 1);
    CHECK(orders.peers.size() == 1);
    CHECK(orders.notices.empty());
    CHECK(test.loader.reports().size() == 1);
  }

  TEST_CASE("rows beside the nodes that cannot be used are logged and counted, without their secrets")
  {
    StoreLoading test;
    test.poll();
    test.store.execute("DROP TRIGGER failover_peers_insert; INSERT INTO peers(name, url, api_key) VALUES('ns2', 'http://u:s3cret@192.0.2.2:8081', 's3cret');"
                       "DROP TRIGGER failover_reports_insert; INSERT INTO reports(check_id, outcome) VALUES(7, 'up')");
    test.poll();
    CHECK(test.loader.problems().total() == 2);
    CHECK(test.host.count(LogLevel::Error, "store: peers ns2: url: 'http://192.0.2.2:8081' is not") == 1);
    CHECK(test.host.count(LogLevel::Error, "store: reports check_id 7: check_id: there is no push check") == 1);
  }

  TEST_CASE("a policy reaches the zones it is for, at once and once")
  {
    StoreLoading test;
    test.store.addNode("east", {"192.0.2.1"});
    test.store.addRecord(test.store.addZone("a.org"), "www.a.org", "A", "192.0.2.1");
    const auto whenDown = [&test] { return test.zone("a.org")->find(wire("www.a.org")).front().plan->whenDown(); };
    test.poll();
    CHECK((whenDown() == WhenDown::ServeAll));
    test.store.execute("INSERT INTO policies(name, when_down) VALUES('*.a.org', 'nodata')");
    const auto report = test.poll();
    CHECK(report.policies);
    CHECK_FALSE(report.nodes);
    CHECK(report.zones == 0); // its rows are what they were
    CHECK((whenDown() == WhenDown::NoData));
    const auto snapshot = test.snapshot();
    CHECK_FALSE(test.poll().policies);
    CHECK(test.snapshot() == snapshot);
    test.store.execute("PRAGMA ignore_check_constraints=1; UPDATE policies SET when_down='no'");
    test.poll();
    CHECK((whenDown() == WhenDown::NoData)); // the last good version
    CHECK(test.host.count(LogLevel::Error, "policies id 1: when_down: 'no'") == 1);
  }

  TEST_CASE("our own writes of states are no change")
  {
    StoreLoading test;
    test.store.addNode("east");
    test.poll();
    test.loader.store()->database().execute("INSERT INTO node_state(node, state, since, updated) VALUES('east', 'up', 1, 1)");
    test.loader.wrote();
    test.host.forget();
    CHECK_FALSE(test.poll().nodes);
    CHECK(test.host.calls().empty());
  }

  TEST_CASE("many nodes and zones deleted at once leave nothing behind")
  {
    StoreLoading test;
    for (int i = 0; i < 20; ++i) {
      test.store.addZone("z" + std::to_string(i) + ".org");
    }
    test.poll();
    CHECK(test.snapshot()->zoneCount() == 20);
    test.store.execute("DELETE FROM domains WHERE name<>'z7.org'");
    test.poll();
    CHECK(test.snapshot()->zoneCount() == 1);
    CHECK(test.zone("z7.org"));
  }
}
