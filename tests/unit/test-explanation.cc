// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "backend/client.hh"
#include "backend/control/explainreport.hh"
#include "backend/control/words.hh"
#include "farm.hh"

using namespace failover;
using namespace failover::test;

namespace
{
struct Pair : Farm
{
  Pair()
  {
    addNode("east", "192.0.2.1");
    addNode("west", "192.0.2.2", 1);
  }
  Explanation explained(const std::string& name, const std::string& type = "", uint64_t client = 0) const
  {
    const auto made = zone({
      {"alpha.example", "NS", "ns.elsewhere.example"},
      {"alpha.example", "A", "192.0.2.1"},
      {"www.alpha.example", "A", "192.0.2.1"},
      {"www.alpha.example", "A", "192.0.2.2"},
      {"www.alpha.example", "TXT", "text"},
      {"static.alpha.example", "A", "203.0.113.1"},
      {"ent.alpha.example", "", ""},
      {"*.wild.alpha.example", "A", "192.0.2.1"},
      {"a.dname.alpha.example", "DNAME", "elsewhere.example"},
      {"alias.alpha.example", "CNAME", "www.alpha.example"},
      {"sub.alpha.example", "NS", "ns.sub.alpha.example"},
      {"ns.sub.alpha.example", "A", "192.0.2.1"},
    });
    const FakeHost host;
    return failover::explain(*made, {wire(name), type, client}, states(), host);
  }
  ExplainedRecord record(size_t place, const std::string& name = "www.alpha.example") const { return explained(name).rrsets.at(0).records.at(place); }
};
}

