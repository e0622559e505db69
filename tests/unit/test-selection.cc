// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <algorithm>
#include <map>
#include <random>
#include <set>
#include "backend/selection.hh"
#include "zonemaker.hh"

using namespace failover;
using namespace failover::test;

namespace
{
constexpr uint64_t s_seed = 20260101;
constexpr NodeState s_states[] = {NodeState::Unknown, NodeState::Up, NodeState::Down, NodeState::Drained, NodeState::ForcedUp, NodeState::ForcedDown};

// An rrset of made-up records; owner 0 is nobody.
struct Sample
{
  std::vector<std::shared_ptr<NodeHealth>> nodes;
  std::vector<std::unique_ptr<Owner>> owners;
  std::vector<Record> records;

  RRset rrset(const Plan& plan = s_default) const { return {.type = type::a, .plan = &plan, .records = records}; }
  static const inline Plan s_default;
};

template <typename Random>
struct Situation
{
  Random& source;
  static bool serves(const Owner& owner) { return owner.serving(); }
  static int64_t turnedAt(const Owner& owner) { return owner.turnedAt(); }
  static int64_t now() { return 0; }
  uint64_t random() { return source(); }
  static uint64_t client() { return 0; }
};

template <typename Random>
Outcome selectFrom(const RRset& rrset, Random& random, std::vector<Chosen>& out)
{
  Situation<Random> situation{random};
  return select(rrset, situation, out);
}

Sample randomSample(std::mt19937_64& random)
{
  Sample sample;
  for (size_t i = 0; i < 4; ++i) {
    sample.nodes.push_back(makeNode("n" + std::to_string(i), s_states[random() % std::size(s_states)]));
    sample.owners.push_back(std::make_unique<Owner>(std::vector<Member>{{.health = sample.nodes.back()}}));
  }
  for (auto left = random() % 9; left > 0; --left) {
    const auto who = random() % 5;
    sample.records.push_back({nullptr, who == 0 ? nullptr : sample.owners[who - 1].get(), 60, true});
  }
  return sample;
}

// The order in which three records came out, as "021".
std::string orderOf(const Sample& sample, const std::vector<Chosen>& chosen)
{
  std::string order;
  for (const auto& one : chosen) {
    order += static_cast<char>('0' + (one.record - sample.records.data()));
  }
  return order;
}

Sample threeRecords()
{
  Sample sample;
  sample.records.resize(3);
  return sample;
}
}

