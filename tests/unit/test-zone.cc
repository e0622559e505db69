// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <algorithm>
#include "zonemaker.hh"

using namespace failover;
using namespace failover::test;
using Contents = std::multiset<std::string>;

namespace
{
std::vector<std::string> namesOf(const Zone& zone, std::string_view node)
{
  std::vector<std::string> texts;
  zone.forEachNameOf(node, [&texts](const WireName& name) { texts.push_back(toText(name)); });
  std::sort(texts.begin(), texts.end());
  return texts;
}

const RRset* rrsetOf(const Zone& zone, std::string_view name, uint16_t type)
{
  for (const auto& rrset : zone.find(wire(name))) {
    if (rrset.type == type) {
      return &rrset;
    }
  }
  return nullptr;
}
}

TEST_SUITE("zone")
{
  TEST_CASE("a name leads to its rrsets, one for each type, and to nothing else")
  {
    const auto zone = makeZone(7, "example.org", {{"www.example.org", "A", "192.0.2.1"}, {"example.org", "SOA", "soa"}, {"WWW.example.org", "TXT", "text"}, {"www.example.org", "A", "192.0.2.2"}});
    CHECK(zone->id() == 7);
    CHECK(zone->apex() == wire("example.org"));
    CHECK(zone->recordCount() == 4);
    CHECK(zone->find(wire("www.example.org")).size() == 2);
    CHECK(contents(*zone, "www.example.org", type::a) == Contents{"192.0.2.1", "192.0.2.2"});
    CHECK(contents(*zone, "www.example.org", type::txt) == Contents{"text"});
    CHECK(contents(*zone, "example.org", type::soa) == Contents{"soa"});
    for (const auto* name : {"ww.example.org", "www.example.net", "x.www.example.org", "org", "."}) {
      CAPTURE(name);
      CHECK(zone->find(wire(name)).empty());
    }
    CHECK(zone->find("").empty());
  }

  TEST_CASE("every one of a thousand names is found, with its own record")
  {
    const OwnerMap nobody;
    ZoneBuilder builder(1, wire("example.org"), nobody);
    const auto name = [](int i) { return "n" + std::to_string(i) + ".example.org"; };
    for (int i = 0; i < 1000; ++i) {
      add(builder, {name(i).c_str(), "TXT", std::to_string(i).c_str()}, static_cast<uint32_t>(i));
    }
    const auto zone = finished(builder);
    for (int i = 0; i < 1000; ++i) {
      const auto* rrset = rrsetOf(*zone, name(i), type::txt);
      REQUIRE(rrset != nullptr);
      REQUIRE(rrset->records.size() == 1);
      CHECK(contentOf(rrset->records.front()) == std::to_string(i));
      CHECK(rrset->records.front().ttl == static_cast<uint32_t>(i));
    }
    CHECK(zone->find(wire(name(1000))).empty());
  }

  TEST_CASE("its names are listed whole, each once")
  {
    const auto zone = makeZone(7, "example.org", {{"www.example.org", "A", "192.0.2.1"}, {"example.org", "SOA", "soa"}, {"WWW.example.org", "TXT", "text"}});
    std::multiset<std::string> names;
    for (size_t place = 0; place < zone->nameCount(); ++place) {
      names.insert(toText(zone->nameAt(place)));
    }
    CHECK(names == std::multiset<std::string>{"example.org", "www.example.org"});
  }

  TEST_CASE("a zone without records is empty, not broken")
  {
    const auto zone = makeZone(1, "example.org", {});
    CHECK(zone->find(wire("example.org")).empty());
    CHECK(zone->recordCount() == 0);
    CHECK(Zone().find(wire("example.org")).empty());
  }

  TEST_CASE("a wildcard is a name like any other, found by its asterisk only")
  {
    const auto zone = makeZone(1, "example.org", {{"*.example.org", "A", "192.0.2.1"}});
    CHECK(contents(*zone, "*.example.org", type::a) == Contents{"192.0.2.1"});
    CHECK(zone->find(wire("www.example.org")).empty());
  }

  TEST_CASE("of types that a name has one record of, the lowest row is kept and the others are named")
  {
    const OwnerMap nobody;
    const FakeHost host;
    ZoneBuilder builder(1, wire("example.org"), nobody);
    const auto put = [&](int64_t row, const char* name, const char* recordType, const char* content) {
      builder.addRecord(row, wire(name), host.compile({row, name, recordType, content, ""}), 60, true);
    };
    put(9, "c.example.org", "CNAME", "nine.org");
    put(7, "c.example.org", "CNAME", "seven.org");
    put(8, "c.example.org", "CNAME", "eight.org");
    put(5, "example.org", "SOA", "five");
    put(4, "example.org", "SOA", "four");
    put(3, "a.example.org", "A", "192.0.2.3");
    put(2, "a.example.org", "A", "192.0.2.2");
    put(1, "d.example.org", "CNAME", "one.org");
    std::vector<ZoneBuilder::Surplus> surplus;
    const auto zone = finished(builder, nobody, {}, &surplus);
    CHECK(contents(*zone, "c.example.org", type::cname) == std::multiset<std::string>{"seven.org"});
    CHECK(contents(*zone, "example.org", type::soa) == std::multiset<std::string>{"four"});
    CHECK(contents(*zone, "a.example.org", type::a).size() == 2);
    CHECK(contents(*zone, "d.example.org", type::cname).size() == 1);
    CHECK(zone->recordCount() == 5);
    std::set<int64_t> rows;
    for (const auto& row : surplus) {
      rows.insert(row.row);
      CHECK(row.keptRow == (row.type == type::soa ? 4 : 7));
      CHECK(row.name == wire(row.type == type::soa ? "example.org" : "c.example.org"));
    }
    CHECK(rows == std::set<int64_t>{5, 8, 9});
  }

  TEST_CASE("of a presigned zone everything is kept: its rrsets are signed whole")
  {
    const OwnerMap nobody;
    const FakeHost host;
    ZoneBuilder builder(1, wire("example.org"), nobody);
    builder.addMetadata("PRESIGNED", "1");
    builder.addRecord(1, wire("c.example.org"), host.compile({1, "c.example.org", "CNAME", "one.org", ""}), 60, true);
    builder.addRecord(2, wire("c.example.org"), host.compile({2, "c.example.org", "CNAME", "two.org", ""}), 60, true);
    std::vector<ZoneBuilder::Surplus> surplus;
    CHECK(finished(builder, nobody, {}, &surplus)->recordCount() == 2);
    CHECK(surplus.empty());
  }

  TEST_CASE("a question that ends like the apex in the middle of a label meets nothing")
  {
    const auto zone = makeZone(1, "org", {{"org", "A", "192.0.2.1"}, {"abc.org", "A", "192.0.2.2"}});
    CHECK(zone->find(wire("abc\\003org")).empty());
    CHECK(zone->find(wire("x.abc\\003org")).empty());
  }

  TEST_CASE("labels of any bytes are names of their own")
  {
    const auto zone = makeZone(1, "example.org", {{"a\\.b.example.org", "TXT", "dot"}, {"a.b.example.org", "TXT", "two labels"}, {"\\000\\255.example.org", "TXT", "binary"}});
    CHECK(contents(*zone, "a\\.b.example.org", type::txt) == Contents{"dot"});
    CHECK(contents(*zone, "a.b.example.org", type::txt) == Contents{"two labels"});
    CHECK(contents(*zone, "\\000\\255.example.org", type::txt) == Contents{"binary"});
    CHECK(zone->find(wire("\\000.example.org")).empty());
  }

  TEST_CASE("the root zone holds every name")
  {
    const auto zone = makeZone(1, ".", {{".", "NS", "a.example.net"}, {"www.example.org", "A", "192.0.2.1"}});
    CHECK(contents(*zone, ".", type::ns) == Contents{"a.example.net"});
    CHECK(contents(*zone, "www.example.org", type::a) == Contents{"192.0.2.1"});
  }

  TEST_CASE("an empty non-terminal is a placeholder of type 0")
  {
    const auto zone = makeZone(1, "example.org", {{"b.example.org", "", ""}});
    REQUIRE(zone->find(wire("b.example.org")).size() == 1);
    CHECK(zone->find(wire("b.example.org")).front().type == 0);
  }

  TEST_CASE("records below a delegation are marked as the column says")
  {
    const FakeHost host;
    const OwnerMap nobody;
    ZoneBuilder builder(1, wire("example.org"), nobody);
    builder.addRecord(1, wire("ns.sub.example.org"), host.compile({1, "", "A", "192.0.2.1", ""}), 60, false);
    builder.addRecord(1, wire("example.org"), host.compile({1, "", "A", "192.0.2.1", ""}), 60, true);
    const auto zone = finished(builder);
    CHECK_FALSE(rrsetOf(*zone, "ns.sub.example.org", type::a)->records.front().auth);
    CHECK(rrsetOf(*zone, "example.org", type::a)->records.front().auth);
  }

  TEST_CASE("a record belongs to the node that lists its target, if its type is filtered")
  {
    OwnerMap owners;
    own(owners, "192.0.2.1", {makeNode("east")});
    own(owners, "2001:db8::1", {makeNode("east")});
    own(owners, "mx.example.org", {makeNode("east")});
    const auto zone = makeZone(1, "example.org", {{"a.example.org", "A", "192.0.2.1"}, {"a.example.org", "A", "192.0.2.9"}, {"a.example.org", "AAAA", "2001:DB8:0::1"}, {"example.org", "MX", "MX.example.org."}, {"example.org", "NS", "mx.example.org"}, {"s.example.org", "SRV", "0 5060 mx.example.org"}, {"h.example.org", "HTTPS", "1 mx.example.org"}, {"t.example.org", "TXT", "192.0.2.1"}}, owners);
    const auto owned = [&](std::string_view name, uint16_t type) {
      const auto* rrset = rrsetOf(*zone, name, type);
      return std::count_if(rrset->records.begin(), rrset->records.end(), [](const Record& record) { return record.owner != nullptr; });
    };
    CHECK(owned("a.example.org", type::a) == 1);
    CHECK(owned("a.example.org", type::aaaa) == 1);
    CHECK(owned("example.org", type::mx) == 1);
    CHECK(owned("s.example.org", type::srv) == 1);
    CHECK(owned("h.example.org", type::https) == 1);
    CHECK(owned("example.org", type::ns) == 0);
    CHECK(rrsetOf(*zone, "a.example.org", type::a)->dependent());
    CHECK(rrsetOf(*zone, "example.org", type::mx)->dependent());
    CHECK_FALSE(rrsetOf(*zone, "example.org", type::ns)->dependent());
    CHECK_FALSE(rrsetOf(*zone, "t.example.org", type::txt)->dependent());
  }

  TEST_CASE("content that depends on other answers is marked for its whole rrset and for no other")
  {
    const auto zone = makeZone(1, "example.org", {{"h.example.org", "HTTPS", "1 . ipv4hint=auto"}, {"h.example.org", "HTTPS", "2 ."}, {"h.example.org", "TXT", "auto"}, {"i.example.org", "HTTPS", "1 ."}});
    CHECK(rrsetOf(*zone, "h.example.org", type::https)->volatileContent);
    CHECK_FALSE(rrsetOf(*zone, "h.example.org", type::txt)->volatileContent);
    CHECK_FALSE(rrsetOf(*zone, "i.example.org", type::https)->volatileContent);
  }

  TEST_CASE("namesOf lists each name of a node once, and only its names")
  {
    OwnerMap owners;
    const auto east = makeNode("east");
    own(owners, "192.0.2.1", {east});
    own(owners, "2001:db8::1", {east});
    own(owners, "192.0.2.2", {makeNode("west")});
    own(owners, "192.0.2.3", {east, makeNode("north")});
    const auto zone = makeZone(1, "example.org", {{"b.example.org", "A", "192.0.2.1"}, {"b.example.org", "A", "192.0.2.2"}, {"b.example.org", "AAAA", "2001:db8::1"}, {"w.example.org", "A", "192.0.2.2"}, {"n.example.org", "A", "192.0.2.3"}, {"*.example.org", "A", "192.0.2.1"}, {"o.example.org", "A", "192.0.2.9"}}, owners);
    CHECK(namesOf(*zone, "east") == std::vector<std::string>{"*.example.org", "b.example.org", "n.example.org"});
    CHECK(namesOf(*zone, "west") == std::vector<std::string>{"b.example.org", "w.example.org"});
    CHECK(namesOf(*zone, "north") == std::vector<std::string>{"n.example.org"});
    CHECK(namesOf(*zone, "south").empty());
  }

  TEST_CASE("a zone keeps the owners of its records alive")
  {
    OwnerMap owners;
    own(owners, "192.0.2.1", {makeNode("east", NodeState::Down)});
    const auto zone = makeZone(1, "example.org", {{"a.example.org", "A", "192.0.2.1"}}, owners);
    owners.clear();
    CHECK_FALSE(rrsetOf(*zone, "a.example.org", type::a)->records.front().owner->serving());
  }
}
