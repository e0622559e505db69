// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <algorithm>
#include <array>
#include <set>
#include "selectioncase.hh"

// What is answered, for any rrset in any state under any policy: compared with a model that is as slow and plain as can be.

using namespace failover;
using namespace failover::test;
using Records = std::set<const Record*>;

namespace
{
constexpr uint64_t s_seed = 20260101;

bool serves(const Record* record)
{
  return record->owner == nullptr || record->owner->serving();
}

size_t nodesOf(const Records& records)
{
  std::set<const void*> nodes;
  for (const auto* record : records) {
    nodes.insert(record->owner == nullptr ? static_cast<const void*>(record) : record->owner->members().size() == 1 ? static_cast<const void*>(record->owner->members().front().health.get())
                                                                                                                    : static_cast<const void*>(record->owner));
  }
  return nodes.size();
}

// What may be drawn from: one set, or one for each way that chance may go; none when too few nodes are there.
std::vector<Records> tiers(const SelectionCase& test, const Records& records, size_t needed)
{
  if (test.policy == nullptr || test.policy->mode != Mode::Priority) {
    return nodesOf(records) >= needed ? std::vector{records} : std::vector<Records>{};
  }
  std::vector<Records> enough;
  for (uint16_t tier = 0; tier < 3; ++tier) {
    Records members;
    std::copy_if(records.begin(), records.end(), std::inserter(members, members.end()), [&](const Record* record) { return test.plan.candidates[test.indexOf(record)].tier == tier; });
    if (nodesOf(members) >= needed) {
      enough.push_back(members);
    }
  }
  enough.resize(std::min<size_t>(enough.size(), test.policy->trickle != 0 ? 2 : 1));
  return enough;
}

struct Expected
{
  Outcome outcome{Outcome::Served};
  std::vector<Records> pools; // of which one is drawn from
};

Records withLast(const Records& stored, Records serving)
{
  int64_t last = -1;
  for (const auto* record : stored) {
    last = serves(record) ? last : std::max(last, record->owner->turnedAt());
  }
  std::copy_if(stored.begin(), stored.end(), std::inserter(serving, serving.end()), [last](const Record* record) { return !serves(record) && record->owner->turnedAt() == last; });
  return serving;
}

Expected expectedOf(const SelectionCase& test)
{
  Records stored;
  Records serving;
  for (const auto& record : test.records) {
    stored.insert(&record);
    if (serves(&record)) {
      serving.insert(&record);
    }
  }
  const size_t needed = test.policy != nullptr ? test.policy->minHealthy : 1;
  if (auto pools = tiers(test, serving, needed); !pools.empty()) {
    return {Outcome::Served, std::move(pools)};
  }
  const auto whenDown = test.policy != nullptr ? test.policy->whenDown : WhenDown::ServeAll;
  if (whenDown == WhenDown::NoData || whenDown == WhenDown::ServFail) {
    return {whenDown == WhenDown::NoData ? Outcome::NoData : Outcome::ServFail, {{}}};
  }
  auto pool = whenDown == WhenDown::Last ? withLast(stored, serving) : stored;
  if (test.policy != nullptr && test.policy->mode == Mode::Priority && !serving.empty()) { // of the tiers that have too few, the first that has any
    const auto tierOf = [&test](const Record* record) { return test.plan.candidates[test.indexOf(record)].tier; };
    const auto first = std::min_element(serving.begin(), serving.end(), [&](const Record* left, const Record* right) { return tierOf(left) < tierOf(right); });
    std::erase_if(pool, [&, living = tierOf(*first)](const Record* record) { return tierOf(record) != living; });
    return {Outcome::Down, {pool}};
  }
  auto pools = tiers(test, pool, needed);
  if (pools.empty()) {
    pools = tiers(test, pool, 1);
  }
  return {Outcome::Down, pools.empty() ? std::vector<Records>{{}} : pools};
}

size_t sizeOf(const SelectionCase& test, const Records& pool)
{
  size_t most = pool.size();
  if (test.policy != nullptr) {
    const bool byWeight = test.policy->mode == Mode::Weighted || test.policy->mode == Mode::Sticky;
    most = test.policy->maxAnswers.value_or(byWeight ? 1 : most);
  }
  return std::min({pool.size(), most, test.plan.single ? size_t{1} : pool.size()});
}

// A node's state turns each time that somebody looks.
struct Unsteady : Situation
{
  bool serves(const Owner& /* owner */) { return source() % 2 == 0; }
  int64_t turnedAt(const Owner& /* owner */) { return static_cast<int64_t>(source() % 100); }
};
}

