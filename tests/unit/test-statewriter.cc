// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "backend/statewriter.hh"
#include "teststore.hh"

using namespace failover;
using namespace failover::test;
using namespace std::chrono_literals;
using std::chrono::system_clock;

namespace
{
const system_clock::time_point s_now{std::chrono::seconds(2'000'000'000)};

NodeStatus nodeIn(NodeState state, Verdict verdict)
{
  NodeStatus node;
  node.name = "east";
  node.state = state;
  node.since = s_now - 90s;
  node.reason = "why";
  node.verdict = verdict;
  node.admin = state == NodeState::Drained ? AdminState::Drain : state == NodeState::ForcedUp ? AdminState::Up
    : state == NodeState::ForcedDown                                                          ? AdminState::Down
                                                                                              : AdminState::Auto;
  node.adminReason = "new kernel";
  return node;
}

NodeTransition transition(int second)
{
  return {"east", NodeState::Up, NodeState::Down, "number " + std::to_string(second), s_now + std::chrono::seconds(second) + 7ms};
}

void write(const TestStore& store, const std::vector<NodeTransition>& transitions, const std::vector<NodeStatus>& nodes, size_t history = 100)
{
  Database database(store.file(), 10s);
  writeStates(database, transitions, nodes, s_now, history);
}

std::string stateRow(const TestStore& store)
{
  return store.value("SELECT state || ' ' || verdict || ' ' || since || ' ' || updated || ' ' || reason FROM node_state WHERE node='east'");
}
}

TEST_SUITE("statewriter")
{
  TEST_CASE("a state is written with its times and reason, and overwritten by the next")
  {
    const TestStore store;
    store.addNode("east");
    write(store, {}, {nodeIn(NodeState::Down, Verdict::Down)});
    CHECK(stateRow(store) == "down down 1999999910 2000000000 why");
    write(store, {}, {nodeIn(NodeState::Up, Verdict::Up)});
    CHECK(stateRow(store) == "up up 1999999910 2000000000 why");
    CHECK(store.value("SELECT count(*) FROM node_state") == "1");
  }

  TEST_CASE("under an operator's state the checks' own verdict is kept, and the operator's own words")
  {
    const TestStore store;
    store.addNode("east");
    const std::pair<NodeState, const char*> wishes[] = {{NodeState::Drained, "drain"}, {NodeState::ForcedUp, "up"}, {NodeState::ForcedDown, "down"}};
    for (const auto& [state, wish] : wishes) {
      store.execute("UPDATE nodes SET admin_state='" + std::string(wish) + "'; DELETE FROM node_state");
      write(store, {}, {nodeIn(state, Verdict::Down)});
      CHECK(stateRow(store) == std::string(toString(state)) + " down 1999999910 2000000000 new kernel");
    }
    store.execute("UPDATE nodes SET admin_state='auto'");
    for (const auto state : {NodeState::Up, NodeState::Down, NodeState::Unknown}) {
      write(store, {}, {nodeIn(state, Verdict::Unknown)});
      CHECK(stateRow(store) == std::string(toString(state)) + " unknown 1999999910 2000000000 why");
    }
  }

  TEST_CASE("a state that the operator's wish has overtaken is not written over the operator's reason")
  {
    const TestStore store;
    store.addNode("east");
    Database database(store.file(), 10s);
    REQUIRE(writeAdminState(database, "east", AdminState::Drain, NodeState::Drained, "new kernel", s_now));
    write(store, {}, {nodeIn(NodeState::Up, Verdict::Up)});
    CHECK(stateRow(store) == "drained unknown 2000000000 2000000000 new kernel");
    REQUIRE(writeAdminState(database, "east", AdminState::Drain, NodeState::Drained, "new disk", s_now));
    write(store, {}, {nodeIn(NodeState::Drained, Verdict::Up)});
    CHECK(stateRow(store) == "drained up 1999999910 2000000000 new disk");
  }

  TEST_CASE("a planned drain is written with its own reason, beside a wish that is still 'auto'")
  {
    const TestStore store;
    store.addNode("east");
    auto node = nodeIn(NodeState::Drained, Verdict::Up);
    node.admin = AdminState::Auto;
    write(store, {}, {node});
    CHECK(stateRow(store) == "drained up 1999999910 2000000000 why");
    node.reason = "why now";
    write(store, {}, {node});
    CHECK(stateRow(store) == "drained up 1999999910 2000000000 why now");
  }

  TEST_CASE("what a node's flaps are is written, and no moment that has not been")
  {
    const TestStore store;
    store.addNode("east");
    const auto row = [&store] { return store.value("SELECT flaps || ' ' || coalesce(flaps_at, '-') || ' ' || coalesce(held_until, '-') FROM node_state"); };
    auto node = nodeIn(NodeState::Down, Verdict::Down);
    write(store, {}, {node});
    CHECK(row() == "0 - -");
    node.flaps = {3, s_now - 5s, s_now + 120s};
    write(store, {}, {node});
    CHECK(row() == "3 1999999995 2000000120");
    node.flaps = {3, s_now - 5s - 1ns, s_now + 120s - 1ns}; // as read from there, but for two clocks that are not read at once
    write(store, {}, {node});
    CHECK(row() == "3 1999999995 2000000120");
    node.flaps = {};
    write(store, {}, {node});
    CHECK(row() == "0 - -");
  }

  TEST_CASE("each check that has run is written; those that are gone go")
  {
    const TestStore store;
    store.addNode("east");
    store.execute("INSERT INTO checks(id, node, url) VALUES(1, 'east', 'http://192.0.2.1/'), (2, 'east', 'http://192.0.2.1/'), (3, 'east', 'http://192.0.2.1/')");
    store.execute("INSERT INTO check_state VALUES(3, 'down', 1, 0, 7, 1900000000), (9, 'up', 0, 1, 7, 1900000000)");
    auto node = nodeIn(NodeState::Up, Verdict::Up);
    const auto status = [](int64_t id, Verdict verdict, bool passed, unsigned contrary, uint64_t streak) {
      CheckStatus check;
      check.id = id;
      check.verdict = verdict;
      check.passed = passed;
      check.contrary = contrary;
      check.streak = streak;
      return check;
    };
    node.checks = {status(1, Verdict::Up, false, 2, 2), status(2, Verdict::Down, false, 0, 12), status(3, Verdict::Up, false, 0, 0), status(8, Verdict::Up, true, 0, 1)};
    const auto rows = [&store] { return store.value("SELECT group_concat(check_id || ' ' || verdict || ' ' || contrary || ' ' || passed || ' ' || streak || ' ' || updated, ', ') FROM check_state"); };
    write(store, {}, {node});
    CHECK(rows() == "1 up 2 0 2 2000000000, 2 down 0 0 12 2000000000, 3 down 1 0 7 1900000000");
    node.checks = {status(1, Verdict::Down, false, 0, 3)};
    store.execute("DELETE FROM checks WHERE id=2");
    write(store, {}, {node});
    CHECK(rows() == "1 down 0 0 3 2000000000, 3 down 1 0 7 1900000000");
  }

  TEST_CASE("drains go a day after their end; those without one stay")
  {
    const TestStore store;
    store.addNode("east");
    store.execute("INSERT INTO drains(id, node, starts, ends) VALUES(1, 'east', 1, 2000000000-86401), (2, 'east', 1, 2000000000-86400), (3, 'east', 1, NULL), (4, 'east', 1, 2000000001)");
    write(store, {}, {});
    CHECK(store.value("SELECT group_concat(id) FROM drains") == "2,3,4");
  }

  TEST_CASE("a node that was deleted gets no state any more, but its history stays")
  {
    const TestStore store;
    write(store, {transition(1)}, {nodeIn(NodeState::Down, Verdict::Down)});
    CHECK(store.value("SELECT count(*) FROM node_state") == "0");
    CHECK(store.value("SELECT at_ms || ' ' || node || ' ' || from_state || ' ' || to_state || ' ' || reason FROM health_events") == "2000000001007 east up down number 1");
  }

  TEST_CASE("history keeps the newest events, exactly as many as wanted")
  {
    const TestStore store;
    for (int i = 1; i <= 10; ++i) {
      write(store, {transition(2 * i - 1), transition(2 * i)}, {}, 5);
    }
    CHECK(store.value("SELECT count(*) FROM health_events") == "5");
    CHECK(store.value("SELECT reason FROM health_events ORDER BY id LIMIT 1") == "number 16");
    CHECK(store.value("SELECT reason FROM health_events ORDER BY id DESC LIMIT 1") == "number 20");
    write(store, {transition(21)}, {}, 0);
    CHECK(store.value("SELECT count(*) FROM health_events") == "0");
  }

  TEST_CASE("a write that fails leaves nothing behind")
  {
    const TestStore store;
    store.addNode("east");
    store.execute("CREATE TRIGGER refuse BEFORE INSERT ON node_state BEGIN SELECT RAISE(ABORT, 'refused'); END");
    CHECK_THROWS_AS(write(store, {transition(1)}, {nodeIn(NodeState::Down, Verdict::Down)}), SqliteError);
    CHECK(store.value("SELECT count(*) FROM health_events") == "0");
  }

  TEST_CASE("what the operator wants is written with its reason")
  {
    const TestStore store;
    store.addNode("east");
    write(store, {}, {nodeIn(NodeState::Up, Verdict::Up)});
    Database database(store.file(), 10s);
    CHECK(writeAdminState(database, "east", AdminState::Drain, NodeState::Drained, "new kernel", s_now + 5s));
    CHECK(store.value("SELECT admin_state FROM nodes") == "drain");
    CHECK(stateRow(store) == "drained up 2000000005 2000000005 new kernel"); // the verdict is the checks' own
    CHECK(writeAdminState(database, "east", AdminState::Auto, NodeState::Unknown, "", s_now));
    CHECK(store.value("SELECT admin_state FROM nodes") == "auto");
  }

  TEST_CASE("a node that does not exist cannot be wanted otherwise")
  {
    const TestStore store;
    Database database(store.file(), 10s);
    CHECK_FALSE(writeAdminState(database, "ghost", AdminState::Drain, NodeState::Drained, "x", s_now));
    CHECK(store.value("SELECT count(*) FROM node_state") == "0");
    store.addNode("east"); // the transaction is over: others may write
    CHECK(store.value("SELECT admin_state FROM nodes") == "auto");
  }
}
