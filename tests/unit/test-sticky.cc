// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <algorithm>
#include <map>
#include <string>
#include "backend/fixedhash.hh"
#include "selectioncase.hh"

// The client decides: it keeps its nodes, and loses them only when they leave.

using namespace failover;
using namespace failover::test;

namespace
{
constexpr size_t s_clients = 100'000;

SelectionCase sticky(std::initializer_list<uint32_t> weights, Policy policy = {})
{
  SelectionCase test;
  policy.mode = Mode::Sticky;
  test.policy = std::make_shared<Policy>(policy);
  for (const auto weight : weights) {
    test.add(weight);
  }
  return test;
}

// As the adapter makes them: of addresses, here of one network after the other.
uint64_t clientOf(size_t number)
{
  const char address[] = {10, static_cast<char>(number >> 16), static_cast<char>(number >> 8), static_cast<char>(number)};
  return fixedHash({address, sizeof(address)});
}

using Answers = std::vector<std::vector<size_t>>; // by client

Answers answers(SelectionCase& test, Situation& situation, size_t clients = s_clients)
{
  Answers all;
  for (size_t client = 0; client < clients; ++client) {
    situation.who = clientOf(client);
    all.push_back(drawn(test, situation));
  }
  return all;
}

std::map<size_t, double> sharesOf(const Answers& answers)
{
  std::map<size_t, double> shares;
  for (const auto& answer : answers) {
    for (const auto place : answer) {
      shares[place] += 1.0 / static_cast<double>(answers.size());
    }
  }
  return shares;
}

bool has(const std::vector<size_t>& answer, size_t place)
{
  return std::find(answer.begin(), answer.end(), place) != answer.end();
}
}

