// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "backend/nodeloader.hh"
#include "teststore.hh"
#include "zonemaker.hh"

using namespace failover;
using namespace failover::test;
using namespace std::chrono_literals;
using std::chrono::system_clock;

namespace
{
const system_clock::time_point s_now{std::chrono::seconds(2'000'000'000)};

NodeTable load(const TestStore& store, const NodeTable* previous = nullptr, std::chrono::seconds maxAge = 1h)
{
  const FakeHost host;
  Database database(store.file(), 10s);
  return loadNodes(database, host, previous, s_now, maxAge);
}

// A statement that no constraint or trigger of the schema stops, as in a store made by other hands.
void force(const TestStore& store, const std::string& sql)
{
  Database database(store.file(), 10s);
  std::vector<std::string> triggers;
  {
    Statement names(database, "SELECT name FROM sqlite_schema WHERE type='trigger' AND tbl_name IN ('nodes', 'node_targets', 'checks')");
    while (names.step()) {
      triggers.emplace_back(names.text(0));
    }
  }
  for (const auto& trigger : triggers) {
    database.execute(("DROP TRIGGER " + trigger).c_str());
  }
  database.execute(("PRAGMA ignore_check_constraints=1; " + sql).c_str());
}

const Owner* ownerOf(const NodeTable& table, const std::string& address)
{
  const auto found = table.owners->find(*addressTarget(address));
  return found == table.owners->end() ? nullptr : found->second.get();
}

void remember(const TestStore& store, const std::string& state, const std::string& verdict, std::chrono::seconds age, const std::string& reason)
{
  const auto now = std::to_string(s_now.time_since_epoch() / 1s);
  store.execute("REPLACE INTO node_state(node, state, verdict, since, updated, reason) VALUES('east', '" + state + "', '" + verdict + "', 1900000000, " + now + "-" + std::to_string(age.count()) + ", '" + reason + "')");
}
}

TEST_SUITE("nodeloader")
{
  TEST_CASE("nodes come by name, each with its enabled checks and its targets")
  {
    const TestStore store;
    store.addNode("west", {"192.0.2.2"});
    store.addNode("east", {"192.0.2.1", "2001:DB8::1", "MX.example.org."});
    store.execute("INSERT INTO checks(id, node, url, interval_ms) VALUES(4, 'east', 'http://192.0.2.1/', 5000), (5, 'east', 'tcp://192.0.2.1:25', 3000)");
    store.execute("INSERT INTO checks(id, node, url, enabled) VALUES(6, 'east', 'http://192.0.2.1/off', 0)");
    const auto table = load(store);
    CHECK(table.problems.empty());
    REQUIRE(table.nodes.size() == 2);
    CHECK(table.nodes[0].name == "east");
    CHECK(table.nodes[1].name == "west");
    REQUIRE(table.nodes[0].checks.size() == 2);
    CHECK(table.nodes[0].checks[0].id == 4);
    CHECK(table.nodes[0].checks[0].interval == 5s);
    CHECK((table.nodes[0].checks[1].kind == CheckKind::Tcp));
    CHECK(table.nodes[1].checks.empty());
    CHECK(table.owners->size() == 4);
    CHECK(ownerOf(table, "2001:db8:0::1")->includes("east"));
    CHECK(table.owners->at(hostTarget(wire("mx.example.org")))->includes("east"));
    CHECK(ownerOf(table, "192.0.2.2")->includes("west"));
    CHECK_FALSE(ownerOf(table, "192.0.2.2")->includes("east"));
  }

  TEST_CASE("every column of a check arrives")
  {
    const TestStore store;
    store.addNode("east");
    store.execute("INSERT INTO checks VALUES(9, 'east', 'https://www.example.org:8443/x', '192.0.2.7', 'POST', 'X-A: b', '200', 'body', '/a=1', 4000, 1500, 250, 7, 5, '192.0.2.8', 0, '/ca.pem', 1, NULL, 'NOERROR', 'warn', 1, 'reuse', 0, 14)");
    const auto spec = load(store).nodes.at(0).checks.at(0);
    CHECK(spec.url == "https://www.example.org:8443/x");
    CHECK(spec.port == 8443);
    CHECK(spec.address == "192.0.2.7");
    CHECK(spec.method == "POST");
    CHECK(spec.headers == std::vector<std::string>{"X-A: b"});
    CHECK(spec.expectStatus.text() == "200");
    CHECK(spec.expectBody == "body");
    CHECK(spec.expectJson->text() == "/a=1");
    CHECK(spec.interval == 4s);
    CHECK(spec.timeout == 1500ms);
    CHECK(spec.retry == 250ms);
    CHECK(spec.fall == 7);
    CHECK(spec.rise == 5);
    CHECK(spec.source == "192.0.2.8");
    CHECK_FALSE(spec.tlsVerify);
    CHECK(spec.caFile == "/ca.pem");
    CHECK(spec.warningOnly);
    CHECK(spec.inverted);
    CHECK(spec.reuseConnection);
  }

  TEST_CASE("the columns of the other kinds arrive, too")
  {
    const TestStore store;
    store.addNode("east");
    store.execute("INSERT INTO checks(id, node, url, send) VALUES(1, 'east', 'tcp://192.0.2.1:25', 'QUIT\\r\\n');"
                  "INSERT INTO checks(id, node, url, expect_rcode) VALUES(2, 'east', 'dns://192.0.2.1/example.org', 'REFUSED');"
                  "INSERT INTO checks(id, node, url, starttls) VALUES(3, 'east', 'smtp://192.0.2.1', 1);"
                  "INSERT INTO checks(id, node, url, cert_warn_days) VALUES(4, 'east', 'tls://192.0.2.1:443', 30)");
    const auto table = load(store);
    CHECK(table.problems.empty());
    const auto& checks = table.nodes.at(0).checks;
    CHECK(checks.at(0).send == "QUIT\r\n");
    CHECK(checks.at(1).expectRcode == 5);
    CHECK(checks.at(2).startTls);
    CHECK(checks.at(3).certWarnDays == 30);
  }

  TEST_CASE("how many checks must pass")
  {
    const TestStore store;
    for (const auto& [text, count] : {std::pair("all", 0U), {"any", 1U}, {"1", 1U}, {"100", 100U}}) {
      store.execute("REPLACE INTO nodes(name, require) VALUES('east', '" + std::string(text) + "')");
      CHECK(load(store).nodes.at(0).require.atLeast == count);
    }
    for (const std::string bad : {"", "some", "0", "101", "2x", "-1"}) {
      force(store, "UPDATE nodes SET require='" + bad + "'");
      const auto table = load(store);
      CHECK(table.nodes.at(0).require == Requirement());
      REQUIRE(table.problems.total() == 1);
      CHECK(table.problems.listed()[0].text() == "nodes east: require: '" + bad + "' is none of all, any, 1 to 100; taken for all (served all the same)");
    }
  }

  TEST_CASE("a check counts for further nodes, each once")
  {
    const TestStore store;
    store.addNode("east");
    store.addNode("west");
    store.addNode("south");
    store.execute("INSERT INTO checks(id, node, url) VALUES(1, 'east', 'http://192.0.2.1/'), (2, 'west', 'http://192.0.2.1/'), (3, 'east', 'http://192.0.2.1/')");
    store.execute("INSERT INTO check_nodes VALUES(1, 'east'), (1, 'west'), (2, 'south'), (1, 'south'), (3, 'west')");
    store.execute("UPDATE checks SET enabled=0 WHERE id=3");
    const auto table = load(store);
    CHECK(table.problems.empty());
    CHECK(table.nodes[0].sharedChecks.empty());                       // east's own
    CHECK(table.nodes[1].sharedChecks == std::vector<int64_t>{1, 2}); // south
    CHECK(table.nodes[2].sharedChecks == std::vector<int64_t>{1});    // west
    store.execute("DELETE FROM check_nodes WHERE check_id=2");
    CHECK_FALSE(sameNodes(table, load(store), s_now));
  }

  TEST_CASE("a check keeps counting for further nodes while its last good version is used")
  {
    const TestStore store;
    store.addNode("east");
    store.addNode("west");
    store.execute("INSERT INTO checks(id, node, url) VALUES(1, 'east', 'http://192.0.2.1/'); INSERT INTO check_nodes VALUES(1, 'west')");
    const auto first = load(store);
    force(store, "UPDATE checks SET url='gopher://x/'; DROP TRIGGER failover_check_nodes_insert; INSERT INTO check_nodes VALUES(9, 'west'), (1, 'ghost')");
    const auto second = load(store, &first);
    CHECK(second.nodes[1].sharedChecks == std::vector<int64_t>{1});
    REQUIRE(second.problems.total() == 3);
    CHECK(second.problems.listed()[1].text() == "check_nodes 1 ghost: node 'ghost' does not exist (left out)");
    CHECK(second.problems.listed()[2].text() == "check_nodes 9 west: check 9 does not exist (left out)");
    CHECK(load(store).nodes[1].sharedChecks.empty());
  }

  TEST_CASE("what checks said is remembered as long as it is not too old, and so are flaps")
  {
    const TestStore store;
    store.addNode("east");
    store.execute("INSERT INTO checks(id, node, url) VALUES(1, 'east', 'http://192.0.2.1/'), (2, 'east', 'http://192.0.2.1/'), (3, 'east', 'http://192.0.2.1/')");
    store.execute("INSERT INTO check_state VALUES(1, 'up', 2, 0, 2, 2000000000-3600), (2, 'down', 0, 0, 9, 2000000000-3601)");
    remember(store, "down", "down", 3600s, "");
    store.execute("UPDATE node_state SET flaps=3, flaps_at=1900000001, held_until=2000000060");
    auto node = load(store).nodes.at(0);
    CHECK((node.rememberedChecks == std::map<int64_t, RememberedCheck>{{1, {Verdict::Up, 2, false, 2}}}));
    CHECK(node.flaps.count == 3);
    CHECK(node.flaps.changed.time_since_epoch() == 1'900'000'001s);
    CHECK(node.flaps.heldUntil.time_since_epoch() == 2'000'000'060s);
    node = load(store, nullptr, 3599s).nodes.at(0);
    CHECK(node.rememberedChecks.empty());
    CHECK(node.flaps.count == 0);
    CHECK(node.flaps.heldUntil == system_clock::time_point{});
    force(store, "DELETE FROM check_state; INSERT INTO check_state VALUES(1, 'odd', -1, 1, -1, 2000000000)");
    CHECK((load(store).nodes.at(0).rememberedChecks.at(1) == RememberedCheck{Verdict::Unknown, 0, true, 0}));
  }

  TEST_CASE("two spellings of one address are one target, and two nodes may share one")
  {
    const TestStore store;
    store.addNode("east", {"2001:db8::1", "2001:DB8:0:0::1", "192.0.2.1"});
    store.addNode("west", {"192.0.2.1"});
    const auto table = load(store);
    CHECK(table.owners->size() == 2);
    table.nodes[0].health->publish(NodeState::Down, 0);
    CHECK_FALSE(ownerOf(table, "2001:db8::1")->serving());
    CHECK(ownerOf(table, "192.0.2.1")->serving()); // west has it too
    table.nodes[1].health->publish(NodeState::Down, 0);
    CHECK_FALSE(ownerOf(table, "192.0.2.1")->serving());
  }

  TEST_CASE("the next table has the same health, and the same owners unless a target changed")
  {
    const TestStore store;
    store.addNode("east", {"192.0.2.1"});
    const auto first = load(store);
    store.addNode("west");
    store.execute("UPDATE nodes SET admin_state='drain' WHERE name='east'");
    const auto second = load(store, &first);
    CHECK(second.nodes[0].health == first.nodes[0].health);
    CHECK((second.nodes[0].admin == AdminState::Drain));
    CHECK(second.owners == first.owners);
    store.execute("INSERT INTO node_targets(node, target) VALUES('west', '192.0.2.2')");
    const auto third = load(store, &second);
    CHECK(third.owners != second.owners);
    CHECK(third.nodes[0].health == first.nodes[0].health);
    store.execute("UPDATE node_targets SET node='west'");
    CHECK(ownerOf(load(store, &third), "192.0.2.1")->includes("west"));
  }

  TEST_CASE("a check that became bad keeps its last good version, and is a problem")
  {
    const TestStore store;
    store.addNode("east");
    store.execute("INSERT INTO checks(id, node, url) VALUES(1, 'east', 'http://192.0.2.1/')");
    const auto first = load(store);
    force(store, "UPDATE checks SET url='gopher://192.0.2.1/', fall=9; INSERT INTO checks(id, node, url) VALUES(2, 'east', 'gopher://x/')");
    const auto second = load(store, &first);
    REQUIRE(second.nodes[0].checks.size() == 1);
    CHECK(second.nodes[0].checks[0] == first.nodes[0].checks[0]);
    REQUIRE(second.problems.total() == 2);
    CHECK(second.problems.listed()[0].table == "checks");
    CHECK(second.problems.listed()[0].row == "id 1");
    CHECK(second.problems.listed()[0].reason.starts_with("url: 'gopher://192.0.2.1/'"));
    CHECK(load(store, &second).nodes[0].checks.size() == 1);
    CHECK(load(store).nodes[0].checks.empty());
  }

  TEST_CASE("a target that became bad keeps its last good version, and is a problem")
  {
    const TestStore store;
    store.addNode("east", {"192.0.2.1"});
    const auto first = load(store);
    force(store, "UPDATE node_targets SET target='x..y'");
    const auto second = load(store, &first);
    CHECK(second.owners == first.owners);
    REQUIRE(second.problems.total() == 1);
    CHECK(second.problems.listed()[0].text() == "node_targets east x..y: 'x..y' is no domain name (the last good version stays)");
    CHECK(load(store).owners->empty());
  }

  TEST_CASE("no node inherits the last good check or target of another one")
  {
    const TestStore store;
    store.addNode("east", {"192.0.2.1"});
    store.addNode("west");
    store.execute("INSERT INTO checks(id, node, url) VALUES(1, 'east', 'http://192.0.2.1/')");
    const auto first = load(store);
    force(store, "UPDATE node_targets SET node='west', target='x..y'; UPDATE checks SET node='west', url='gopher://x/'");
    const auto second = load(store, &first);
    CHECK(second.problems.total() == 2);
    CHECK(second.owners->empty());
    CHECK(second.nodes[1].checks.empty());
  }

  TEST_CASE("rows of a node that does not exist are problems of their own")
  {
    const TestStore store;
    store.addNode("east");
    force(store, "INSERT INTO node_targets(node, target) VALUES('ghost', '192.0.2.1'); INSERT INTO checks(id, node, url) VALUES(3, 'ghost', 'http://192.0.2.1/'); UPDATE nodes SET admin_state='asleep'");
    const auto table = load(store);
    CHECK(table.owners->empty());
    CHECK((table.nodes[0].admin == AdminState::Auto));
    REQUIRE(table.problems.total() == 3);
    CHECK(table.problems.listed()[0].text() == "nodes east: admin_state: 'asleep' is none of auto, up, down, drain; taken for auto (served all the same)");
    CHECK(table.problems.listed()[1].text() == "checks id 3: node 'ghost' does not exist (left out)");
    CHECK(table.problems.listed()[2].text() == "node_targets ghost 192.0.2.1: node 'ghost' does not exist (left out)");
  }

  TEST_CASE("a remembered state counts as long as it is not too old, to the second")
  {
    const TestStore store;
    store.addNode("east");
    for (const auto age : {0s, 3600s, 3601s}) {
      CAPTURE(age.count());
      remember(store, "down", "down", age, "it was so");
      const auto node = load(store).nodes.at(0);
      const bool recent = age <= 3600s;
      CHECK((node.remembered == (recent ? Verdict::Down : Verdict::Unknown)));
      CHECK(node.health->serving() != recent);
      CHECK((node.since == system_clock::time_point{}) != recent);
    }
    CHECK((load(store, nullptr, 2h).nodes[0].remembered == Verdict::Down));
  }

  TEST_CASE("a drain and its reason are remembered however old")
  {
    const TestStore store;
    store.addNode("east");
    store.execute("UPDATE nodes SET admin_state='drain'");
    remember(store, "drained", "up", 100h, "new kernel");
    auto node = load(store).nodes.at(0);
    CHECK((node.admin == AdminState::Drain));
    CHECK(node.adminReason == "new kernel");
    CHECK((node.remembered == Verdict::Unknown));
    CHECK((node.health->state() == NodeState::Drained));
    CHECK(node.since.time_since_epoch() == 1'900'000'000s);

    remember(store, "up", "up", 0s, "first check"); // from before the drain: not its reason
    node = load(store).nodes.at(0);
    CHECK(node.adminReason.empty());
    CHECK((node.health->state() == NodeState::Drained));
  }

  TEST_CASE("each node has its drains, in the order of their starts, and those that are over make no difference")
  {
    const TestStore store;
    store.addNode("east");
    store.addNode("west");
    store.execute("INSERT INTO drains(id, node, starts, ends, reason) VALUES(1, 'east', 2000000100, NULL, 'new kernel'), (2, 'east', 2000000050, 2000000060, NULL)");
    const auto table = load(store);
    const auto at = [](int64_t second) { return std::chrono::sys_seconds(std::chrono::seconds(second)); };
    CHECK((table.nodes[0].drains == std::vector<PlannedDrain>{{2, at(2000000050), at(2000000060), ""}, {1, at(2000000100), {}, "new kernel"}}));
    CHECK(table.nodes[1].drains.empty());
    CHECK(table.nodes[0].health->serving());
    CHECK(sameNodes(table, load(store), s_now));
    store.execute("DELETE FROM drains WHERE id=2");
    CHECK_FALSE(sameNodes(table, load(store), s_now + 59s));
    CHECK(sameNodes(table, load(store), s_now + 60s));
  }

  TEST_CASE("a node is drained from the load on where its plan says so, and only 'auto' yields")
  {
    const TestStore store;
    store.addNode("east");
    store.execute("INSERT INTO drains(node, starts, ends) VALUES('east', 2000000000, 2000000001)");
    const auto node = load(store).nodes.at(0);
    CHECK((node.admin == AdminState::Auto));
    CHECK((node.health->state() == NodeState::Drained));
    CHECK((node.last == NodeState::Drained));
    store.execute("UPDATE nodes SET admin_state='up'");
    CHECK((load(store).nodes.at(0).health->state() == NodeState::ForcedUp));
    store.execute("UPDATE nodes SET admin_state='auto'; UPDATE drains SET ends=2000000000, starts=1999999999");
    CHECK(load(store).nodes.at(0).health->serving());
  }

  TEST_CASE("drains that cannot be used are problems, and harmless")
  {
    const TestStore store;
    store.addNode("east");
    force(store, "DROP TRIGGER failover_drains_insert; INSERT INTO drains(id, node, starts, ends) VALUES(1, 'ghost', 1, 2), (2, 'east', 5, 5), (3, 'east', -1, 7), (4, 'east', 2000000000000, NULL)");
    const auto table = load(store);
    CHECK(table.nodes[0].drains.empty());
    REQUIRE(table.problems.total() == 4);
    CHECK(table.problems.listed()[0].text() == "drains id 3: starts: '-1' is no number from 0 to 4294967295 (left out)");
    CHECK(table.problems.listed()[1].text() == "drains id 2: ends: is not after starts (left out)");
    CHECK(table.problems.listed()[2].text() == "drains id 4: starts: '2000000000000' is no number from 0 to 4294967295 (left out)");
    CHECK(table.problems.listed()[3].text() == "drains id 1: node 'ghost' does not exist (left out)");
  }

  TEST_CASE("what a node was is remembered with its time: only another state is a turn")
  {
    const TestStore store;
    store.addNode("east");
    const auto since = int64_t{1'900'000'000'000};
    CHECK(load(store).nodes[0].health->turnedAt() == 0);
    for (const auto* state : {"up", "down"}) {
      remember(store, state, state, 0s, "");
      const auto node = load(store).nodes.at(0);
      CHECK(toString(node.last) == state);
      CHECK(node.health->turnedAt() == since);
    }
    remember(store, "drained", "up", 0s, "planned drain"); // which has ended while nobody ran
    const auto node = load(store).nodes.at(0);
    CHECK((node.last == NodeState::Drained));
    CHECK(node.rememberedReason.empty());
    CHECK((node.health->state() == NodeState::Up));
    CHECK(node.health->turnedAt() == toMilliseconds(s_now));
  }
}