TEST_SUITE("explanation")
{
  TEST_CASE("which records answer for a name")
  {
    const Pair farm;
    using Existence = Explanation::Existence;
    CHECK((farm.explained("www.alpha.example").existence == Existence::Name));
    CHECK((farm.explained("ent.alpha.example").existence == Existence::Empty));
    CHECK((farm.explained("nothing.alpha.example").existence == Existence::None));
    const auto wild = farm.explained("x.y.wild.alpha.example");
    CHECK((wild.existence == Existence::Wildcard));
    CHECK(wild.at == "*.wild.alpha.example");
    CHECK(wild.rrsets.at(0).records.at(0).nodes == std::vector<std::string>{"east"});
    CHECK(farm.explained("x.a.dname.alpha.example").dname == "a.dname.alpha.example");
    const auto glue = farm.explained("ns.sub.alpha.example");
    CHECK(glue.delegated);
    CHECK(glue.rrsets.at(0).policyWhy == "none: addresses below a delegation are no answers of this zone");
  }

  TEST_CASE("only what a question would get")
  {
    const Pair farm;
    CHECK(farm.explained("www.alpha.example").rrsets.size() == 1);
    CHECK(farm.explained("www.alpha.example").others == std::vector<std::string>{"TXT"});
    CHECK(farm.explained("www.alpha.example", "ANY").others == std::vector<std::string>{"TXT"});
    CHECK(farm.explained("www.alpha.example", "A").others.empty());
    CHECK(farm.explained("www.alpha.example", "TXT").rrsets.empty());
    CHECK(farm.explained("www.alpha.example", "AAAA").rrsets.empty());
    const auto alias = farm.explained("alias.alpha.example", "AAAA"); // the CNAME answers
    CHECK(alias.rrsets.at(0).type == "CNAME");
    CHECK(alias.rrsets.at(0).records.at(0).nodes == std::vector<std::string>{"east", "west"});
    CHECK(farm.explained("static.alpha.example").rrsets.empty());
    CHECK(farm.explained("static.alpha.example").others == std::vector<std::string>{"A"});
  }

  TEST_CASE("why a policy decides")
  {
    Pair farm;
    CHECK(farm.explained("www.alpha.example").rrsets.at(0).policyWhy == "none fits: every record that serves is answered, and all while none does");
    farm.addPolicy(Farm::policy("*.alpha.example"));
    CHECK(farm.explained("www.alpha.example").rrsets.at(0).policyWhy == "it is for the names below alpha.example and for every type, and none with a longer name fits");
    CHECK(farm.explained("alpha.example").rrsets.at(0).policyWhy == "it is for this zone's apex and the names below it and for every type, and none with a longer name fits");
    auto exact = Farm::policy("www.alpha.example");
    exact.type = type::a;
    farm.addPolicy(exact);
    const auto rrset = farm.explained("www.alpha.example").rrsets.at(0);
    CHECK(rrset.policy->id == 2);
    CHECK(rrset.policyWhy == "it has this name and is for A");
  }

  TEST_CASE("why a record is in or out")
  {
    Pair farm;
    CHECK(farm.record(0).why == "serves");
    farm.turn("west", NodeState::Down);
    CHECK_FALSE(farm.record(1).in);
    CHECK(farm.record(1).why == "node west is down");
    farm.turn("east", NodeState::Drained);
    CHECK(farm.record(0).in);
    CHECK(farm.record(0).why == "though node east is drained");
    const auto down = farm.explained("www.alpha.example").rrsets.at(0);
    CHECK((down.outcome == Outcome::Down));
    CHECK(down.outcomeWhy == "0 of 2 nodes serve, and it takes 1: answered as if every node served");
  }

  TEST_CASE("tiers, weights and trickle")
  {
    Pair farm;
    auto policy = Farm::policy("www.alpha.example", Mode::Priority);
    SUBCASE("the other tier")
    {
      farm.addPolicy(policy);
      CHECK(farm.record(0).tier == 0U);
      CHECK(farm.record(1).why == "tier 1; tier 0 has 1 serving node");
      farm.turn("east", NodeState::Down);
      CHECK(farm.record(0).why == "node east is down");
      CHECK(farm.record(1).why == "serves");
    }
    SUBCASE("trickle")
    {
      policy.trickle = 2;
      farm.addPolicy(policy);
      CHECK(farm.record(0).why == "serves, 98 % of the answers");
      CHECK(farm.record(1).why == "the next tier, as trickle: 2 % of the answers");
    }
    SUBCASE("down without an answer")
    {
      policy.minHealthy = 2;
      policy.whenDown = WhenDown::NoData;
      farm.addPolicy(policy);
      const auto rrset = farm.explained("www.alpha.example").rrsets.at(0);
      CHECK((rrset.outcome == Outcome::NoData));
      CHECK(rrset.outcomeWhy == "2 of 2 nodes serve, and no tier has 2: NODATA is answered");
      CHECK(rrset.records.at(0).why == "too few nodes serve");
      CHECK_FALSE(rrset.records.at(0).in);
    }
    SUBCASE("by weight")
    {
      policy.mode = Mode::Weighted;
      policy.nodes["east"].weight = 300;
      farm.addPolicy(policy);
      CHECK(farm.record(0).weight == 300U);
      CHECK(farm.record(0).why == "serves, one of 2 of which 1 is drawn by weight: 75 % of the answers");
    }
  }

  TEST_CASE("the record that a client gets is the one that selection gives it")
  {
    Pair farm;
    farm.addPolicy(Farm::policy("www.alpha.example", Mode::Sticky));
    size_t east = 0;
    for (int i = 0; i < 200; ++i) {
      const auto records = farm.explained("www.alpha.example", "A", clientKey("net" + std::to_string(i))).rrsets.at(0).records;
      CHECK(*records.at(0).forClient != *records.at(1).forClient);
      east += *records.at(0).forClient ? 1 : 0;
    }
    CHECK(east > 60);
    CHECK(east < 140);
    CHECK_FALSE(farm.record(0).forClient);
  }

  TEST_CASE("the lowest bound of the TTL is named")
  {
    Pair farm;
    CHECK(farm.record(0).ttl == 60);
    CHECK(farm.record(0).ttlWhy == "the record's own");
    auto policy = Farm::policy("www.alpha.example");
    policy.ttlMax = 30;
    farm.addPolicy(policy);
    CHECK(farm.record(0).ttl == 30);
    CHECK(farm.record(0).ttlWhy == "ttl_max");
    farm.health("east").forecast(0, Farm::s_now + 20'000);
    CHECK(farm.record(0).ttl == 20);
    CHECK(farm.record(1).ttl == 20); // one TTL for all that are answered
    CHECK(farm.record(1).ttlWhy == "a drain of node east is planned");
    farm.health("west").forecast(Farm::s_now + 2'500, 0);
    CHECK(farm.record(0).ttl == 2);
    CHECK(farm.record(0).ttlWhy == "a check of node west has begun to fail");
  }

  TEST_CASE("few of many records are listed")
  {
    Farm farm;
    farm.addNode("east", "192.0.2.1");
    ZoneBuilder builder(1, wire("alpha.example"), farm.owners);
    add(builder, {"www.alpha.example", "A", "192.0.2.1"});
    for (int i = 0; i < 99; ++i) {
      const auto address = "203.0.113." + std::to_string(i);
      add(builder, {"www.alpha.example", "A", address.c_str()});
    }
    const auto zone = finished(builder, farm.owners);
    const FakeHost host;
    const auto explanation = failover::explain(*zone, {wire("www.alpha.example"), "", 0}, farm.states(), host);
    CHECK(explanation.rrsets.at(0).records.size() == 50);
    CHECK(explanation.rrsets.at(0).unlisted == 50);
    CHECK(explanationText(explanation, {}, {}).find("and 50 more\n") != std::string::npos);
  }

  TEST_CASE("text for people")
  {
    Pair farm;
    auto policy = Farm::policy("*.alpha.example", Mode::Priority);
    policy.ttlMax = 30;
    farm.addPolicy(policy);
    farm.turn("east", NodeState::Down);
    NodeStatus east;
    east.name = "east";
    east.state = NodeState::Down;
    CheckStatus check;
    check.url = "http://east/";
    check.outcome = "HTTP 503";
    check.runs = 1;
    const std::chrono::system_clock::time_point now(std::chrono::seconds(1000));
    check.lastAt = now - std::chrono::seconds(3);
    east.since = now - std::chrono::seconds(60);
    east.checks.push_back(check);
    CHECK(explanationText(farm.explained("www.alpha.example"), {east}, now) == R"(www.alpha.example in zone alpha.example

A: served: 1 of 2 nodes serves
policy 1 '*.alpha.example': it is for the names below alpha.example and for every type, and none with a longer name fits
  mode priority, min_healthy 1, when_down serve-all, ttl_max 30
RECORD     NODE  TIER  WEIGHT  TTL           ANSWERED
192.0.2.1  east  0     -       30 (ttl_max)  out: node east is down
192.0.2.2  west  1     -       30 (ttl_max)  in: serves

no record leads to a node, always answered: TXT

NODE  STATE  FOR   LAST CHECKED  LAST RESULT
east  down   60 s  3 s ago       http://east/: HTTP 503
)");
    CHECK(explanationText(farm.explained("nothing.alpha.example"), {}, now) == "nothing.alpha.example in zone alpha.example: does not exist (NXDOMAIN)\n");
    CHECK(explanationText(farm.explained("www.alpha.example", "AAAA"), {}, now) == "www.alpha.example in zone alpha.example\n\nno records of this type (NODATA)\n");
  }

  TEST_CASE("shares in few digits")
  {
    CHECK(percent(0) == "0 %");
    CHECK(percent(0.005) == "0.5 %");
    CHECK(percent(0.02) == "2 %");
    CHECK(percent(0.3333) == "33 %");
    CHECK(percent(1) == "100 %");
  }
}
