// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "backend/followindex.hh"
#include "fakehost.hh"

using namespace failover;
using namespace failover::test;
using Zones = std::set<int64_t>;

namespace
{
Zones collected(const FollowIndex& index, std::string_view apex)
{
  Zones zones;
  index.collect(wire(apex), zones);
  return zones;
}
}

TEST_SUITE("followindex")
{
  TEST_CASE("a zone leads to those that have looked at its name or one below")
  {
    FollowIndex index;
    index.add(1, {wire("www.b.org"), wire("mail.b.org")});
    index.add(2, {wire("b.org")});
    index.add(3, {wire("www.bb.org"), wire("wb.org"), wire("b.org.net")});
    index.add(4, {wire("deep.www.b.org")});
    index.add(5, {wire("org")});
    CHECK(collected(index, "b.org") == Zones{1, 2, 4});
    CHECK(collected(index, "www.b.org") == Zones{1, 4});
    CHECK(collected(index, "bb.org") == Zones{3});
    CHECK(collected(index, "org") == Zones{1, 2, 3, 4, 5});
    CHECK(collected(index, "a.org").empty());
    CHECK(collected(index, ".") == Zones{1, 2, 3, 4, 5});
  }

  TEST_CASE("labels with any byte lead to no other name")
  {
    FollowIndex index;
    index.add(1, {wire("x\\001a.org")}); // a label whose bytes look like two labels
    index.add(2, {wire("\\255.b.org")}); // the highest byte of all
    CHECK(collected(index, "a.org").empty());
    CHECK(collected(index, "x\\001a.org") == Zones{1});
    CHECK(collected(index, "b.org") == Zones{2});
  }

  TEST_CASE("what is taken out is gone, for this zone only")
  {
    FollowIndex index;
    index.add(1, {wire("www.b.org"), wire("b.org")});
    index.add(2, {wire("www.b.org")});
    index.remove(1, {wire("www.b.org"), wire("other.b.org")});
    CHECK(collected(index, "www.b.org") == Zones{2});
    CHECK(collected(index, "b.org") == Zones{1, 2});
    index.remove(2, {wire("www.b.org")});
    CHECK(collected(index, "b.org") == Zones{1});
  }
}
