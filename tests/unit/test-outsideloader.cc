// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "backend/outsideloader.hh"
#include "teststore.hh"

using namespace failover;
using namespace failover::test;
using namespace std::chrono_literals;

namespace
{
Outside load(const TestStore& store, const Outside& previous = Outside())
{
  Database database(store.file(), 10s);
  return loadOutside(database, previous);
}

// A statement that no constraint or trigger of the schema stops, as in a store made by other hands.
void force(const TestStore& store, const std::string& sql)
{
  std::string all = "PRAGMA ignore_check_constraints=1;";
  for (const auto* table : {"references", "peers", "notifications"}) {
    for (const auto* event : {"_insert;", "_update;"}) {
      all += "DROP TRIGGER IF EXISTS failover_" + std::string(table) + event;
    }
  }
  store.execute(all + sql);
}
}

TEST_SUITE("outsideloader")
{
  TEST_CASE("rows come in the order of their keys, those that are not enabled do not")
  {
    const TestStore store;
    store.addNode("east");
    store.execute("INSERT INTO \"references\"(id, url, address, fall, send, enabled) VALUES(2, 'tcp://gw.example:22', '192.0.2.9', 5, 'x', 1), (1, 'icmp://192.0.2.1', NULL, 3, NULL, 1), (3, 'icmp://192.0.2.1', NULL, 3, NULL, 0)");
    store.execute("INSERT INTO peers VALUES('ns3', 'https://ns3.example:8443', '192.0.2.3', 's3cret', 500, 400, '192.0.2.1', 0, '/ca.pem', 1), ('ns4', 'http://h:1', NULL, 'x', 500, 400, NULL, 1, NULL, 0)");
    store.execute("INSERT INTO peers(name, url, api_key) VALUES('ns2', 'http://192.0.2.2:8081', 's3cret')");
    store.execute("INSERT INTO notifications VALUES(7, 'https://hooks.example/x', 's3cret', 'east', 'down,freeze', 5, 60, 0, '/ca.pem', 1), (8, 'http://h', NULL, NULL, 'up', 0, NULL, 1, NULL, 0)");
    store.execute("INSERT INTO notifications(id, url) VALUES(6, 'exec://page/a')");
    const auto outside = load(store);
    CHECK(outside.problems.empty());
    REQUIRE(outside.references.size() == 2);
    CHECK(outside.references[0].id == 1);
    CHECK((outside.references[0].kind == CheckKind::Ping));
    CHECK(outside.references[1].address == "192.0.2.9");
    CHECK(outside.references[1].fall == 5);
    CHECK(outside.references[1].send == "x");
    REQUIRE(outside.peers.size() == 2);
    CHECK(outside.peers[0].name == "ns2");
    CHECK(outside.peers[0].interval == 1s);
    CHECK((outside.peers[1] == PeerSpec{"ns3", "https://ns3.example:8443", "https://ns3.example:8443", "192.0.2.3", "s3cret", 500ms, 400ms, "192.0.2.1", false, "/ca.pem"}));
    REQUIRE(outside.notices.size() == 2);
    CHECK(outside.notices[0].program == "page");
    CHECK(outside.notices[0].repeat == 0s);
    const auto& hook = outside.notices[1];
    CHECK(hook.id == 7);
    CHECK(hook.token == "s3cret");
    CHECK(hook.node == "east");
    CHECK(hook.onDown);
    CHECK_FALSE(hook.onUp);
    CHECK(hook.onFreeze);
    CHECK(hook.delay == 5s);
    CHECK(hook.repeat == 60s);
    CHECK_FALSE(hook.tlsVerify);
    CHECK(hook.caFile == "/ca.pem");
  }

  TEST_CASE("a row that became bad keeps its last good version, and is a problem")
  {
    const TestStore store;
    store.execute("INSERT INTO \"references\"(id, url) VALUES(1, 'icmp://192.0.2.1');"
                  "INSERT INTO peers(name, url, api_key) VALUES('ns2', 'http://192.0.2.2:8081', 's3cret');"
                  "INSERT INTO notifications(id, url) VALUES(6, 'exec://page')");
    const auto first = load(store);
    force(store, "UPDATE \"references\" SET url='gopher://x'; UPDATE peers SET api_key='two words'; UPDATE notifications SET events='doom'");
    const auto second = load(store, first);
    CHECK(second.references == first.references);
    CHECK(second.peers == first.peers);
    CHECK(second.notices == first.notices);
    REQUIRE(second.problems.total() == 3);
    CHECK(second.problems.listed()[0].text().starts_with("references id 1: url: 'gopher://x' does not begin with http://"));
    CHECK(second.problems.listed()[0].text().ends_with(" (the last good version stays)"));
    CHECK(second.problems.listed()[1].text() == "peers ns2: api_key: is not 1 to 1000 printable characters without blanks (the last good version stays)");
    CHECK(second.problems.listed()[2].text() == "notifications id 6: events: 'doom' is not a list of down, up and freeze (the last good version stays)");
    const auto anew = load(store);
    CHECK(anew.references.empty());
    CHECK(anew.peers.empty());
    CHECK(anew.notices.empty());
    CHECK(anew.problems.listed()[1].text().ends_with(" (left out)"));
  }

  TEST_CASE("what only a store without our triggers has is a problem")
  {
    const TestStore store;
    force(store, "INSERT INTO \"references\"(id, url) VALUES(1, 'push://x'); INSERT INTO notifications(id, url, node) VALUES(6, 'exec://page', 'ghost')");
    const auto outside = load(store);
    CHECK(outside.references.empty());
    CHECK(outside.notices.empty());
    REQUIRE(outside.problems.total() == 2);
    CHECK(outside.problems.listed()[0].text() == "references id 1: url: 'push://x' is nothing that can be asked (left out)");
    CHECK(outside.problems.listed()[1].text() == "notifications id 6: node: 'ghost' does not exist (left out)");
  }
}
