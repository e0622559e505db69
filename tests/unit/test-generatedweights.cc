// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <algorithm>
#include <string>
#include "backend/fixedhash.hh"
#include "selectioncase.hh"

// Whatever the weights and however many records a node has: shares are those of the weights, and who leaves takes only its
// own clients along. Fixed seeds.

using namespace failover;
using namespace failover::test;

namespace
{
constexpr int s_cases = 30;

struct Weights : SelectionCase
{
  // Three to five nodes of one or two records each, so that more records are there than an answer may have.
  Weights(Mode mode, std::mt19937_64& random)
  {
    policy = std::make_shared<Policy>(Policy{.mode = mode, .maxAnswers = 1 + random() % 2});
    const auto count = 3 + random() % 3;
    for (size_t node = 0; node < count; ++node) {
      add(static_cast<uint32_t>(100 + random() % 300));
      nodeOf.push_back(node);
    }
    for (size_t node = 0; node < count; ++node) {
      if (random() % 2 == 0) {
        auto second = plan.candidates[node];
        second.record = fixedHash("second of " + std::to_string(node));
        SelectionCase::add(records[node].owner, second);
        nodeOf.push_back(node);
      }
    }
  }

  // Of the answers' first records, by node. In 'sticky' it is nodes that are drawn, in 'weighted' their records.
  [[nodiscard]] std::vector<double> expectedShares() const
  {
    std::vector<double> shares(nodes.size());
    for (size_t place = 0; place < nodeOf.size(); ++place) {
      if (policy->mode == Mode::Weighted || place < nodes.size()) {
        shares[nodeOf[place]] += plan.candidates[place].weight;
      }
    }
    double total = 0;
    for (const auto share : shares) {
      total += share;
    }
    for (auto& share : shares) {
      share /= total;
    }
    return shares;
  }

  using SelectionCase::add;
  std::vector<size_t> nodeOf; // by record
};

uint64_t clientOf(size_t number)
{
  return fixedHash("client " + std::to_string(number));
}

// So many that 2 % of the smallest share are five standard deviations.
size_t drawsFor(const std::vector<double>& shares)
{
  const auto smallest = *std::min_element(shares.begin(), shares.end());
  return std::max<size_t>(100'000, static_cast<size_t>(62'500 * (1 - smallest) / smallest));
}

std::vector<size_t> sorted(std::vector<size_t> places)
{
  std::sort(places.begin(), places.end());
  return places;
}
}

TEST_SUITE("drawing")
{
  TEST_CASE("shares are within 2 % of the weights'")
  {
    std::mt19937_64 random(20260712);
    Situation situation;
    std::vector<Chosen> chosen;
    for (int number = 0; number < s_cases; ++number) {
      for (const auto mode : {Mode::Weighted, Mode::Sticky}) {
        CAPTURE(number);
        CAPTURE(static_cast<int>(mode));
        Weights test(mode, random);
        const auto expected = test.expectedShares();
        const auto draws = drawsFor(expected);
        const auto rrset = test.rrset();
        std::vector<size_t> times(expected.size());
        for (size_t draw = 0; draw < draws; ++draw) {
          situation.who = clientOf(draw);
          chosen.clear();
          select(rrset, situation, chosen);
          ++times[test.nodeOf[test.indexOf(chosen.front().record)]];
        }
        for (size_t node = 0; node < expected.size(); ++node) {
          CAPTURE(node);
          CHECK(std::abs(static_cast<double>(times[node]) / static_cast<double>(draws) - expected[node]) < 0.02 * expected[node]);
        }
      }
    }
  }

  TEST_CASE("a client loses the records of the node that left, and no other")
  {
    std::mt19937_64 random(20260713);
    Situation situation;
    for (int number = 0; number < s_cases; ++number) {
      CAPTURE(number);
      Weights test(Mode::Sticky, random);
      const auto gone = random() % test.nodes.size();
      const auto isGone = [&](size_t place) { return test.nodeOf[place] == gone; };
      size_t moved = 0;
      for (size_t client = 0; client < 5000; ++client) {
        situation.who = clientOf(client);
        test.nodes[gone]->publish(NodeState::Up, 1);
        auto before = sorted(drawn(test, situation));
        test.nodes[gone]->publish(NodeState::Down, 2);
        const auto during = sorted(drawn(test, situation));
        REQUIRE(during.size() == before.size());
        REQUIRE(std::none_of(during.begin(), during.end(), isGone));
        moved += std::erase_if(before, isGone) > 0 ? 1 : 0;
        REQUIRE(std::includes(during.begin(), during.end(), before.begin(), before.end()));
      }
      CHECK(moved > 0);
      CHECK(moved < 5000);
    }
  }
}
