// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <set>
#include <sstream>
#include "backend/control/statusreport.hh"

using namespace failover;
using namespace std::chrono_literals;
using std::chrono::system_clock;

namespace
{
const system_clock::time_point s_now{std::chrono::seconds(1'767'225'600)}; // 2026-01-01T00:00:00Z

CheckStatus checkOf(int64_t id, const std::string& url)
{
  CheckStatus check;
  check.id = id;
  check.url = url;
  check.verdict = Verdict::Up;
  check.passed = true;
  check.outcome = "HTTP 200";
  check.latency = 12ms;
  check.needed = 3;
  check.streak = 41;
  check.runs = 50;
  check.lastAt = s_now - 2s;
  return check;
}

std::vector<NodeStatus> twoNodes()
{
  NodeStatus east;
  east.name = "east";
  east.state = NodeState::Up;
  east.since = s_now - 300s;
  east.reason = "first check";
  east.checks = {checkOf(1, "http://192.0.2.1/"), checkOf(22, "tcp://192.0.2.1:25")};
  east.checks.front().address = "192.0.2.7";
  auto& failing = east.checks.back();
  failing.passed = false;
  failing.outcome = "connection refused";
  failing.contrary = 1;
  failing.streak = 1;
  NodeStatus west;
  west.name = "far-west";
  west.state = NodeState::ForcedDown;
  return {east, west};
}

StoreStatus storeStatus()
{
  StoreStatus store;
  store.database = "/store";
  store.zones = 3;
  store.records = 40;
  return store;
}

std::vector<std::string> linesOf(const std::string& text)
{
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(line);
  }
  return lines;
}

std::set<std::string> keysOf(const Json::Value& value)
{
  const auto names = value.getMemberNames();
  return {names.begin(), names.end()};
}
}

TEST_SUITE("statusreport")
{
  TEST_CASE("times are relative, in the unit that a person would take")
  {
    const std::pair<std::chrono::seconds, const char*> table[] = {{-5s, "0 s"}, {0s, "0 s"}, {119s, "119 s"}, {120s, "2 min"}, {7199s, "119 min"}, {7200s, "2 h"}, {48h - 1s, "47 h"}, {48h, "2 d"}, {24h * 400, "400 d"}};
    for (const auto& [age, text] : table) {
      CHECK(ago(s_now - age, s_now) == text);
    }
    CHECK(ago({}, s_now) == "-");
  }

  TEST_CASE("the table is aligned, with every check in a line of its own")
  {
    AnswerTotals answers;
    const auto counts = answers.lease();
    counts->add(nodeKey("far-west"), 7);
    counts->add(nodeKey("far-west"), 8);
    const auto lines = linesOf(statusTable(twoNodes(), {}, storeStatus(), answers, s_now));
    const std::vector<std::string> expected{
      "NODE      STATE        FOR    ANSWERS  WHY",
      "east      up           5 min  0        first check",
      "far-west  forced-down  -      2",
      "",
      "NODE  CHECK  URL                             VERDICT  LATENCY  STREAK     AGO  LAST RESULT",
      "east  1      http://192.0.2.1/ at 192.0.2.7  up       12 ms    41 passed  2 s  HTTP 200",
      "east  22     tcp://192.0.2.1:25              up       12 ms    1 failed   2 s  connection refused, 1/3 to down",
      "",
      "store /store: 3 zones, 40 records",
    };
    CHECK(lines == expected);
  }

  TEST_CASE("drains that are planned or under way are listed, and those that are over are not")
  {
    const auto now = inSeconds(s_now);
    auto nodes = twoNodes();
    nodes[0].drains = {{1, now - 2h, now - 1h, "over"}, {2, now - 1h, now + 90min, "new kernel"}, {3, now + 3h, now + 5h, "new disk"}, {4, now + 50h, {}, ""}};
    nodes[1].drains = {{5, now - 1h, {}, ""}};
    nodes[1].admin = AdminState::Down;
    const auto lines = linesOf(statusTable(nodes, {}, storeStatus(), AnswerTotals(), s_now));
    CHECK(std::vector(lines.begin() + 3, lines.begin() + 9) == std::vector<std::string>{"", "east: drain ends in 1 h 30 min: new kernel", "east: drain planned in 3 h for 2 h: new disk", "east: drain planned in 2 d 2 h", "far-west: drain until resumed (not while forced-down)", ""});
    const auto json = statusJson(nodes, storeStatus(), AnswerTotals(), s_now)["nodes"][0]["drains"];
    REQUIRE(json.size() == 3);
    CHECK(keysOf(json[0]) == std::set<std::string>{"starts", "ends", "running", "reason"});
    CHECK(json[0]["starts"] == "2025-12-31T23:00:00Z");
    CHECK(json[0]["ends"] == "2026-01-01T01:30:00Z");
    CHECK(json[0]["running"].asBool());
    CHECK(json[0]["reason"] == "new kernel");
    CHECK_FALSE(json[1]["running"].asBool());
    CHECK(json[2]["ends"].isNull());
  }

  TEST_CASE("a long last cell does not widen its column, and no line ends in blanks")
  {
    auto nodes = twoNodes();
    nodes[0].reason = std::string(300, 'x');
    const auto lines = linesOf(statusTable(nodes, {}, storeStatus(), AnswerTotals(), s_now));
    CHECK(lines[0] == "NODE      STATE        FOR    ANSWERS  WHY");
    for (const auto& line : lines) {
      CHECK_FALSE(line.ends_with(' '));
    }
  }

  TEST_CASE("a check that has not run says so")
  {
    auto nodes = twoNodes();
    nodes.pop_back();
    CheckStatus fresh;
    fresh.id = 1;
    fresh.url = "http://192.0.2.1/";
    nodes[0].checks = {fresh};
    CHECK(linesOf(statusTable(nodes, {}, storeStatus(), AnswerTotals(), s_now))[4] == "east  1      http://192.0.2.1/  unknown  -        -       -    not run yet");
  }

  TEST_CASE("a check on its way up counts towards up")
  {
    auto nodes = twoNodes();
    nodes[0].checks.pop_back();
    nodes[0].checks[0].verdict = Verdict::Down;
    nodes[0].checks[0].contrary = 1;
    nodes[0].checks[0].needed = 2;
    CHECK(linesOf(statusTable(nodes, {}, storeStatus(), AnswerTotals(), s_now))[5].ends_with("HTTP 200, 1/2 to up"));
  }

  TEST_CASE("without nodes the table says how to get one")
  {
    CHECK(linesOf(statusTable({}, {}, storeStatus(), AnswerTotals(), s_now))[0] == "no nodes: add one with schema/add-node.sql");
  }

  TEST_CASE("what is wrong with the store is said below")
  {
    auto store = storeStatus();
    store.readFault = "locked";
    store.writeFault = "disk full";
    store.problems.add({"records", "id 7", "bad"});
    const auto text = statusTable({}, {}, store, AnswerTotals(), s_now);
    CHECK(text.ends_with("\nstore cannot be read: locked\nstore cannot be written: disk full\nstore: records id 7: bad (left out)\n"));
    store.problems.addUnlisted(4000);
    CHECK(statusTable({}, {}, store, AnswerTotals(), s_now).ends_with("(left out)\nstore: and 4000 more bad rows\n"));
  }

  TEST_CASE("JSON has its keys, all of them and no others")
  {
    AnswerTotals answers;
    const auto counts = answers.lease();
    counts->add(nodeKey("east"), 7);
    const auto json = statusJson(twoNodes(), storeStatus(), answers, s_now);
    CHECK(keysOf(json) == std::set<std::string>{"nodes", "store"});
    REQUIRE(json["nodes"].size() == 2);
    const auto& east = json["nodes"][0];
    CHECK(keysOf(east) == std::set<std::string>{"name", "state", "since", "reason", "answers", "drains", "checks", "own", "require", "falls", "held_until", "vote"});
    CHECK(east["name"] == "east");
    CHECK(east["answers"].asUInt64() == 1);
    CHECK(json["nodes"][1]["answers"].asUInt64() == 0);
    CHECK(east["since"] == "2025-12-31T23:55:00Z");
    CHECK(json["nodes"][1]["state"] == "forced-down");
    CHECK(json["nodes"][1]["since"].isNull());
    CHECK(json["nodes"][1]["checks"].isArray());
    const auto& check = east["checks"][1];
    CHECK(keysOf(check) == std::set<std::string>{"id", "url", "address", "verdict", "passed", "local_problem", "warning", "doubted", "role", "inverted", "shared", "outcome", "latency_ms", "contrary", "needed", "streak", "runs", "last"});
    CHECK(check["id"].asInt() == 22);
    CHECK(check["passed"].isBool());
    CHECK_FALSE(check["passed"].asBool());
    CHECK(check["latency_ms"].asInt() == 12);
    CHECK(check["contrary"].asUInt() == 1);
    CHECK(check["address"].isNull());
    CHECK(east["checks"][0]["address"] == "192.0.2.7");
    CHECK(check["last"] == "2025-12-31T23:59:58Z");
    CHECK(keysOf(json["store"]) == std::set<std::string>{"database", "ok", "error", "zones", "records", "dropped_events", "problems", "problems_total"});
    CHECK(json["store"]["zones"].asUInt() == 3);
    CHECK(json["store"]["ok"].asBool());
  }

  TEST_CASE("a store that cannot be read or written is not well")
  {
    auto store = storeStatus();
    store.writeFault = "disk full";
    CHECK_FALSE(statusJson({}, store, AnswerTotals(), s_now)["store"]["ok"].asBool());
    CHECK(statusJson({}, store, AnswerTotals(), s_now)["store"]["error"] == "disk full");
    store.readFault = "locked";
    CHECK(statusJson({}, store, AnswerTotals(), s_now)["store"]["error"] == "locked");
    store.problems.add({"records", "id 7", "bad"});
    CHECK(statusJson({}, store, AnswerTotals(), s_now)["store"]["problems"][0] == "records id 7: bad (left out)");
    store.problems.addUnlisted(4000);
    CHECK(statusJson({}, store, AnswerTotals(), s_now)["store"]["problems"].size() == 1);
    CHECK(statusJson({}, store, AnswerTotals(), s_now)["store"]["problems_total"].asUInt() == 4001);
    CHECK(statusJson({}, store, AnswerTotals(), s_now)["nodes"].isArray());
  }
}
