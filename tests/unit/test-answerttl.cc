// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <algorithm>
#include "selectioncase.hh"

// How long an answer lives: its records' TTL, the policy's limit, and nodes that may leave before.

using namespace failover;
using namespace failover::test;

namespace
{
constexpr int64_t s_now = 1'700'000'000'000;

// TTLs of an answer, in the order of the records.
template <typename Moment>
std::vector<uint32_t> ttls(SelectionCase& test, Moment& situation)
{
  const auto rrset = test.rrset();
  std::vector<Chosen> chosen;
  select(rrset, situation, chosen);
  std::sort(chosen.begin(), chosen.end(), [](const Chosen& left, const Chosen& right) { return left.record < right.record; });
  std::vector<uint32_t> found;
  for (const auto& one : chosen) {
    found.push_back(one.ttl);
  }
  return found;
}
using Ttls = std::vector<uint32_t>;

// A node of 300 seconds that may leave, beside one that stays.
Ttls bounded(int64_t fallsIn, int64_t drainsIn, uint32_t ttl = 300)
{
  Situation situation;
  situation.moment = s_now;
  SelectionCase test;
  test.add(1, 0, ttl).forecast(fallsIn == 0 ? 0 : s_now + fallsIn, drainsIn == 0 ? 0 : s_now + drainsIn);
  test.add(1, 0, ttl);
  return ttls(test, situation);
}

Ttls both(uint32_t ttl)
{
  return {ttl, ttl};
}
}

TEST_SUITE("answerttl")
{
  TEST_CASE("a policy's limit")
  {
    Situation situation;
    SelectionCase test;
    test.add(1, 0, 20);
    test.add(1, 0, 300);
    CHECK(ttls(test, situation) == Ttls{20, 300});
    test.policy = std::make_shared<Policy>(Policy{.ttlMax = 100});
    CHECK(ttls(test, situation) == Ttls{20, 100});
    test.policy->ttlMax = 0;
    CHECK(ttls(test, situation) == both(0));
    test.policy->ttlMax = 300;
    CHECK(ttls(test, situation) == Ttls{20, 300});
  }

  TEST_CASE("no longer than until the verdict can fall, but a second; and not longer than stored")
  {
    CHECK(bounded(0, 0) == both(300));
    CHECK(bounded(400'000, 0) == both(300));
    CHECK(bounded(299'999, 0) == both(299));
    CHECK(bounded(2500, 0) == both(2));
    CHECK(bounded(1000, 0) == both(1));
    CHECK(bounded(10, 0) == both(1));
    CHECK(bounded(-5000, 0) == both(1)); // the verdict is late
    CHECK(bounded(2500, 0, 0) == both(0));
  }

  TEST_CASE("no longer than until a planned drain begins, to the last second")
  {
    CHECK(bounded(0, 400'000) == both(300));
    CHECK(bounded(0, 60'999) == both(60));
    CHECK(bounded(0, 1000) == both(1));
    CHECK(bounded(0, 999) == both(0));
    CHECK(bounded(0, 1) == both(0));
    CHECK(bounded(0, -1) == both(0)); // it begins now
    CHECK(bounded(5000, 9000) == both(5));
    CHECK(bounded(9000, 5000) == both(5));
    CHECK(bounded(200, 700) == both(0));
  }

  TEST_CASE("the limit and the node that may leave: whichever is less; the records left out say nothing")
  {
    Situation situation;
    situation.moment = s_now;
    SelectionCase test;
    test.policy = std::make_shared<Policy>(Policy{.mode = Mode::Priority, .ttlMax = 60});
    test.add(1, 0, 300).forecast(s_now + 90'000, 0);
    test.add(1, 1, 300).forecast(s_now + 10'000, 0);
    CHECK(ttls(test, situation) == Ttls{60});
    test.nodes[0]->forecast(s_now + 30'000, 0);
    CHECK(ttls(test, situation) == Ttls{30});
    test.nodes[0]->publish(NodeState::Down, s_now);
    CHECK(ttls(test, situation) == Ttls{10});
  }

  TEST_CASE("an address of several nodes lives until the last of them has left")
  {
    Situation situation;
    situation.moment = s_now;
    SelectionCase test;
    const auto east = std::make_shared<NodeHealth>("east");
    const auto west = std::make_shared<NodeHealth>("west");
    test.add(test.own({east, west}), {}, 300);
    CHECK(ttls(test, situation) == Ttls{300});
    east->forecast(s_now + 10'000, 0);
    CHECK(ttls(test, situation) == Ttls{300}); // west stays
    west->forecast(0, s_now + 20'000);
    CHECK(ttls(test, situation) == Ttls{20});
    west->publish(NodeState::Down, s_now);
    CHECK(ttls(test, situation) == Ttls{10});
    east->publish(NodeState::Down, s_now); // everything is answered: nobody leaves any more
    CHECK(ttls(test, situation) == Ttls{300});
  }

  TEST_CASE("a node that leaves while the answer is made bounds it nonetheless")
  {
    struct Leaving : Situation
    {
      NodeHealth* node{nullptr};
      bool serves(const Owner& owner)
      {
        const bool served = owner.serving();
        node->publish(NodeState::Down, s_now);
        node->forecast(0, 0);
        return served;
      }
    } situation;
    situation.moment = s_now;
    SelectionCase test;
    situation.node = &test.add(1, 0, 300);
    situation.node->forecast(s_now + 1500, 0);
    CHECK(ttls(test, situation) == Ttls{1});
  }

  TEST_CASE("time is asked for when it matters, once")
  {
    struct Clock : Situation
    {
      int asked{0};
      int64_t now() { return ++asked, s_now; }
    } situation;
    SelectionCase test;
    test.policy = std::make_shared<Policy>(Policy{.mode = Mode::Weighted, .maxAnswers = 2});
    for (int i = 0; i < 4; ++i) {
      test.add();
    }
    ttls(test, situation);
    CHECK(situation.asked == 0);
    test.policy->ramp = 10;
    ttls(test, situation);
    CHECK(situation.asked == 1);
    for (const auto& node : test.nodes) {
      node->forecast(s_now + 5000, 0);
    }
    ttls(test, situation);
    CHECK(situation.asked == 2);
  }
}