TEST_SUITE("selection")
{
  TEST_CASE("what is returned: each record at most once, none of a dead node unless all are dead, all that live")
  {
    std::mt19937_64 random(s_seed);
    size_t allDead = 0;
    for (int round = 0; round < 5000; ++round) {
      const auto sample = randomSample(random);
      const auto rrset = sample.rrset();
      std::vector<Chosen> chosen;
      selectFrom(rrset, random, chosen);

      std::set<const Record*> returned;
      for (const auto& one : chosen) {
        REQUIRE(one.rrset == &rrset);
        returned.insert(one.record);
      }
      std::set<const Record*> living;
      std::set<const Record*> stored;
      for (const auto& record : sample.records) {
        stored.insert(&record);
        if (record.owner == nullptr || record.owner->serving()) {
          living.insert(&record);
        }
      }
      REQUIRE(returned.size() == chosen.size());
      REQUIRE(returned == (living.empty() ? stored : living));
      allDead += living.empty() && !stored.empty() ? 1 : 0;
    }
    CHECK(allDead > 10); // the interesting case has come up
  }

  TEST_CASE("what was chosen before stays in its place")
  {
    std::mt19937_64 random(s_seed);
    const auto first = threeRecords();
    const auto second = threeRecords();
    const auto firstSet = first.rrset();
    const auto secondSet = second.rrset();
    for (int round = 0; round < 100; ++round) {
      std::vector<Chosen> chosen;
      selectFrom(firstSet, random, chosen);
      const auto order = orderOf(first, chosen);
      selectFrom(secondSet, random, chosen);
      REQUIRE(chosen.size() == 6);
      const std::vector<Chosen> front(chosen.begin(), chosen.begin() + 3);
      REQUIRE(orderOf(first, front) == order);
      REQUIRE(chosen[3].rrset == &secondSet);
    }
  }

  TEST_CASE("an earlier rrset's records do not hide that all of the next one are dead")
  {
    std::mt19937_64 random(s_seed);
    const auto living = threeRecords();
    const Owner dead({{.health = makeNode("east", NodeState::Down)}});
    const std::vector<Record> records{{nullptr, &dead, 60, true}, {nullptr, &dead, 60, true}};
    const RRset rrset{.type = type::a, .plan = &Sample::s_default, .records = records};
    const auto firstSet = living.rrset();
    std::vector<Chosen> chosen;
    selectFrom(firstSet, random, chosen);
    selectFrom(rrset, random, chosen);
    CHECK(chosen.size() == 5);
  }

  TEST_CASE("under 'nodata' nothing is left of an rrset whose nodes are all down, and of no other")
  {
    std::mt19937_64 random(s_seed);
    size_t empty = 0;
    for (int round = 0; round < 2000; ++round) {
      const auto sample = randomSample(random);
      auto rrset = sample.rrset();
      std::vector<Chosen> all;
      std::vector<Chosen> chosen;
      selectFrom(rrset, random, all);
      const Policy nodata{.whenDown = WhenDown::NoData};
      const Plan plan{.policy = &nodata};
      rrset.plan = &plan;
      selectFrom(rrset, random, chosen);
      const bool serves = std::any_of(sample.records.begin(), sample.records.end(), [](const Record& record) {
        return record.owner == nullptr || record.owner->serving();
      });
      REQUIRE(chosen.size() == (serves ? all.size() : 0));
      empty += serves || sample.records.empty() ? 0 : 1;
    }
    CHECK(empty > 10);
  }

  TEST_CASE("each order of three records comes up as often as the others")
  {
    std::mt19937_64 random(s_seed);
    const auto sample = threeRecords();
    const auto rrset = sample.rrset();
    std::map<std::string, int> orders;
    constexpr int rounds = 60'000;
    std::vector<Chosen> chosen;
    for (int round = 0; round < rounds; ++round) {
      chosen.clear();
      selectFrom(rrset, random, chosen);
      ++orders[orderOf(sample, chosen)];
    }
    REQUIRE(orders.size() == 6);
    for (const auto& [order, times] : orders) {
      CAPTURE(order);
      CHECK(times > rounds / 6 - 500); // 500: more than five standard deviations
      CHECK(times < rounds / 6 + 500);
    }
  }

  TEST_CASE("records of no node keep the order of the store")
  {
    const auto unasked = []() -> uint64_t { FAIL("asked for randomness"); return 0; };
    const auto sample = threeRecords();
    auto rrset = sample.rrset();
    rrset.plan = nullptr;
    std::vector<Chosen> chosen;
    selectFrom(rrset, unasked, chosen);
    CHECK(orderOf(sample, chosen) == "012");
  }

  TEST_CASE("the survivors of a dead node are shuffled too")
  {
    std::mt19937_64 random(s_seed);
    const Owner dead({{.health = makeNode("east", NodeState::Down)}});
    auto sample = threeRecords();
    sample.records[0].owner = &dead;
    const auto rrset = sample.rrset();
    std::map<std::string, int> orders;
    for (int round = 0; round < 10'000; ++round) {
      std::vector<Chosen> chosen;
      selectFrom(rrset, random, chosen);
      ++orders[orderOf(sample, chosen)];
    }
    REQUIRE(orders.size() == 2);
    CHECK(orders["12"] > 4500);
    CHECK(orders["21"] > 4500);
  }

  TEST_CASE("the state that counts is that of the moment")
  {
    std::mt19937_64 random(s_seed);
    const auto east = makeNode("east");
    const Owner owner({{.health = east}});
    auto sample = threeRecords();
    sample.records[2].owner = &owner;
    const auto rrset = sample.rrset();
    for (const auto state : {NodeState::Up, NodeState::Drained, NodeState::Up}) {
      east->publish(state, 0);
      std::vector<Chosen> chosen;
      selectFrom(rrset, random, chosen);
      CHECK(chosen.size() == (isServing(state) ? 3U : 2U));
    }
  }

  TEST_CASE("below never reaches its bound, and reaches all that is under it")
  {
    struct Fixed
    {
      uint64_t value;
      [[nodiscard]] uint64_t random() const { return value; }
    };
    Fixed largest{~uint64_t{0}};
    Fixed smallest{0};
    for (size_t bound = 1; bound < 300; ++bound) {
      REQUIRE(below(bound, largest) == bound - 1);
      REQUIRE(below(bound, smallest) == 0);
    }
  }

  TEST_CASE("randomness is asked for less often than there are records")
  {
    size_t asked = 0;
    const auto random = [&asked] { return static_cast<uint64_t>(++asked); };
    const auto sample = threeRecords();
    const auto rrset = sample.rrset();
    std::vector<Chosen> chosen;
    selectFrom(rrset, random, chosen);
    CHECK(asked == 2);
  }
}
