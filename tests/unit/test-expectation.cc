// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <cmath>
#include <random>
#include "backend/control/expectation.hh"
#include "farm.hh"

using namespace failover;
using namespace failover::test;

namespace
{
// Three nodes; 1:2:5 by weight.
struct Three : Farm
{
  Three()
  {
    addNode("east", "192.0.2.1", 0, 100);
    addNode("west", "192.0.2.2", 1, 200);
    addNode("north", "192.0.2.3", 2, 500);
  }
  std::shared_ptr<const Zone> www() const { return zone({{"www.alpha.example", "A", "192.0.2.1"}, {"www.alpha.example", "A", "192.0.2.2"}, {"www.alpha.example", "A", "192.0.2.3"}}); }
  Expected expected(const NodeStates& states) const { return Expectation(states).of(rrsetOf(*www(), "www.alpha.example", type::a)); }
  Expected expected() const { return expected(states()); }
};

std::vector<double> chances(const Expected& expected)
{
  std::vector<double> chances;
  for (const auto& record : expected.records) {
    chances.push_back(std::round(record.chance * 10'000) / 10'000);
  }
  return chances;
}

using Chances = std::vector<double>;

// What selection does in very many draws.
struct Drawn
{
  const NodeStates& states;
  std::mt19937_64 source{20260101};
  bool serves(const Owner& owner) const { return states.serves(owner); }
  int64_t turnedAt(const Owner& owner) const { return states.turnedAt(owner); }
  int64_t now() const { return states.now(); }
  uint64_t random() { return source(); }
  uint64_t whose{1};
  uint64_t client() const { return whose; }
};

Chances counted(const RRset& rrset, const NodeStates& states)
{
  constexpr int draws = 100'000;
  Chances shares(rrset.records.size());
  Drawn drawn{states};
  std::vector<Chosen> chosen;
  for (int i = 0; i < draws; ++i) {
    chosen.clear();
    drawn.whose = drawn.source();
    select(rrset, drawn, chosen);
    for (const auto& one : chosen) {
      shares[static_cast<size_t>(one.record - rrset.records.data())] += 1.0 / draws;
    }
  }
  return shares;
}
}

TEST_SUITE("expectation")
{
  TEST_CASE("without a policy every record that serves is answered, and all while none does")
  {
    Three farm;
    CHECK(chances(farm.expected()) == Chances{1, 1, 1});
    farm.turn("west", NodeState::Down);
    CHECK(chances(farm.expected()) == Chances{1, 0, 1});
    farm.turn("east", NodeState::Drained);
    farm.turn("north", NodeState::ForcedDown);
    const auto down = farm.expected();
    CHECK((down.outcome == Outcome::Down));
    CHECK(chances(down) == Chances{1, 1, 1});
  }

  TEST_CASE("a node that is supposed to be gone is as one that is down")
  {
    Three farm;
    auto states = farm.states();
    states.remove("east");
    states.remove("nobody");
    CHECK(chances(farm.expected(states)) == Chances{0, 1, 1});
    CHECK(farm.health("east").serving());
  }

  TEST_CASE("priority: the first tier, and the next one's trickle")
  {
    Three farm;
    auto policy = Farm::policy("www.alpha.example", Mode::Priority);
    SUBCASE("plain")
    {
      farm.addPolicy(policy);
      CHECK(chances(farm.expected()) == Chances{1, 0, 0});
      farm.turn("east", NodeState::Down);
      CHECK(chances(farm.expected()) == Chances{0, 1, 0});
    }
    SUBCASE("trickle")
    {
      policy.trickle = 5;
      farm.addPolicy(policy);
      const auto expected = farm.expected();
      CHECK(chances(expected) == Chances{0.95, 0.05, 0});
      CHECK(expected.records[1].spare);
      CHECK_FALSE(expected.records[0].spare);
    }
    SUBCASE("trickle without another tier")
    {
      policy.trickle = 5;
      farm.addPolicy(policy);
      farm.turn("east", NodeState::Down);
      farm.turn("west", NodeState::Down);
      const auto expected = farm.expected();
      CHECK(chances(expected) == Chances{0, 0, 1});
      CHECK_FALSE(expected.records[2].spare);
    }
  }

  TEST_CASE("max_answers of equals, alternatives, and one by weight are exact")
  {
    Three farm;
    SUBCASE("equals")
    {
      auto policy = Farm::policy("www.alpha.example");
      policy.maxAnswers = 2;
      farm.addPolicy(policy);
      const auto expected = farm.expected();
      CHECK(expected.eligible == 3);
      CHECK(expected.answerSize == 2);
      CHECK(chances(expected) == Chances{0.6667, 0.6667, 0.6667});
    }
    SUBCASE("weights")
    {
      farm.addPolicy(Farm::policy("*.alpha.example", Mode::Weighted));
      CHECK(chances(farm.expected()) == Chances{0.125, 0.25, 0.625});
      farm.turn("north", NodeState::Down);
      CHECK(chances(farm.expected()) == Chances{0.3333, 0.6667, 0});
    }
    SUBCASE("weights of clients")
    {
      farm.addPolicy(Farm::policy("*", Mode::Sticky));
      CHECK(chances(farm.expected()) == Chances{0.125, 0.25, 0.625});
    }
    SUBCASE("alternatives")
    {
      farm.addHost("east", "east.alpha.example");
      farm.addHost("west", "west.alpha.example");
      const auto zone = farm.zone({{"www.alpha.example", "CNAME", "east.alpha.example"}, {"www.alpha.example", "CNAME", "west.alpha.example"}});
      const auto states = farm.states();
      const auto expected = Expectation(states).of(rrsetOf(*zone, "www.alpha.example", type::cname));
      CHECK(chances(expected) == Chances{0.5, 0.5});
      CHECK(expected.answerSize == 1);
    }
  }

  TEST_CASE("a weight that is still growing is what counts")
  {
    Three farm;
    auto policy = Farm::policy("www.alpha.example", Mode::Weighted);
    policy.ramp = 100;
    farm.addPolicy(policy);
    farm.health("west").publish(NodeState::Down, Farm::s_now - 90'000);
    farm.health("west").publish(NodeState::Up, Farm::s_now - 50'000); // half of 200
    farm.turn("north", NodeState::Down);
    const auto zone = farm.www();
    CHECK(weightNow(rrsetOf(*zone, "www.alpha.example", type::a), 1, Outcome::Served, farm.states()) == 100);
    CHECK(chances(farm.expected()) == Chances{0.5, 0.5, 0});
  }

  TEST_CASE("what is estimated is what selection does")
  {
    for (const auto mode : {Mode::Weighted, Mode::Sticky}) {
      for (const uint32_t most : {1U, 2U}) {
        CAPTURE(toString(mode));
        CAPTURE(most);
        Three farm;
        auto policy = Farm::policy("*", mode);
        policy.maxAnswers = most;
        farm.addPolicy(policy);
        own(farm.owners, "192.0.2.4", {farm.nodes[2].health}); // a second address of north
        const auto zone = farm.zone({{"www.alpha.example", "A", "192.0.2.1"}, {"www.alpha.example", "A", "192.0.2.2"}, {"www.alpha.example", "A", "192.0.2.3"}, {"www.alpha.example", "A", "192.0.2.4"}});
        const auto& rrset = rrsetOf(*zone, "www.alpha.example", type::a);
        const auto states = farm.states();
        const auto found = counted(rrset, states);
        const auto expected = Expectation(states).of(rrset);
        for (size_t i = 0; i < found.size(); ++i) {
          CHECK(std::abs(found[i] - expected.records[i].chance) < 0.02);
        }
      }
    }
  }

  TEST_CASE("redundancy counts each node once, and a record of no node as one that serves")
  {
    Three farm;
    own(farm.owners, "192.0.2.4", {farm.nodes[0].health, farm.nodes[1].health});
    const auto zone = farm.zone({{"www.alpha.example", "A", "192.0.2.1"}, {"www.alpha.example", "A", "192.0.2.4"}, {"www.alpha.example", "A", "203.0.113.1"}});
    const auto& rrset = rrsetOf(*zone, "www.alpha.example", type::a);
    CHECK(redundancyOf(rrset, farm.states()).nodes == 3);
    CHECK(redundancyOf(rrset, farm.states()).serving == 3);
    farm.turn("east", NodeState::Down);
    CHECK(redundancyOf(rrset, farm.states()).nodes == 3);
    CHECK(redundancyOf(rrset, farm.states()).serving == 2);
  }
}
