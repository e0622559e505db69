// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <map>
#include <random>
#include "backend/zonetable.hh"
#include "zonemaker.hh"

using namespace failover;
using namespace failover::test;

namespace
{
struct Fixture
{
  ZoneTable table;

  void insert(uint64_t hash, int64_t id) { table.insert(hash, makeZone(id, "a.org", {})); }
  void erase(uint64_t hash, int64_t id)
  {
    table.erase(hash, [id](const Zone& zone) { return zone.id() == id; });
  }
  // Whether it is there, and is it.
  bool has(uint64_t hash, int64_t id) const
  {
    const auto* zone = table.find(hash, [id](const Zone& other) { return other.id() == id; });
    CHECK((zone == nullptr || zone->id() == id));
    return zone != nullptr;
  }
};
}

TEST_SUITE("zonetable")
{
  TEST_CASE("an empty table has nothing")
  {
    Fixture test;
    CHECK_FALSE(test.has(0, 0));
    test.erase(0, 0);
    test.table.forEach([](const Zone&) { FAIL("a zone"); });
  }

  TEST_CASE("zones of one hash are told apart")
  {
    Fixture test;
    test.insert(7, 1);
    test.insert(7, 2);
    CHECK(test.has(7, 1));
    CHECK(test.has(7, 2));
    CHECK_FALSE(test.has(7, 3));
    CHECK_FALSE(test.has(8, 1));
    test.erase(7, 1);
    CHECK_FALSE(test.has(7, 1));
    CHECK(test.has(7, 2));
  }

  TEST_CASE("whatever comes and goes, in few slots, each is found as long as it is there")
  {
    std::mt19937 random(1);
    for (int round = 0; round < 20; ++round) {
      Fixture test;
      std::map<int64_t, uint64_t> there; // hash by id
      for (int step = 0; step < 300; ++step) {
        const auto id = static_cast<int64_t>(random() % 40);
        if (const auto found = there.find(id); found != there.end()) {
          test.erase(found->second, id);
          there.erase(found);
        }
        else {
          const auto hash = (uint64_t{random() % 16} << 32) + random() % 2; // neighbours, and round the end
          test.insert(hash, id);
          there.emplace(id, hash);
        }
        size_t count = 0;
        test.table.forEach([&](const Zone& zone) { count += there.contains(zone.id()); });
        REQUIRE(count == there.size());
        for (const auto& [known, hash] : there) {
          REQUIRE(test.has(hash, known));
        }
      }
    }
  }
}
