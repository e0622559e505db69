// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <algorithm>
#include "zonemaker.hh"

// The parts of a zone beside names and rrsets: what DNSSEC needs, metadata, redirects.

using namespace failover;
using namespace failover::test;

namespace
{
std::vector<std::string> redirectsOf(const Zone& zone)
{
  std::vector<std::string> texts;
  for (const auto& redirect : zone.redirects()) {
    texts.push_back(toText(redirect.name) + (redirect.below ? " all-below " : " ") + toText(redirect.target));
  }
  std::sort(texts.begin(), texts.end());
  return texts;
}
}

TEST_SUITE("zone")
{
  TEST_CASE("a presigned zone is served as it was signed, whole")
  {
    OwnerMap owners;
    own(owners, "192.0.2.1", {makeNode("east", NodeState::Down)});
    for (const auto* value : {"1", "0"}) {
      CAPTURE(value);
      ZoneBuilder builder(1, wire("example.org"), owners);
      add(builder, {"a.example.org", "A", "192.0.2.1"});
      builder.addMetadata("Presigned", value);
      const auto zone = finished(builder, owners);
      const bool presigned = std::string(value) == "1";
      CHECK(zone->find(wire("a.example.org")).front().dependent() != presigned);
      CHECK((zone->find(wire("a.example.org")).front().records.front().owner == nullptr) == presigned);
      CHECK(zone->hasOrder() == presigned);
    }
  }

  TEST_CASE("metadata is found in any case, all values in their order")
  {
    const OwnerMap nobody;
    ZoneBuilder builder(1, wire("example.org"), nobody);
    builder.addMetadata("ALLOW-AXFR-FROM", "192.0.2.1");
    builder.addMetadata("allow-axfr-from", "192.0.2.2");
    builder.addMetadata("ALLOW", "x");
    const auto zone = finished(builder);
    REQUIRE(zone->metadata().size() == 2);
    CHECK(zone->metadata().find(std::string_view("Allow-Axfr-From"))->second == std::vector<std::string>{"192.0.2.1", "192.0.2.2"});
    CHECK(zone->metadata().find(std::string_view("ALLOW-AXFR")) == zone->metadata().end());
  }

  TEST_CASE("order names come back in their order, for zones that can deny")
  {
    const OwnerMap nobody;
    ZoneBuilder builder(1, wire("example.org"), nobody);
    CHECK_FALSE(builder.wantsOrder());
    builder.addKey({"key", 5, 257, true, false});
    CHECK(builder.wantsOrder());
    builder.addOrder("www", "www.example.org");
    builder.addOrder("", "example.org");
    builder.addOrder("mail", "mail.example.org");
    const auto zone = finished(builder);
    CHECK(zone->hasOrder());
    REQUIRE(zone->order().size() == 3);
    CHECK(zone->order()[0].name == "example.org");
    CHECK(zone->order()[1].ordername == "mail");
    CHECK(zone->order()[2].name == "www.example.org");
    REQUIRE(zone->keys().size() == 1);
    const auto& key = zone->keys().front();
    CHECK(key.content == "key");
    CHECK(key.id == 5);
    CHECK(key.flags == 257);
    CHECK(key.active);
    CHECK_FALSE(key.published);
  }

  TEST_CASE("a policy is for what a node's health decides, and for no glue; types vary where it may empty an rrset")
  {
    OwnerMap owners;
    own(owners, "192.0.2.1", {makeNode("east")});
    const Policies policies({{.name = wire("example.org"), .below = true, .whenDown = WhenDown::NoData}});
    const std::initializer_list<Row> rows{{"example.org", "A", "192.0.2.1"}, {"www.example.org", "TXT", "hello"}, {"www.example.org", "A", "192.0.2.1"}, {"other.example.org", "A", "192.0.2.2"}, {"sub.example.org", "NS", "ns.sub.example.org"}, {"ns.sub.example.org", "A", "192.0.2.1"}};
    const auto zone = makeZone(1, "example.org", rows, owners, policies);
    std::string found;
    for (const auto* name : {"example.org", "www.example.org", "other.example.org", "ns.sub.example.org"}) {
      for (const auto& rrset : zone->find(wire(name))) {
        found += std::string(name) + " " + std::to_string(rrset.type) + (rrset.dependent() && rrset.plan->whenDown() == WhenDown::NoData ? " nodata\n" : "\n");
      }
    }
    CHECK(found == "example.org 1 nodata\nwww.example.org 1 nodata\nwww.example.org 16\nother.example.org 1\nns.sub.example.org 1\n");
    CHECK(zone->typesVary());
    CHECK_FALSE(makeZone(1, "example.org", rows, owners)->typesVary());
  }

  TEST_CASE("an unsigned zone has no order")
  {
    CHECK_FALSE(makeZone(1, "example.org", {})->hasOrder());
  }

  TEST_CASE("redirects are those that lead out of the zone")
  {
    const auto zone = makeZone(1, "example.org", {{"a.example.org", "CNAME", "www.example.net"}, {"b.example.org", "CNAME", "www.example.org"}, {"www.example.org", "A", "192.0.2.1"}, {"old.example.org", "DNAME", "example.net"}, {"example.org", "MX", "mx.example.net"}, {"c.example.org", "CNAME", "org"}});
    CHECK(redirectsOf(*zone) == std::vector<std::string>{"a.example.org www.example.net", "c.example.org org", "old.example.org all-below example.net"});
  }

  TEST_CASE("a redirect to a name that another zone below may hold leads out of the zone")
  {
    const auto zone = makeZone(1, "example.org", {{"a.example.org", "CNAME", "www.sub.example.org"}, {"b.example.org", "CNAME", "ns.cut.example.org"}, {"cut.example.org", "NS", "ns.cut.example.org"}, {"ns.cut.example.org", "A", "192.0.2.1"}, {"c.example.org", "CNAME", "example.org"}, {"example.org", "NS", "ns.example.net"}, {"old.example.org", "DNAME", "new.example.org"}, {"new.example.org", "A", "192.0.2.1"}});
    CHECK(redirectsOf(*zone) == std::vector<std::string>{"a.example.org www.sub.example.org", "b.example.org ns.cut.example.org", "old.example.org all-below new.example.org"});
  }
}
