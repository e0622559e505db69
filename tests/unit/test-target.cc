// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "backend/target.hh"
#include "zonemaker.hh"

using namespace failover;
using namespace failover::test;

TEST_SUITE("target")
{
  TEST_CASE("spellings of one address are one target")
  {
    CHECK(addressTarget("2001:DB8:0:0::1") == addressTarget("2001:db8::1"));
    CHECK(addressTarget("2001:0db8:0000:0000:0000:0000:0000:0001") == addressTarget("2001:db8::1"));
    CHECK(addressTarget("192.0.2.1") != addressTarget("192.0.2.2"));
    CHECK(addressTarget("2001:db8::1") != addressTarget("2001:db8::2"));
    CHECK(addressTarget("192.0.2.1")->size() == 5);
    CHECK(addressTarget("::1")->size() == 17);
  }

  TEST_CASE("an IPv4-mapped address is IPv6, as the AAAA record that it stands in")
  {
    CHECK(addressTarget("::ffff:192.0.2.1") != addressTarget("192.0.2.1"));
    CHECK(addressTarget("::ffff:192.0.2.1") == addressTarget("::ffff:c000:201"));
  }

  TEST_CASE("what is no address is none")
  {
    for (const auto* text : {"", "example.org", "192.0.2.300", "192.0.2", "192.0.2.1 ", "192.0.2.1:80", "[::1]", "::1%lo", "1::2::3"}) {
      CAPTURE(text);
      CHECK_FALSE(addressTarget(text));
    }
  }

  TEST_CASE("no host name is ever equal to an address")
  {
    CHECK(hostTarget(wire("MX.example.org")) == hostTarget(wire("mx.Example.org.")));
    CHECK(hostTarget(wire("a")).front() == 'n');
    CHECK(addressTarget("10.0.0.1")->front() == '4');
    CHECK(addressTarget("::")->front() == '6');
  }

  TEST_CASE("a target of several nodes is served while any of them is")
  {
    const auto east = makeNode("east", NodeState::Down);
    const auto west = makeNode("west", NodeState::Up);
    const Owner owner({{.health = east}, {.health = west}});
    CHECK(owner.serving());
    west->publish(NodeState::Drained, 0);
    CHECK_FALSE(owner.serving());
    east->publish(NodeState::Unknown, 0);
    CHECK(owner.serving());
  }

  TEST_CASE("an owner knows its nodes by their whole name")
  {
    const Owner owner({{.health = makeNode("east")}, {.health = makeNode("west")}});
    CHECK(owner.includes("east"));
    CHECK(owner.includes("west"));
    CHECK_FALSE(owner.includes("eas"));
    CHECK_FALSE(owner.includes("north"));
  }
}
