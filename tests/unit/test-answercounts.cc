// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <set>
#include <thread>
#include "backend/answercounts.hh"
#include "fakehost.hh"

// Proves that no count is lost or goes back while another thread makes room, and that what a full table leaves out is said.

using namespace failover;
using namespace failover::test;

namespace
{
const uint64_t s_east = nodeKey("east");

// Of the n-th name.
uint64_t keyOf(uint64_t number)
{
  return answerKey(wire("n" + std::to_string(number) + ".example.org"), type::a, "east");
}
}

TEST_SUITE("answercounts")
{
  TEST_CASE("keys are the same everywhere and differ in name, type and node")
  {
    CHECK(answerKey(wire("www.example.org"), type::a, "east") == 0x6ad23fd19e190aeeU);
    CHECK(nodeKey("east") == 0x9b02120f989f3fe2U);
    const std::set<uint64_t> keys{
      answerKey(wire("www.example.org"), type::a, "east"),
      answerKey(wire("www.example.org"), type::aaaa, "east"),
      answerKey(wire("www.example.org"), type::https, "east"),
      answerKey(wire("www.example.org"), 256, "east"),
      answerKey(wire("www.example.org"), type::a, "west"),
      answerKey(wire("example.org"), type::a, "east"),
      nodeKey("east"),
      nodeKey("west"),
    };
    CHECK(keys.size() == 8);
  }

  TEST_CASE("the low bits of keys spread, since they choose the place in a table")
  {
    std::set<uint64_t> places;
    for (uint64_t number = 0; number < 1000; ++number) {
      places.insert(keyOf(number) % 1024);
    }
    CHECK(places.size() > 550); // 638 are to be expected
  }

  TEST_CASE("each answer is counted once for its node and once for itself")
  {
    AnswerCounts counts;
    CHECK(counts.count(keyOf(1)) == 0);
    counts.add(s_east, keyOf(1));
    counts.add(s_east, keyOf(1));
    counts.add(s_east, keyOf(2));
    counts.add(nodeKey("west"), keyOf(3));
    CHECK(counts.count(keyOf(1)) == 2);
    CHECK(counts.count(keyOf(2)) == 1);
    CHECK(counts.count(s_east) == 3);
    CHECK(counts.count(nodeKey("west")) == 1);
    CHECK(counts.count(keyOf(4)) == 0);
    CHECK(counts.total() == 4);
    CHECK(counts.uncounted() == 0);
  }

  TEST_CASE("a full table goes on counting what it has, has room for nodes, and says what it leaves out")
  {
    AnswerCounts counts(64);
    for (uint64_t number = 0; number < 47; ++number) { // with the node: three quarters of 64
      counts.add(s_east, keyOf(number));
    }
    CHECK(counts.uncounted() == 0);
    counts.add(s_east, keyOf(47));
    CHECK(counts.uncounted() == 1);
    CHECK(counts.count(keyOf(47)) == 0);
    counts.add(s_east, keyOf(46));
    CHECK(counts.count(keyOf(46)) == 2);
    counts.add(nodeKey("west"), keyOf(48));
    CHECK(counts.count(nodeKey("west")) == 1);
    CHECK(counts.count(s_east) == 49);
    CHECK(counts.uncounted() == 2);
    CHECK(counts.total() == 50);
  }

  TEST_CASE("even a table full of nodes lets a search end")
  {
    AnswerCounts counts(8);
    for (int number = 0; number < 100; ++number) {
      counts.add(nodeKey("n" + std::to_string(number)), keyOf(1));
    }
    CHECK(counts.count(nodeKey("n99")) == 0);
    CHECK(counts.total() == 100);
  }

  TEST_CASE("it grows when a quarter is used, not earlier, and keeps what it has counted")
  {
    AnswerCounts counts(64);
    const auto addUpTo = [&](uint64_t end) {
      for (uint64_t number = 0; number < end; ++number) {
        counts.add(s_east, keyOf(number));
      }
    };
    addUpTo(14); // 15 entries are in use
    counts.grow();
    addUpTo(60);
    CHECK(counts.uncounted() == 60 - 47);
    counts.grow(); // to 256
    addUpTo(60);
    CHECK(counts.uncounted() == 60 - 47);
    CHECK(counts.count(keyOf(0)) == 3);
    CHECK(counts.count(keyOf(40)) == 2);
    CHECK(counts.count(keyOf(59)) == 1);
    CHECK(counts.count(s_east) == 14 + 60 + 60);
    CHECK(counts.total() == 14 + 60 + 60);
  }

  TEST_CASE("it stops growing at the largest table")
  {
    AnswerCounts counts(AnswerCounts::s_largestSize);
    for (uint64_t number = 1; number <= AnswerCounts::s_largestSize; ++number) {
      if (number % 65'536 == 0) {
        counts.grow();
      }
      counts.add(s_east, number << 1U | 1U);
    }
    CHECK(counts.uncounted() == AnswerCounts::s_largestSize / 4 + 1);
  }

  TEST_CASE("nothing is lost and nothing goes back while one thread writes, one makes room and one reads")
  {
    constexpr uint64_t rounds = 40;
    constexpr uint64_t names = 2000;
    AnswerCounts counts(8192);
    std::atomic<bool> ended{false};
    std::thread writer([&] {
      for (uint64_t round = 0; round < rounds; ++round) {
        for (uint64_t name = 0; name < names; ++name) {
          counts.add(s_east, keyOf(name));
        }
      }
      ended = true;
    });
    std::thread grower([&] {
      while (!ended) {
        counts.grow();
      }
    });
    uint64_t last = 0;
    bool wentBack = false;
    while (!ended) {
      const auto now = counts.count(s_east);
      wentBack |= now < last;
      last = now;
    }
    writer.join();
    grower.join();
    CHECK_FALSE(wentBack);
    CHECK(counts.total() == rounds * names);
    CHECK(counts.count(s_east) == rounds * names);
    CHECK(counts.uncounted() == 0);
    uint64_t wrong = 0;
    for (uint64_t name = 0; name < names; ++name) {
      wrong += counts.count(keyOf(name)) == rounds ? 0 : 1;
    }
    CHECK(wrong == 0);
  }

  TEST_CASE("what a writer has counted stays when it is gone, and its table goes to the next")
  {
    AnswerTotals totals;
    const auto first = totals.lease();
    const AnswerCounts* used = nullptr;
    {
      const auto second = totals.lease();
      CHECK(first.get() != second.get());
      first->add(s_east, keyOf(1));
      second->add(s_east, keyOf(1));
      used = second.get();
    }
    CHECK(totals.count(keyOf(1)) == 2);
    CHECK(totals.count(s_east) == 2);
    const auto third = totals.lease();
    CHECK(third.get() == used);
    third->add(s_east, keyOf(2));
    CHECK(totals.count(s_east) == 3);
    CHECK(totals.total() == 3);
    CHECK(totals.uncounted() == 0);
  }

  TEST_CASE("every writer's table is given room")
  {
    AnswerTotals totals;
    const auto first = totals.lease();
    const auto second = totals.lease();
    const auto room = AnswerCounts::s_firstSize / 4 * 3 - 1;
    for (uint64_t number = 1; number <= room; ++number) {
      first->add(s_east, number << 1U | 1U);
      second->add(s_east, number << 1U | 1U);
    }
    totals.grow();
    first->add(s_east, keyOf(1));
    second->add(s_east, keyOf(1));
    CHECK(totals.uncounted() == 0);
    CHECK(totals.count(keyOf(1)) == 2);
    first->add(s_east, keyOf(1));
    CHECK(totals.total() == 2 * room + 3);
  }

  TEST_CASE("writers of different threads")
  {
    AnswerTotals totals;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&totals] {
        for (int lease = 0; lease < 20; ++lease) {
          const auto counts = totals.lease();
          for (uint64_t number = 0; number < 500; ++number) {
            counts->add(s_east, keyOf(number));
          }
        }
      });
    }
    for (auto& thread : threads) {
      thread.join();
    }
    CHECK(totals.total() == 4 * 20 * 500);
    CHECK(totals.count(s_east) == 4 * 20 * 500);
    CHECK(totals.count(keyOf(499)) == 4 * 20);
  }
}
