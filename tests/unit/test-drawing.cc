// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <algorithm>
#include <map>
#include <utility>
#include "selectioncase.hh"

// Chance is fair: orders, shares by weight, the ramp of a node that comes back, the trickle to the next tier. Fixed seeds.

using namespace failover;
using namespace failover::test;

namespace
{
constexpr int s_draws = 100'000;

SelectionCase weighted(std::initializer_list<uint32_t> weights, Policy policy = {})
{
  SelectionCase test;
  policy.mode = Mode::Weighted;
  test.policy = std::make_shared<Policy>(policy);
  for (const auto weight : weights) {
    test.add(weight);
  }
  return test;
}

// How often each answer comes up, by its records in their order: shares of all.
std::map<std::vector<size_t>, double> shares(SelectionCase& test, Situation& situation, int draws = s_draws)
{
  std::map<std::vector<size_t>, double> times;
  for (int i = 0; i < draws; ++i) {
    ++times[drawn(test, situation)];
  }
  for (auto& [places, share] : times) {
    share /= draws;
  }
  return times;
}

bool isNear(double share, double expected)
{
  return share > expected * 0.98 && share < expected * 1.02;
}

struct Constant
{
  uint64_t value;
  [[nodiscard]] uint64_t random() const { return value; }
};
}

TEST_SUITE("drawing")
{
  TEST_CASE("below never reaches its bound, and reaches all that is under it")
  {
    Constant largest{~uint64_t{0}};
    Constant smallest{0};
    for (const uint64_t bound : {1UL, 2UL, 3UL, 299UL, 65'535UL, 65'535'000UL, (1UL << 32) - 1, 1UL << 32}) {
      CAPTURE(bound);
      CHECK(below(bound, largest) == bound - 1);
      CHECK(below(bound, smallest) == 0);
    }
  }

  TEST_CASE("each order of an answer comes up as often as the others")
  {
    Situation situation;
    for (const size_t dead : {0, 1}) {
      CAPTURE(dead);
      SelectionCase test;
      for (int i = 0; i < 4; ++i) {
        test.add();
      }
      if (dead == 1) {
        test.nodes[2]->publish(NodeState::Down, 1);
      }
      const auto orders = shares(test, situation);
      const size_t expected = dead == 1 ? 6 : 24;
      REQUIRE(orders.size() == expected);
      for (const auto& [order, share] : orders) {
        CHECK(std::abs(share - 1.0 / static_cast<double>(expected)) < 0.004); // more than five standard deviations
      }
    }
  }

  TEST_CASE("each part of an answer with fewer records is as likely as the others")
  {
    Situation situation;
    SelectionCase test;
    test.policy = std::make_shared<Policy>(Policy{.maxAnswers = 2});
    for (int i = 0; i < 4; ++i) {
      test.add();
    }
    const auto parts = shares(test, situation);
    REQUIRE(parts.size() == 12);
    for (const auto& [part, share] : parts) {
      CHECK(std::abs(share - 1.0 / 12) < 0.005);
    }
  }

  TEST_CASE("randomness is asked for once less than there are records")
  {
    struct Counting : Situation
    {
      size_t asked{0};
      uint64_t random() { return ++asked, Situation::random(); }
    } situation;
    SelectionCase test;
    for (int i = 0; i < 3; ++i) {
      test.add();
    }
    CHECK(drawn(test, situation).size() == 3);
    CHECK(situation.asked == 2);
  }

  TEST_CASE("one record by weight")
  {
    Situation situation;
    auto test = weighted({100, 200, 200});
    auto share = shares(test, situation);
    CHECK(isNear(share[{0}], 0.2));
    CHECK(isNear(share[{1}], 0.4));
    CHECK(isNear(share[{2}], 0.4));
    test.nodes[2]->publish(NodeState::Down, 1);
    share = shares(test, situation);
    CHECK(isNear(share[{0}], 1.0 / 3));
    CHECK(isNear(share[{1}], 2.0 / 3));
  }

  TEST_CASE("the largest weights of as many records as an answer may have")
  {
    Situation situation;
    auto test = weighted({});
    for (int i = 0; i < 1000; ++i) {
      test.add(i % 2 == 0 ? 65'535 : 1);
    }
    std::vector<int> times(1000);
    for (int i = 0; i < 20'000; ++i) {
      ++times[drawn(test, situation).front()];
    }
    int light = 0;
    for (size_t i = 1; i < times.size(); i += 2) {
      light += times[i];
    }
    CHECK(light < 10);
    for (size_t i = 0; i < times.size(); i += 2) {
      CHECK(times[i] > 5); // 40 expected
    }
  }

  TEST_CASE("two of three records by weight, without replacement: each pair in each order as the formula says")
  {
    Situation situation;
    auto test = weighted({100, 200, 300}, {.maxAnswers = 2});
    const double weights[] = {1.0 / 6, 2.0 / 6, 3.0 / 6};
    const auto pairs = shares(test, situation);
    REQUIRE(pairs.size() == 6);
    double inclusion[3]{};
    for (const auto& [pair, share] : pairs) {
      const auto expected = weights[pair[0]] * weights[pair[1]] / (1 - weights[pair[0]]);
      CHECK(std::abs(share - expected) < 0.006);
      inclusion[pair[0]] += share;
      inclusion[pair[1]] += share;
    }
    CHECK(isNear(inclusion[0], 1.0 / 6 + 2.0 / 6 * (1.0 / 4) + 3.0 / 6 * (1.0 / 3)));
    CHECK(isNear(inclusion[1], 2.0 / 6 + 1.0 / 6 * (2.0 / 5) + 3.0 / 6 * (2.0 / 3)));
    CHECK(isNear(inclusion[2], 3.0 / 6 + 1.0 / 6 * (3.0 / 5) + 2.0 / 6 * (3.0 / 4)));
  }

  TEST_CASE("a node that came back weighs more and more, until its weight is full")
  {
    constexpr int64_t turned = 1'000'000;
    struct Case
    {
      int64_t age; // milliseconds
      double share;
    };
    for (const auto& [age, share] : {Case{0, 1.0 / 1001}, Case{5000, 0.5 / 1.5}, Case{7500, 0.75 / 1.75}, Case{9999, 0.5}, Case{10'000, 0.5}, Case{86'400'000, 0.5},
           Case{-1, 0.5}, Case{-turned, 0.5}}) { // the clock was set back
      CAPTURE(age);
      Situation situation;
      auto test = weighted({1000, 1000}, {.ramp = 10});
      test.nodes[1]->remember(NodeState::Up, turned);
      situation.moment = turned + age;
      const auto seen = shares(test, situation)[{1}];
      CHECK(std::abs(seen - share) < 0.02 * std::max(share, 0.05));
    }
  }

  TEST_CASE("a node that never turned has its full weight")
  {
    Situation situation;
    auto test = weighted({100, 100}, {.ramp = 86'400});
    situation.moment = 1'000'000;
    test.nodes[0]->remember(NodeState::Up, 2'000'000); // full, too
    CHECK(isNear(shares(test, situation)[{1}], 0.5));
  }

  TEST_CASE("while all are down, those that left count as much as they do when they serve")
  {
    Situation situation;
    auto test = weighted({100, 100}, {.ramp = 10});
    test.nodes[0]->publish(NodeState::Down, 1'000'000);
    test.nodes[1]->publish(NodeState::Down, 1'009'999);
    situation.moment = 1'010'000;
    CHECK(isNear(shares(test, situation)[{1}], 0.5));
  }

  TEST_CASE("weights that grow from one look to the next still draw one")
  {
    struct Growing : Situation
    {
      int64_t turned{1};
      int64_t turnedAt(const Owner& /* owner */) { return turned = turned == 1 ? 9000 : 1; }
    } situation;
    situation.moment = 9999;
    auto test = weighted({65'535, 65'535, 65'535}, {.maxAnswers = 2, .ramp = 10});
    for (int i = 0; i < 1000; ++i) {
      REQUIRE(drawn(test, situation).size() == 2);
    }
  }

  TEST_CASE("the trickle's share goes to the next tier that has enough nodes, while there is one")
  {
    Situation situation;
    SelectionCase test;
    test.policy = std::make_shared<Policy>(Policy{.mode = Mode::Priority, .trickle = 5});
    for (uint16_t tier = 0; tier < 3; ++tier) {
      test.add(1, tier);
    }
    auto share = shares(test, situation);
    CHECK(std::abs(share[{0}] - 0.95) < 0.004);
    CHECK(std::abs(share[{1}] - 0.05) < 0.004);
    CHECK(share.size() == 2);
    test.nodes[1]->publish(NodeState::Down, 1);
    share = shares(test, situation);
    CHECK(std::abs(share[{2}] - 0.05) < 0.004);
    test.nodes[2]->publish(NodeState::Down, 1);
    CHECK(shares(test, situation, 1000).size() == 1);
  }
}
