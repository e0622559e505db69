// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <algorithm>
#include "backend/cachepurge.hh"
#include "zonemaker.hh"

using namespace failover;
using namespace failover::test;
using Calls = std::vector<std::string>;

namespace
{
using Zones = std::vector<std::shared_ptr<const Zone>>;

std::shared_ptr<const Snapshot> snapshotOf(const Zones& zones)
{
  SnapshotEdit edit(nullptr);
  for (const auto& zone : zones) {
    edit.put(zone);
  }
  return edit.finish();
}

Calls sorted(Calls calls)
{
  std::sort(calls.begin(), calls.end());
  return calls;
}

// What a change of the zones `ids` purges when the store's zones stay the same.
Calls purgedBy(const Zones& zones, const std::vector<int64_t>& ids)
{
  FakeHost host;
  const auto snapshot = snapshotOf(zones);
  purgeZones(host, *snapshot, *snapshot, ids);
  auto calls = host.calls();
  std::erase_if(calls, [](const std::string& call) { return call.starts_with("changed "); });
  return sorted(std::move(calls));
}

Calls announced(const Zones& before, const Zones& after, const std::vector<int64_t>& ids)
{
  FakeHost host;
  announceZones(host, snapshotOf(before).get(), *snapshotOf(after), ids);
  return sorted(host.calls());
}
}