TEST_SUITE("sticky")
{
  TEST_CASE("clients spread by weight")
  {
    Situation situation;
    auto test = sticky({100, 200, 200});
    auto shares = sharesOf(answers(test, situation));
    CHECK(std::abs(shares[0] - 0.2) < 0.2 * 0.02);
    CHECK(std::abs(shares[1] - 0.4) < 0.4 * 0.02);
    CHECK(std::abs(shares[2] - 0.4) < 0.4 * 0.02);
  }

  TEST_CASE("a client gets the same answer each time, whatever chance says and the order of the rows")
  {
    Situation situation;
    auto test = sticky({100, 200, 300, 50}, {.maxAnswers = 2});
    const auto first = answers(test, situation, 1000);
    CHECK(answers(test, situation, 1000) == first);
    std::reverse(test.records.begin(), test.records.end());
    std::reverse(test.plan.candidates.begin(), test.plan.candidates.end());
    auto reversed = answers(test, situation, 1000);
    for (auto& answer : reversed) {
      for (auto& place : answer) {
        place = 3 - place;
      }
    }
    CHECK(reversed == first);
  }

  TEST_CASE("a node that leaves moves its own clients and no others, to the others by their weights; back it gets the same ones")
  {
    Situation situation;
    auto test = sticky({100, 200, 300, 400});
    const auto before = answers(test, situation);
    test.nodes[2]->publish(NodeState::Down, 1);
    const auto during = answers(test, situation);
    size_t moved = 0;
    Answers places;
    for (size_t client = 0; client < s_clients; ++client) {
      REQUIRE_FALSE(has(during[client], 2));
      if (before[client] != during[client]) {
        REQUIRE(has(before[client], 2));
        ++moved;
        places.push_back(during[client]);
      }
    }
    CHECK(std::abs(static_cast<double>(moved) / s_clients - 0.3) < 0.3 * 0.02);
    auto shares = sharesOf(places);
    CHECK(std::abs(shares[0] - 1.0 / 7) < 0.01);
    CHECK(std::abs(shares[1] - 2.0 / 7) < 0.01);
    CHECK(std::abs(shares[3] - 4.0 / 7) < 0.01);
    test.nodes[2]->publish(NodeState::Up, 2);
    CHECK(answers(test, situation) == before);
  }

  TEST_CASE("with several records in an answer, too, only those of the node that left are another's")
  {
    Situation situation;
    auto test = sticky({100, 100, 100, 100, 100}, {.maxAnswers = 2});
    const auto before = answers(test, situation, 10'000);
    test.nodes[0]->publish(NodeState::Drained, 1);
    const auto during = answers(test, situation, 10'000);
    for (size_t client = 0; client < before.size(); ++client) {
      if (!has(before[client], 0)) {
        REQUIRE(during[client] == before[client]);
      }
      else {
        const auto stays = before[client][0] == 0 ? before[client][1] : before[client][0];
        REQUIRE(has(during[client], stays));
        REQUIRE_FALSE(has(during[client], 0));
        REQUIRE(during[client].size() == 2);
      }
    }
  }

  TEST_CASE("a new node takes clients from all others, and none moves between those")
  {
    Situation situation;
    auto test = sticky({100, 100, 100});
    const auto before = answers(test, situation, 20'000);
    test.add(100);
    const auto after = answers(test, situation, 20'000);
    std::map<size_t, int> taken;
    for (size_t client = 0; client < before.size(); ++client) {
      if (before[client] != after[client]) {
        REQUIRE(after[client] == std::vector<size_t>{3});
        ++taken[before[client][0]];
      }
    }
    for (const size_t place : {0, 1, 2}) {
      CHECK(std::abs(taken[place] - 20'000.0 / 12) < 200);
    }
  }

  TEST_CASE("a node that comes back gets its clients one after the other")
  {
    Situation situation;
    auto test = sticky({100, 100}, {.ramp = 100});
    const auto full = answers(test, situation, 20'000);
    test.nodes[0]->remember(NodeState::Up, 1'000'000);
    size_t last = 0;
    for (const int64_t second : {1, 20, 50, 80, 100}) {
      situation.moment = 1'000'000 + 1000 * second;
      const auto now = answers(test, situation, 20'000);
      size_t its = 0;
      for (size_t client = 0; client < now.size(); ++client) {
        REQUIRE((!has(now[client], 0) || has(full[client], 0)));
        its += has(now[client], 0) ? 1 : 0;
      }
      const auto weight = static_cast<double>(second);
      CHECK(std::abs(static_cast<double>(its) - 20'000 * weight / (weight + 100)) < 350);
      CHECK(its > last);
      last = its;
    }
  }

  TEST_CASE("a client's addresses of both families are of one node, and stay so when one leaves")
  {
    Situation situation;
    auto four = sticky({100, 200, 300});
    auto six = sticky({100, 200, 300});
    for (auto& candidate : six.plan.candidates) {
      candidate.record = fixedHash("of another type" + std::to_string(candidate.record));
    }
    CHECK(answers(four, situation, 5000) == answers(six, situation, 5000));
    four.nodes[1]->publish(NodeState::Down, 1);
    six.nodes[1]->publish(NodeState::Down, 1);
    CHECK(answers(four, situation, 5000) == answers(six, situation, 5000));
  }

  TEST_CASE("the records of one node share its clients, and a client keeps its record")
  {
    Situation situation;
    auto test = sticky({100, 100});
    auto another = test.plan.candidates[0];
    another.record = fixedHash("its second address");
    test.add(test.records[0].owner, another);
    const auto first = answers(test, situation);
    CHECK(answers(test, situation) == first);
    auto shares = sharesOf(first);
    CHECK(std::abs(shares[0] - 0.25) < 0.01);
    CHECK(std::abs(shares[1] - 0.5) < 0.01);
    CHECK(std::abs(shares[2] - 0.25) < 0.01);
  }

  TEST_CASE("the next address gets any node, whatever the last one got")
  {
    Situation situation;
    auto test = sticky({100, 100, 100, 100});
    std::map<std::vector<size_t>, int> next;
    std::vector<size_t> last;
    for (const auto& answer : answers(test, situation, 16'000)) {
      if (!last.empty()) {
        ++next[{last[0], answer[0]}];
      }
      last = answer;
    }
    CHECK(next.size() == 16);
    for (const auto& [pair, times] : next) {
      CHECK(std::abs(times - 1000) < 170);
    }
  }

  TEST_CASE("where no client is known, chance decides")
  {
    Situation situation;
    auto test = sticky({100, 300});
    situation.who = 0;
    int second = 0;
    for (size_t i = 0; i < s_clients; ++i) {
      second += drawn(test, situation).front() == 1 ? 1 : 0;
    }
    CHECK(std::abs(second / double{s_clients} - 0.75) < 0.75 * 0.02);
  }
}