TEST_SUITE("selection")
{
  TEST_CASE("what is answered: of what may be answered, as many as wanted, and each once")
  {
    std::mt19937_64 random(s_seed);
    Situation situation;
    std::array<size_t, 4> outcomes{};
    size_t choices = 0;
    for (int round = 0; round < 20'000; ++round) {
      SelectionCase test(random);
      situation.who = random() % 3;
      situation.moment = static_cast<int64_t>(random() % 20'000);
      const auto expected = expectedOf(test);
      const auto rrset = test.rrset();
      std::vector<Chosen> chosen;
      const auto outcome = select(rrset, situation, chosen);
      REQUIRE((outcome == expected.outcome));
      Records answer;
      for (const auto& one : chosen) {
        REQUIRE(one.rrset == &rrset);
        answer.insert(one.record);
      }
      REQUIRE(answer.size() == chosen.size());
      REQUIRE(std::any_of(expected.pools.begin(), expected.pools.end(), [&](const Records& pool) {
        return answer.size() == sizeOf(test, pool) && std::includes(pool.begin(), pool.end(), answer.begin(), answer.end());
      }));
      ++outcomes[static_cast<size_t>(outcome)];
      choices += expected.pools.size() > 1 ? 1 : 0;
    }
    CHECK(*std::min_element(outcomes.begin(), outcomes.end()) > 500); // all have come up
    CHECK(choices > 200);
  }

  TEST_CASE("an answer that may not be empty is none, even while nodes turn as it is made")
  {
    std::mt19937_64 random(s_seed);
    Unsteady situation;
    size_t down = 0;
    for (int round = 0; round < 20'000; ++round) {
      SelectionCase test(random);
      const auto rrset = test.rrset();
      std::vector<Chosen> chosen;
      const auto outcome = select(rrset, situation, chosen);
      const bool isEmpty = test.records.empty() || outcome == Outcome::NoData || outcome == Outcome::ServFail;
      REQUIRE(chosen.empty() == isEmpty);
      Records answer;
      for (const auto& one : chosen) {
        answer.insert(one.record);
      }
      REQUIRE(answer.size() == chosen.size());
      REQUIRE(chosen.size() <= (test.policy != nullptr ? test.policy->maxAnswers.value_or(12) : 12));
      REQUIRE((!test.plan.single || chosen.size() <= 1));
      down += outcome == Outcome::Down && !test.records.empty() ? 1 : 0;
    }
    CHECK(down > 500);
  }

  TEST_CASE("everything that may be drawn is what a transfer gets, but still one of alternatives")
  {
    std::mt19937_64 random(s_seed);
    Situation situation;
    size_t more = 0;
    for (int round = 0; round < 5000; ++round) {
      SelectionCase test(random);
      const auto expected = expectedOf(test);
      const auto places = drawn(test, situation, Draw::Everything);
      REQUIRE(std::any_of(expected.pools.begin(), expected.pools.end(), [&](const Records& pool) { return places.size() == std::min<size_t>(pool.size(), test.plan.single ? 1 : pool.size()); }));
      more += places.size() > sizeOf(test, expected.pools.front()) ? 1 : 0;
    }
    CHECK(more > 200);
  }

  TEST_CASE("what was chosen before stays as it is, and its records count for nothing")
  {
    std::mt19937_64 random(s_seed);
    Situation situation;
    for (int round = 0; round < 2000; ++round) {
      SelectionCase first;
      first.add();
      first.add();
      const auto firstSet = first.rrset();
      std::vector<Chosen> chosen;
      select(firstSet, situation, chosen);
      const auto before = chosen;
      SelectionCase second(random);
      const auto secondSet = second.rrset();
      const auto expected = expectedOf(second);
      REQUIRE((select(secondSet, situation, chosen) == expected.outcome));
      REQUIRE(chosen.size() >= 2);
      REQUIRE(chosen[0].record == before[0].record);
      REQUIRE(chosen[1].record == before[1].record);
      REQUIRE(std::any_of(expected.pools.begin(), expected.pools.end(), [&](const Records& pool) { return chosen.size() == 2 + sizeOf(second, pool); }));
    }
  }

  TEST_CASE("several records of a node are one node, those of no node are one each")
  {
    Situation situation;
    for (const bool isNodes : {true, false}) {
      CAPTURE(isNodes);
      SelectionCase test;
      test.policy = std::make_shared<Policy>(Policy{.minHealthy = 2, .whenDown = WhenDown::NoData});
      test.nodes.push_back(std::make_shared<NodeHealth>("east"));
      for (int i = 0; i < 2; ++i) { // as two addresses of a node: an owner each
        test.add(isNodes ? test.own({test.nodes.front()}) : nullptr, {.weight = 1});
      }
      CHECK(drawn(test, situation).size() == (isNodes ? 0 : 2));
    }
  }

  TEST_CASE("records without a plan keep the order of the store, whatever their number and TTL")
  {
    struct Unasked : Situation
    {
      static bool serves(const Owner& /* owner */)
      {
        FAIL("asked");
        return false;
      }
      static uint64_t random()
      {
        FAIL("asked");
        return 0;
      }
    } situation;
    SelectionCase test;
    for (uint32_t i = 0; i < 5; ++i) {
      test.add(nullptr, {}, i);
    }
    auto rrset = test.rrset();
    rrset.plan = nullptr;
    std::vector<Chosen> chosen;
    CHECK((select(rrset, situation, chosen) == Outcome::Served));
    REQUIRE(chosen.size() == 5);
    for (uint32_t i = 0; i < 5; ++i) {
      CHECK(chosen[i].record == &test.records[i]);
      CHECK(chosen[i].ttl == i);
    }
  }
}