TEST_SUITE("cachepurge")
{
  TEST_CASE("a node's names go exactly, in every zone; a wildcard's expansions go with what is above it")
  {
    OwnerMap owners;
    own(owners, "192.0.2.1", {makeNode("east")});
    own(owners, "192.0.2.2", {makeNode("west")});
    const auto snapshot = snapshotOf({makeZone(1, "a.org", {{"www.a.org", "A", "192.0.2.1"}, {"www.a.org", "A", "192.0.2.2"}, {"other.a.org", "A", "192.0.2.2"}}, owners),
      makeZone(2, "b.org", {{"*.w.b.org", "A", "192.0.2.1"}, {"b.org", "A", "192.0.2.1"}}, owners)});
    FakeHost host;
    purgeNode(host, *snapshot, "east");
    CHECK(sorted(host.calls()) == Calls{"purge b.org", "purge www.a.org", "purge-below w.b.org"});
    host.forget();
    purgeNode(host, *snapshot, "north");
    CHECK(host.calls().empty());
  }

  TEST_CASE("where rrsets come and go, a node takes its whole zone, and the names of others that lead there")
  {
    OwnerMap owners;
    own(owners, "192.0.2.1", {makeNode("east")});
    own(owners, "192.0.2.2", {makeNode("west")});
    const Policies policies({{.name = wire("www.a.org"), .type = type::a, .whenDown = WhenDown::NoData}});
    ZoneBuilder builder(1, wire("a.org"), owners);
    add(builder, {"www.a.org", "A", "192.0.2.1"});
    add(builder, {"other.a.org", "A", "192.0.2.2"});
    const auto snapshot = snapshotOf({finished(builder, owners, policies),
      makeZone(2, "b.org", {{"alias.b.org", "CNAME", "www.a.org"}, {"old.b.org", "DNAME", "a.org"}, {"www.b.org", "A", "192.0.2.1"}, {"far.b.org", "CNAME", "www.c.org"}}, owners)});
    FakeHost host;
    purgeNode(host, *snapshot, "east");
    CHECK(sorted(host.calls()) == Calls{"purge alias.b.org", "purge www.b.org", "purge-below a.org", "purge-below old.b.org"});
    host.forget();
    purgeNode(host, *snapshot, "north");
    CHECK(host.calls().empty());
  }

  TEST_CASE("a changed zone goes with all that is below its apex, and nothing else does")
  {
    const Zones zones{makeZone(1, "a.org", {{"a.org", "A", "192.0.2.1"}}), makeZone(2, "b.org", {{"x.b.org", "CNAME", "b.org"}})};
    CHECK(purgedBy(zones, {1}) == Calls{"purge-below a.org"});
    CHECK(purgedBy(zones, {}).empty());
    CHECK(purgedBy(zones, {77}).empty());
  }

  TEST_CASE("a renamed zone goes under both names; keys and metadata first, since answers are made of them")
  {
    FakeHost host;
    const auto before = snapshotOf({makeZone(1, "a.org", {})});
    const auto after = snapshotOf({makeZone(1, "b.org", {})});
    purgeZones(host, *before, *after, {1});
    CHECK(host.calls() == Calls{"changed a.org", "changed b.org", "purge-below a.org", "purge-below b.org"});
  }

  TEST_CASE("names of other zones that lead into a changed one go too, and what leads to those")
  {
    const Zones zones{
      makeZone(1, "a.org", {}),
      makeZone(2, "b.org", {{"x.b.org", "CNAME", "www.a.org"}, {"y.b.org", "CNAME", "www.other.org"}, {"*.w.b.org", "CNAME", "a.org"}}),
      makeZone(3, "c.org", {{"x.c.org", "CNAME", "x.b.org"}, {"old.c.org", "DNAME", "b.org"}}),
      makeZone(4, "d.org", {{"x.d.org", "CNAME", "www.other.org"}}),
    };
    CHECK(purgedBy(zones, {1}) == Calls{"purge x.b.org", "purge x.c.org", "purge-below a.org", "purge-below old.c.org", "purge-below w.b.org"});
  }

  TEST_CASE("zones that lead to each other in a ring are purged once")
  {
    const Zones zones{makeZone(1, "a.org", {{"x.a.org", "CNAME", "x.b.org"}}), makeZone(2, "b.org", {{"x.b.org", "CNAME", "x.c.org"}}), makeZone(3, "c.org", {{"x.c.org", "CNAME", "x.a.org"}})};
    CHECK(purgedBy(zones, {1}) == Calls{"purge x.b.org", "purge x.c.org", "purge-below a.org"});
  }

  TEST_CASE("a name that leads into a zone below its own goes with that zone")
  {
    const Zones zones{makeZone(1, "a.org", {{"x.a.org", "CNAME", "www.sub.a.org"}, {"y.a.org", "CNAME", "a.org"}, {"a.org", "A", "192.0.2.1"}}), makeZone(2, "sub.a.org", {{"www.sub.a.org", "A", "192.0.2.1"}})};
    CHECK(purgedBy(zones, {2}) == Calls{"purge x.a.org", "purge-below sub.a.org"});
  }

  TEST_CASE("what a DNAME maps into a zone below its target goes with that zone")
  {
    const Zones zones{makeZone(1, "a.org", {{"old.a.org", "DNAME", "b.org"}}), makeZone(2, "sub.b.org", {{"x.sub.b.org", "A", "192.0.2.1"}})};
    CHECK(purgedBy(zones, {2}) == Calls{"purge-below old.a.org", "purge-below sub.b.org"});
  }

  TEST_CASE("a thousand zones go one by one, more go all at once")
  {
    Zones zones;
    std::vector<int64_t> ids;
    for (int64_t id = 1; id <= 1001; ++id) {
      zones.push_back(makeZone(id, "z" + std::to_string(id) + ".org", {}));
      ids.push_back(id);
    }
    CHECK(purgedBy(zones, ids) == Calls{"purge-all"});
    ids.pop_back();
    CHECK(purgedBy(zones, ids).size() == 1000);
  }

  TEST_CASE("new and gone zones are told from those that stay")
  {
    const auto one = makeZone(1, "a.org", {});
    const auto two = makeZone(2, "b.org", {});
    CHECK(announced({one}, {one, two}, {2}) == Calls{"added b.org 2"});
    CHECK(announced({one, two}, {one}, {2}) == Calls{"removed b.org"});
    CHECK(announced({one}, {makeZone(1, "a.org", {})}, {1}).empty());
    CHECK(announced({one}, {one}, {1}).empty());                     // kept its last good version
    CHECK(announced({one, two}, {}, {1}) == Calls{"removed a.org"}); // only what was asked
    CHECK(announced({}, {}, {5}).empty());
  }

  TEST_CASE("at the first load every zone is new")
  {
    FakeHost host;
    announceZones(host, nullptr, *snapshotOf({makeZone(1, "a.org", {})}), {1, 2});
    CHECK(host.calls() == Calls{"added a.org 1"});
  }

  TEST_CASE("a zone made anew under another id is new, and its name not gone")
  {
    CHECK(announced({makeZone(1, "a.org", {})}, {makeZone(2, "a.org", {})}, {1, 2}) == Calls{"added a.org 2"});
  }

  TEST_CASE("a rename is a removal and an addition")
  {
    const auto calls = announced({makeZone(1, "a.org", {})}, {makeZone(1, "b.org", {})}, {1});
    CHECK(std::count(calls.begin(), calls.end(), "removed a.org") == 1);
    CHECK(std::count(calls.begin(), calls.end(), "added b.org 1") == 1);
  }
}
