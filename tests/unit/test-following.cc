// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <algorithm>
#include <map>
#include "backend/following.hh"
#include "zonemaker.hh"

// Which nodes stand behind a name, through CNAME and ALIAS, from zone to zone.

using namespace failover;
using namespace failover::test;

namespace
{
// East and west have an address each, and of 192.0.2.9 no node is known.
struct World
{
  OwnerMap owners;
  std::map<WireName, std::shared_ptr<const Zone>, std::less<>> zones;

  World()
  {
    own(owners, "192.0.2.1", {makeNode("east")});
    own(owners, "192.0.2.2", {makeNode("west")});
    own(owners, "north.example.net", {makeNode("north")});
  }
  void add(const std::string& apex, std::initializer_list<Row> rows)
  {
    const auto id = static_cast<int64_t>(zones.size() + 1);
    zones[wire(apex)] = makeZone(id, apex, rows, owners);
  }
  Following::Behind behind(std::string_view name) const
  {
    const Following following(owners, [this](std::string_view apex) {
      const auto found = zones.find(apex);
      return found != zones.end() ? found->second.get() : nullptr;
    });
    return following.behind(wire(name));
  }
  // "east west" in the order of the names; "always" where nothing is to be judged.
  std::string nodes(std::string_view name) const
  {
    const auto found = behind(name);
    std::set<std::string> names;
    for (const auto& member : found.members) {
      names.insert(member.health->name());
    }
    CHECK(names.size() == found.members.size()); // each once
    std::string text = found.always ? "always" : "";
    for (const auto& node : names) {
      text += (text.empty() ? "" : " ") + node;
    }
    return text;
  }
};
}

