// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <algorithm>
#include <chrono>
#include <functional>
#include <thread>
#include "backend/rotation.hh"
#include "fakehost.hh"

// Proves that what was asked is purged when a node turns, by the time that is known, and again soon after; and in rotation.

using namespace failover;
using namespace failover::test;
using namespace std::chrono_literals;

namespace
{
using Calls = std::vector<std::string>;

// Far beyond what any test waits.
constexpr auto s_never = 3'600'000ms;

bool eventually(const std::function<bool()>& condition)
{
  for (const auto end = Rotation::Clock::now() + 20s; Rotation::Clock::now() < end; std::this_thread::yield()) {
    if (condition()) {
      return true;
    }
  }
  return false;
}

size_t purges(const FakeHost& host, const char* call)
{
  const auto calls = host.calls();
  return static_cast<size_t>(std::count(calls.begin(), calls.end(), call));
}
}

TEST_SUITE("rotation")
{
  TEST_CASE("without an interval there is nothing to note names in, and nothing is purged")
  {
    FakeHost host;
    Rotation rotation(host, 0ms);
    CHECK(rotation.lease() == nullptr);
    rotation.start();
    rotation.turn();
    rotation.stop();
    CHECK(host.calls().empty());
  }

  TEST_CASE("when a node turns, the names of all instances are gone at once, the ended ones' too")
  {
    FakeHost host;
    Rotation rotation(host, s_never);
    const auto first = rotation.lease();
    CHECK(first->note(wire("a.org")));
    CHECK(first->note(wire("b.org")));
    {
      const auto second = rotation.lease();
      CHECK(second->note(wire("c.org")));
    }
    rotation.turn();
    CHECK(host.calls() == Calls{"purge a.org", "purge b.org", "purge c.org"});
    host.forget();
    const auto third = rotation.lease(); // goes on with what the second left
    CHECK(third->note(wire("d.org")));
    rotation.turn();
    CHECK(host.calls() == Calls{"purge b.org", "purge c.org", "purge d.org"});
  }

  TEST_CASE("an answer that was being made when a node turned is purged soon after, long before the next rotation")
  {
    FakeHost host;
    Rotation rotation(host, s_never);
    const auto lease = rotation.lease();
    CHECK(lease->note(wire("a.org")));
    rotation.start();
    rotation.turn();
    CHECK(eventually([&] { return purges(host, "purge a.org") == 2; }));
    rotation.turn(); // another one
    CHECK(eventually([&] { return purges(host, "purge a.org") == 4; }));
  }

  TEST_CASE("in rotation, every name that was noted is purged, and the newest each time")
  {
    FakeHost host;
    Rotation rotation(host, 1ms);
    const auto lease = rotation.lease();
    CHECK(lease->note(wire("a.org")));
    CHECK(lease->note(wire("b.org")));
    rotation.start();
    CHECK(eventually([&] { return purges(host, "purge b.org") >= 3; }));
    CHECK(purges(host, "purge a.org") == 1);
    rotation.stop();
    host.forget();
    CHECK(lease->note(wire("c.org")));
    CHECK(host.calls().empty());
  }
}
