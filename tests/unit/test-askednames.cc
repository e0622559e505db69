// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>
#include "backend/askednames.hh"
#include "fakehost.hh"

// Proves that every noted name is visited, the newest until another one stands behind it, and that nothing is lost or torn
// while one thread notes and another one visits.

using namespace failover;
using namespace failover::test;

namespace
{
std::vector<std::string> visited(AskedNames& names)
{
  std::vector<std::string> all;
  names.visit([&](std::string_view name) { all.push_back(toText(name)); });
  return all;
}

using Names = std::vector<std::string>;

std::string numbered(uint64_t number)
{
  return std::to_string(number) + ".example.org";
}
}

TEST_SUITE("askednames")
{
  TEST_CASE("names are visited in their order, the newest again and again")
  {
    AskedNames names;
    CHECK(visited(names).empty());
    CHECK(names.note(wire("a.org")));
    CHECK(names.note(wire("b.org")));
    CHECK(visited(names) == Names{"a.org", "b.org"});
    CHECK(visited(names) == Names{"b.org"});
    CHECK(visited(names) == Names{"b.org"});
    CHECK(names.note(wire("c.org")));
    CHECK(visited(names) == Names{"b.org", "c.org"});
    CHECK(visited(names) == Names{"c.org"});
  }

  TEST_CASE("the name of one question is noted once")
  {
    AskedNames names;
    CHECK(names.note(wire("a.org")));
    CHECK(names.note(wire("a.org")));
    CHECK(visited(names) == Names{"a.org"});
    CHECK(names.note(wire("a.org"))); // is in the ring still
    CHECK(visited(names) == Names{"a.org"});
    CHECK(names.note(wire("b.org")));
    CHECK(names.note(wire("a.org"))); // another question
    CHECK(visited(names) == Names{"a.org", "b.org", "a.org"});
  }

  TEST_CASE("the root has a name, too")
  {
    AskedNames names;
    CHECK(names.note(wire(".")));
    CHECK(visited(names) == Names{"."});
  }

  TEST_CASE("a name without room is refused, and there is room again once the others were visited")
  {
    AskedNames names(256);
    const auto noted = [&](char letter) { return names.note(wire(std::string(55, letter) + ".example")); }; // 66 bytes with its length
    CHECK(noted('a'));
    CHECK(noted('b'));
    CHECK(noted('c'));
    CHECK_FALSE(noted('d'));
    CHECK_FALSE(noted('d'));
    CHECK(noted('c')); // is the newest
    CHECK(visited(names).size() == 3);
    CHECK(noted('d'));
    CHECK(noted('e'));
    CHECK_FALSE(noted('f')); // c, the newest at the last visit, is still there
    CHECK(visited(names) == Names{std::string(55, 'c') + ".example", std::string(55, 'd') + ".example", std::string(55, 'e') + ".example"});
  }

  TEST_CASE("the longest name fits exactly, around the end of the ring, too")
  {
    AskedNames names(512);
    const auto longest = [](char letter) { return wire(std::string(63, letter) + "." + std::string(63, 'x') + "." + std::string(63, 'y') + "." + std::string(61, 'z')); };
    REQUIRE(longest('a').size() == 255);
    for (const char letter : {'a', 'b', 'c', 'd', 'e'}) {
      CHECK(names.note(longest(letter)));
      const auto all = visited(names);
      CHECK(all.back() == toText(longest(letter)));
    }
    CHECK(names.note(longest('f')));
    CHECK_FALSE(names.note(wire("a.org"))); // 512 bytes are two such names
  }

  TEST_CASE("nothing is lost, torn or out of order while one thread notes and another one visits")
  {
    constexpr uint64_t count = 200'000;
    AskedNames names(4096);
    std::atomic<bool> ended{false};
    uint64_t refused = 0;
    std::thread writer([&] {
      for (uint64_t number = 0; number < count; ++number) {
        while (!names.note(wire(numbered(number)))) {
          ++refused;
          std::this_thread::yield();
        }
      }
      ended = true;
    });
    uint64_t next = 0;
    uint64_t wrong = 0;
    const auto look = [&] {
      names.visit([&](std::string_view name) {
        const auto text = toText(name);
        if (text == numbered(next)) {
          ++next;
        }
        else if (next == 0 || text != numbered(next - 1)) {
          ++wrong;
        }
      });
    };
    while (!ended) {
      look();
    }
    look();
    writer.join();
    CHECK(next == count);
    CHECK(wrong == 0);
    MESSAGE("notes that found no room: " << refused);
  }
}
