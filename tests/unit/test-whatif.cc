// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <cmath>
#include "backend/control/whatifreport.hh"
#include "farm.hh"

using namespace failover;
using namespace failover::test;

namespace
{
struct Three : Farm
{
  Three()
  {
    addNode("east", "192.0.2.1");
    addNode("west", "192.0.2.2", 1);
    addNode("north", "192.0.2.3", 2);
    addHost("east", "east.alpha.example");
  }
  std::shared_ptr<const Snapshot> store() const
  {
    return snapshot({
      {"east.alpha.example", "A", "192.0.2.1"}, // its own name
      {"www.alpha.example", "A", "192.0.2.1"},
      {"www.alpha.example", "A", "192.0.2.2"},
      {"only.alpha.example", "A", "192.0.2.1"},
      {"mixed.alpha.example", "A", "192.0.2.1"},
      {"mixed.alpha.example", "A", "203.0.113.1"},
      {"other.alpha.example", "A", "192.0.2.3"},
      {"static.alpha.example", "A", "203.0.113.1"},
      {"alpha.example", "MX", "www.alpha.example"},
      {"sub.alpha.example", "NS", "ns.sub.alpha.example"},
      {"ns.sub.alpha.example", "A", "192.0.2.1"}, // glue is no answer
    });
  }
  WhatIf whatIf(const std::vector<std::string>& gone) const { return failover::whatIf(*store(), nodes, owners, gone, host, s_now); }
  std::vector<std::string> hit(const std::string& node, const PlannedDrain& drain = {}) const
  {
    std::vector<std::string> names;
    const auto found = hitBy(*store(), nodes, owners, node, drain, host, s_now);
    for (const auto& rrset : found.listed()) {
      names.push_back(rrset.name);
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  FakeHost host;
};

using Names = std::vector<std::string>;

Names names(const Listed<AffectedRRset>& rrsets)
{
  Names names;
  for (const auto& rrset : rrsets.listed()) {
    names.push_back(rrset.name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

double share(const WhatIf& found, const std::string& node, bool after)
{
  for (const auto& one : found.shares) {
    if (one.node == node) {
      return std::round(10'000 * (after ? one.after : one.before)) / 10'000;
    }
  }
  return -1;
}
}

TEST_SUITE("whatif")
{
  TEST_CASE("what would be down, and what would be left with one node")
  {
    const Three farm;
    const auto east = farm.whatIf({"east"});
    CHECK(east.rrsets == 5); // without east's own name, and those that lead to no node
    CHECK(names(east.down) == Names{"only.alpha.example"});
    CHECK(names(east.alone) == Names{"alpha.example", "mixed.alpha.example", "www.alpha.example"});
    CHECK(names(farm.whatIf({"west"}).down) == Names{});
    CHECK(names(farm.whatIf({"west"}).alone) == Names{"alpha.example", "www.alpha.example"});
    const auto both = farm.whatIf({"east", "west"});
    CHECK(names(both.down) == Names{"alpha.example", "only.alpha.example", "www.alpha.example"});
    CHECK(names(both.alone) == Names{"mixed.alpha.example"});
    CHECK(farm.health("east").serving()); // nothing happened
  }

  TEST_CASE("shares are of the records in answers, each rrset counting the same")
  {
    const Three farm;
    const auto found = farm.whatIf({"east"});
    // www, MX: half; only: all; mixed: half
    CHECK(share(found, "east", false) == doctest::Approx((0.5 + 0.5 + 1 + 0.5) / 5));
    CHECK(share(found, "west", false) == doctest::Approx((0.5 + 0.5) / 5));
    CHECK(share(found, "north", false) == doctest::Approx(1.0 / 5));
    CHECK(share(found, "", false) == doctest::Approx(0.5 / 5));
    CHECK(share(found, "east", true) == doctest::Approx(1.0 / 5)); // "only" is answered nonetheless
    CHECK(share(found, "west", true) == doctest::Approx(2.0 / 5));
    CHECK(share(found, "", true) == doctest::Approx(1.0 / 5));
  }

  TEST_CASE("what is not answered has no share")
  {
    Three farm;
    auto policy = Farm::policy("only.alpha.example");
    policy.whenDown = WhenDown::NoData;
    farm.addPolicy(policy);
    const auto found = farm.whatIf({"east"});
    CHECK((found.down.listed().at(0).whenDown == WhenDown::NoData));
    CHECK(share(found, "east", true) == 0);
    CHECK(share(found, "west", true) == doctest::Approx(2.0 / 4));
  }

  TEST_CASE("min_healthy, tiers and weights count as in answers")
  {
    Three farm;
    auto policy = Farm::policy("www.alpha.example");
    SUBCASE("min_healthy")
    {
      policy.minHealthy = 2;
      farm.addPolicy(policy);
      CHECK(names(farm.whatIf({"west"}).down) == Names{"www.alpha.example"});
      CHECK(farm.hit("west") == Names{"www.alpha.example"});
    }
    SUBCASE("another tier")
    {
      policy.mode = Mode::Priority;
      farm.addPolicy(policy);
      CHECK(farm.hit("east") == Names{"only.alpha.example"});
      CHECK(share(farm.whatIf({"east"}), "west", false) == doctest::Approx(0.5 / 5)); // of the MX record alone
      CHECK(share(farm.whatIf({"east"}), "west", true) == doctest::Approx(2.0 / 5));
    }
    SUBCASE("no tier with enough")
    {
      policy.mode = Mode::Priority;
      policy.minHealthy = 1;
      farm.addPolicy(policy);
      farm.turn("west", NodeState::Down);
      CHECK(farm.hit("east") == Names{"alpha.example", "only.alpha.example", "www.alpha.example"});
    }
  }

  TEST_CASE("what is down already is not hit")
  {
    Three farm;
    farm.turn("east", NodeState::Down);
    CHECK(farm.hit("east").empty());
    const auto found = farm.whatIf({"east"});
    CHECK(found.idle == Names{"east"});
    CHECK(found.alreadyDown == 1);
    CHECK(found.down.total() == 0);
    CHECK(found.alone.total() == 0);
    CHECK(farm.hit("west") == Names{"alpha.example", "www.alpha.example"});
  }

  TEST_CASE("a node's own names are not hit, its only other ones are")
  {
    const Three farm;
    CHECK(farm.hit("east") == Names{"only.alpha.example"});
    CHECK(farm.hit("west").empty());
    CHECK(farm.hit("north") == Names{"other.alpha.example"});
    CHECK(farm.hit("nobody").empty());
  }

  TEST_CASE("drains that meet would leave nobody")
  {
    const auto at = [](int64_t second) { return std::chrono::sys_seconds(std::chrono::seconds(second)); };
    Three farm;
    for (auto& node : farm.nodes) {
      if (node.name == "west") {
        node.drains = {{.id = 1, .starts = at(1000), .ends = at(2000), .reason = {}}};
      }
    }
    const Names alone{"only.alpha.example"};
    const Names both{"alpha.example", "only.alpha.example", "www.alpha.example"};
    CHECK(farm.hit("east", {.id = 0, .starts = at(500), .ends = at(1000), .reason = {}}) == alone);
    CHECK(farm.hit("east", {.id = 0, .starts = at(500), .ends = at(1001), .reason = {}}) == both);
    CHECK(farm.hit("east", {.id = 0, .starts = at(1999), .ends = at(3000), .reason = {}}) == both);
    CHECK(farm.hit("east", {.id = 0, .starts = at(2000), .ends = at(3000), .reason = {}}) == alone);
    CHECK(farm.hit("east", {.id = 0, .starts = at(500), .ends = {}, .reason = {}}) == alone); // nobody knows until when
    CHECK(farm.hit("east", {.id = 0, .starts = at(1500), .ends = {}, .reason = {}}) == both);
    CHECK(farm.hit("west", {.id = 0, .starts = at(1500), .ends = at(1600), .reason = {}}).empty()); // its own
  }

  TEST_CASE("few of many are listed")
  {
    Listed<int> listed(3);
    for (int i = 0; i < 10; ++i) {
      listed.add([i] { return i; });
    }
    CHECK(listed.listed() == std::vector{0, 1, 2});
    CHECK(listed.total() == 10);
    CHECK(listed.unlisted() == 7);
  }

  TEST_CASE("text for people")
  {
    Three farm;
    farm.turn("north", NodeState::Down);
    const auto snapshot = farm.snapshot({{"www.alpha.example", "A", "192.0.2.1"}, {"www.alpha.example", "A", "192.0.2.2"}, {"only.alpha.example", "A", "192.0.2.1"}});
    const auto found = failover::whatIf(*snapshot, farm.nodes, farm.owners, {"east", "north"}, farm.host, Farm::s_now);
    CHECK(whatIfText(found) == R"(if east, north left the answers now, of 2 record sets that lead to nodes:
north does not serve as it is

would be down: 1
NAME                TYPE  SERVING  THEN    ANSWERED THEN
only.alpha.example  A     1 of 1   0 of 1  as if every node served

would be left with one serving node: 1
NAME               TYPE  SERVING  THEN
www.alpha.example  A     2 of 2   1 of 2

NODE   SHARE  THEN
east   75 %   50 %
west   25 %   50 %
north  0 %    0 %
SHARE: of the records in answers, where each record set is asked for as often as any other
)");
  }
}