TEST_SUITE("following")
{
  TEST_CASE("the nodes of all addresses, of both families, each once")
  {
    World world;
    own(world.owners, "2001:db8::1", {world.owners[*addressTarget("192.0.2.1")]->members().front().health});
    world.add("a.org", {{"one.a.org", "A", "192.0.2.1"}, {"one.a.org", "AAAA", "2001:db8::1"}, {"two.a.org", "A", "192.0.2.1"}, {"two.a.org", "A", "192.0.2.2"}, {"mixed.a.org", "A", "192.0.2.1"}, {"mixed.a.org", "A", "192.0.2.9"}, {"text.a.org", "TXT", "x"}});
    CHECK(world.nodes("one.a.org") == "east");
    CHECK(world.nodes("two.a.org") == "east west");
    CHECK(world.nodes("mixed.a.org") == "always east"); // one address is nobody's
    CHECK(world.nodes("text.a.org").empty());
    CHECK(world.nodes("nothing.a.org").empty());
    CHECK(world.nodes("www.example.com") == "always"); // not ours
  }

  TEST_CASE("through CNAME and ALIAS, from zone to zone; a node's name ends the way")
  {
    World world;
    world.add("a.org", {{"www.a.org", "CNAME", "www.b.org"}, {"a.org", "ALIAS", "www.a.org"}, {"n.a.org", "CNAME", "north.example.net"}, {"out.a.org", "CNAME", "www.example.com"}});
    world.add("b.org", {{"www.b.org", "CNAME", "www.c.org"}});
    world.add("c.org", {{"www.c.org", "A", "192.0.2.2"}});
    CHECK(world.nodes("www.a.org") == "west");
    CHECK(world.nodes("a.org") == "west");
    CHECK(world.nodes("n.a.org") == "north");
    CHECK(world.nodes("out.a.org") == "always");
    std::vector<WireName> visited;
    for (const auto& visit : world.behind("a.org").visited) {
      visited.push_back(visit.name);
    }
    CHECK(visited == std::vector{wire("a.org"), wire("www.a.org"), wire("www.b.org"), wire("www.c.org")});
  }

  TEST_CASE("alternatives: the nodes of each")
  {
    World world;
    world.add("a.org", {{"www.a.org", "CNAME", "one.a.org"}, {"www.a.org", "CNAME", "north.example.net"}, {"one.a.org", "A", "192.0.2.1"}});
    CHECK(world.nodes("www.a.org") == "east north");
  }

  TEST_CASE("a CNAME that is left out as surplus is followed like any other, linked or not")
  {
    World world;
    world.zones[wire("b.org")] = [&] {
      ZoneBuilder builder(1, wire("b.org"), world.owners);
      add(builder, {"www.b.org", "CNAME", "one.c.org"});
      add(builder, {"www.b.org", "CNAME", "two.c.org"});
      add(builder, {"x.b.org", "TXT", "x"});
      std::vector<ZoneBuilder::Surplus> surplus;
      auto zone = finished(builder, world.owners, {}, &surplus);
      CHECK(surplus.size() == 1);
      return zone;
    }();
    world.add("c.org", {{"two.c.org", "A", "192.0.2.1"}});
    CHECK(world.nodes("www.b.org") == "east");
    CHECK(world.behind("www.b.org").visited.size() == 3);
  }

  TEST_CASE("wildcards stand in for names that do not exist, at the closest encloser only")
  {
    World world;
    world.add("a.org", {{"*.a.org", "A", "192.0.2.1"}, {"x.a.org", "TXT", "x"}, {"y.a.org", "", ""}, {"*.z.a.org", "CNAME", "w.b.org"}, {"z.a.org", "TXT", "z"}});
    world.add("b.org", {{"*.b.org", "A", "192.0.2.2"}});
    CHECK(world.nodes("any.a.org") == "east");
    CHECK(world.nodes("deep.any.a.org") == "east");
    CHECK(world.nodes("x.a.org").empty());       // it exists
    CHECK(world.nodes("below.x.a.org").empty()); // its encloser has no wildcard
    CHECK(world.nodes("below.y.a.org").empty());
    CHECK(world.nodes("any.z.a.org") == "west");
    CHECK(world.nodes("b.org").empty()); // the apex is below no wildcard
  }

  TEST_CASE("what is delegated is not judged, nor is a zone below looked for in the one above")
  {
    World world;
    world.add("a.org", {{"sub.a.org", "NS", "ns.example.com"}, {"www.sub.a.org", "A", "192.0.2.1"}, {"own.a.org", "A", "192.0.2.1"}, {"www.own.a.org", "A", "192.0.2.1"}});
    world.add("own.a.org", {{"own.a.org", "A", "192.0.2.2"}});
    CHECK(world.nodes("www.sub.a.org") == "always");
    CHECK(world.nodes("own.a.org") == "west");
    CHECK(world.nodes("www.own.a.org").empty());
  }

  TEST_CASE("loops end, and what stands beside them counts")
  {
    World world;
    world.add("a.org", {{"self.a.org", "CNAME", "self.a.org"}, {"one.a.org", "CNAME", "two.b.org"}, {"or.a.org", "CNAME", "one.a.org"}, {"or.a.org", "CNAME", "north.example.net"}, {"twice.a.org", "CNAME", "e.a.org"}, {"twice.a.org", "ALIAS", "e.a.org"}, {"e.a.org", "A", "192.0.2.1"}});
    world.add("b.org", {{"two.b.org", "CNAME", "one.a.org"}});
    for (const auto* name : {"self.a.org", "one.a.org", "two.b.org"}) {
      CAPTURE(name);
      CHECK(world.behind(name).loop);
      CHECK(world.nodes(name).empty());
    }
    CHECK(world.nodes("or.a.org") == "north");
    CHECK(world.nodes("twice.a.org") == "east");
    CHECK_FALSE(world.behind("twice.a.org").loop); // two ways to one name
  }

  TEST_CASE("ten names in a row are followed, an eleventh is not")
  {
    World world;
    ZoneBuilder builder(1, wire("a.org"), world.owners);
    for (int i = 0; i < 12; ++i) {
      const auto name = "n" + std::to_string(i) + ".a.org";
      const auto next = "n" + std::to_string(i + 1) + ".a.org";
      if (i < 11) {
        add(builder, {name.c_str(), "CNAME", next.c_str()});
      }
      else {
        add(builder, {name.c_str(), "A", "192.0.2.1"});
      }
    }
    world.zones[wire("a.org")] = finished(builder, world.owners);
    CHECK(world.nodes("n2.a.org") == "east"); // n2 to n11
    CHECK(world.nodes("n1.a.org") == "always");
  }

  TEST_CASE("a bush of alternatives is not followed to its end")
  {
    World world;
    ZoneBuilder builder(1, wire("a.org"), world.owners);
    const auto fill = [&builder](const std::string& name, int alternatives) {
      for (int i = 0; i < alternatives; ++i) {
        const auto target = name + std::to_string(i) + ".a.org";
        add(builder, {(name + ".a.org").c_str(), "CNAME", target.c_str()});
        add(builder, {target.c_str(), "A", "192.0.2.1"});
      }
    };
    fill("small", 63);
    fill("large", 64);
    for (const std::string level : {"0", "1", "2", "3", "4", "5", "6", "7"}) { // each leads to all of the next: 8^7 ways
      for (int i = 0; i < 64; ++i) {
        const auto name = "b" + level + std::to_string(i / 8) + ".a.org";
        const auto next = "b" + std::to_string(std::stoi(level) + 1) + std::to_string(i % 8) + ".a.org";
        add(builder, {name.c_str(), "CNAME", next.c_str()});
      }
    }
    world.zones[wire("a.org")] = finished(builder, world.owners);
    CHECK(world.nodes("small.a.org") == "east");
    CHECK(world.nodes("large.a.org") == "always east");
    CHECK(world.behind("large.a.org").visited.size() == 64);
    CHECK(world.behind("b00.a.org").visited.size() == 64);
    CHECK(world.behind("b00.a.org").always);
  }

  TEST_CASE("what a LUA record computes, and what is below a DNAME, is not judged")
  {
    World world;
    world.add("a.org", {{"lua.a.org", "A", "192.0.2.1"}, {"lua.a.org", "LUA", "A ..."}, {"old.a.org", "DNAME", "a.org"}});
    CHECK(world.nodes("lua.a.org") == "always east");
    CHECK(world.nodes("x.old.a.org") == "always");
    CHECK(world.nodes("old.a.org").empty());
  }
}
