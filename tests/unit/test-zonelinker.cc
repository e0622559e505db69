// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <algorithm>
#include "backend/fixedhash.hh"
#include "zonemaker.hh"

// Plans of rrsets: alternatives, hints, and what a policy makes of the nodes.

using namespace failover;
using namespace failover::test;
using Contents = std::multiset<std::string>;

namespace
{
struct Linking
{
  std::shared_ptr<NodeHealth> east{makeNode("east")};
  std::shared_ptr<NodeHealth> west{makeNode("west")};
  OwnerMap owners;
  std::vector<ZoneBuilder::Surplus> surplus;
  std::vector<Policy> policies;

  Linking()
  {
    own(owners, "192.0.2.1", {east});
    own(owners, "192.0.2.2", {west});
    own(owners, "east.example.net", {east});
    own(owners, "west.example.net", {west});
  }
  std::shared_ptr<const Zone> zone(std::initializer_list<Row> rows, std::string_view metadata = "")
  {
    ZoneBuilder builder(1, wire("a.org"), owners);
    for (const auto& row : rows) {
      add(builder, row);
    }
    if (!metadata.empty()) {
      builder.addMetadata(std::string(metadata), "1");
    }
    surplus.clear();
    return finished(builder, owners, Policies(policies), &surplus);
  }
};

const RRset& only(const Zone& zone, std::string_view name = "www.a.org")
{
  const auto rrsets = zone.find(wire(name));
  REQUIRE(rrsets.size() == 1);
  return rrsets.front();
}

std::string form(const RRset& rrset, size_t serving, size_t which = 0)
{
  return *std::static_pointer_cast<std::string>(rrset.plan->hinted.at(which).contents.at(serving));
}
}

TEST_SUITE("zonelinker")
{
  TEST_CASE("CNAMEs of which one leads to a node are alternatives")
  {
    Linking test;
    for (const auto* second : {"west.example.net", "www.example.com", "www.example.net"}) {
      CAPTURE(second);
      const auto zone = test.zone({{"www.a.org", "CNAME", "east.example.net"}, {"www.a.org", "CNAME", second}});
      CHECK(only(*zone).records.size() == 2);
      REQUIRE(only(*zone).dependent());
      CHECK(only(*zone).plan->single);
      CHECK(test.surplus.empty());
      CHECK(zone->recordCount() == 2);
    }
    const auto behind = test.zone({{"www.a.org", "CNAME", "x.a.org"}, {"www.a.org", "CNAME", "y.a.org"}, {"y.a.org", "A", "192.0.2.2"}});
    CHECK(only(*behind).records.size() == 2);
    CHECK(only(*behind).records[0].owner == nullptr);
    CHECK(only(*behind).records[1].owner->includes("west"));
  }

  TEST_CASE("of CNAMEs that lead to no node the first row is served")
  {
    Linking test;
    ZoneBuilder builder(1, wire("a.org"), test.owners);
    const FakeHost host;
    for (const int64_t row : {7, 5, 9}) {
      const auto target = "n" + std::to_string(row) + ".example.com";
      builder.addRecord(row, wire("www.a.org"), host.compile({row, "www.a.org", "CNAME", target, ""}), 60, true);
    }
    const auto zone = finished(builder, test.owners, {}, &test.surplus);
    CHECK(contents(*zone, "www.a.org", type::cname) == Contents{"n5.example.com"});
    CHECK_FALSE(only(*zone).dependent());
    CHECK(zone->recordCount() == 1);
    CHECK(zone->stored(only(*zone)).size() == 3);
    REQUIRE(test.surplus.size() == 2);
    CHECK(test.surplus[0].row == 7);
    CHECK(test.surplus[1].row == 9);
    CHECK(test.surplus[1].keptRow == 5);
    CHECK(test.surplus[1].name == wire("www.a.org"));
  }

  TEST_CASE("ALIAS rows are alternatives, too, and all stay where none leads to a node, as PowerDNS has them")
  {
    Linking test;
    const auto zone = test.zone({{"a.org", "ALIAS", "east.example.net"}, {"a.org", "ALIAS", "west.example.net"}});
    CHECK(only(*zone, "a.org").plan->single);
    const auto plain = test.zone({{"a.org", "ALIAS", "one.example.com"}, {"a.org", "ALIAS", "two.example.com"}});
    CHECK(only(*plain, "a.org").records.size() == 2);
    CHECK_FALSE(only(*plain, "a.org").dependent());
    CHECK(test.surplus.empty());
  }

  TEST_CASE("names behind which there are the same nodes have one owner")
  {
    Linking test;
    const auto zone = test.zone({{"www.a.org", "MX", "one.a.org"}, {"www.a.org", "MX", "two.a.org"}, {"www.a.org", "MX", "three.a.org"}, {"one.a.org", "A", "192.0.2.1"}, {"one.a.org", "A", "192.0.2.2"},
      {"two.a.org", "A", "192.0.2.2"}, {"two.a.org", "A", "192.0.2.1"}, {"three.a.org", "A", "192.0.2.1"}});
    const auto records = only(*zone).records;
    REQUIRE(records.size() == 3);
    const auto same = std::count_if(records.begin(), records.end(), [&](const Record& record) { return record.owner->members().size() == 2 && record.owner == records[0].owner; });
    CHECK(same == 2);
  }

  TEST_CASE("hints of nodes: a form for each that may serve")
  {
    Linking test;
    const auto zone = test.zone({{"www.a.org", "HTTPS", "1 . alpn=h2 ipv4hint=192.0.2.1,192.0.2.9,192.0.2.2"}});
    const auto& rrset = only(*zone);
    REQUIRE(rrset.plan->hinted.size() == 1);
    CHECK_FALSE(rrset.plan->single);
    const auto& hinted = rrset.plan->hinted.front();
    REQUIRE(hinted.owners.size() == 2);
    CHECK(hinted.owners[0]->includes("east"));
    REQUIRE(hinted.contents.size() == 4);
    CHECK(form(rrset, 0) == "1 . alpn=h2 ipv4hint=192.0.2.9");
    CHECK(form(rrset, 1) == "1 . alpn=h2 ipv4hint=192.0.2.1,192.0.2.9");
    CHECK(form(rrset, 2) == "1 . alpn=h2 ipv4hint=192.0.2.9,192.0.2.2");
    CHECK(hinted.contents[3] == rrset.records[0].content); // as it is
  }

  TEST_CASE("two hints of one node are one choice; hints of nobody, and 'auto', are none")
  {
    Linking test;
    own(test.owners, "2001:db8::1", {test.east});
    const auto zone = test.zone({{"www.a.org", "HTTPS", "1 . ipv4hint=192.0.2.1 ipv6hint=2001:db8::1,2001:db8::9"}, {"b.a.org", "HTTPS", "1 . ipv4hint=192.0.2.9"}, {"c.a.org", "HTTPS", "1 . ipv4hint=auto"}});
    CHECK(only(*zone).plan->hinted.front().contents.size() == 2);
    CHECK(form(only(*zone), 0) == "1 . ipv6hint=2001:db8::9");
    CHECK_FALSE(only(*zone, "b.a.org").dependent());
    CHECK_FALSE(only(*zone, "c.a.org").dependent());
    CHECK(only(*zone, "c.a.org").volatileContent);
  }

  TEST_CASE("of more nodes than four, the further ones are no hints at all")
  {
    Linking test;
    for (int i = 3; i <= 6; ++i) {
      own(test.owners, "192.0.2." + std::to_string(i), {makeNode("n" + std::to_string(i))});
    }
    const auto zone = test.zone({{"www.a.org", "HTTPS", "1 . ipv4hint=192.0.2.1,192.0.2.2,192.0.2.3,192.0.2.4,192.0.2.5,192.0.2.9,192.0.2.6,192.0.2.1"}});
    CHECK(only(*zone).plan->hinted.front().owners.size() == 4);
    REQUIRE(only(*zone).plan->hinted.front().contents.size() == 16);
    CHECK(form(only(*zone), 15) == "1 . ipv4hint=192.0.2.1,192.0.2.2,192.0.2.3,192.0.2.4,192.0.2.9,192.0.2.1");
    CHECK(form(only(*zone), 0) == "1 . ipv4hint=192.0.2.9");
  }

  TEST_CASE("the second of two service bindings has its own hints")
  {
    Linking test;
    const auto zone = test.zone({{"www.a.org", "HTTPS", "1 . alpn=h2"}, {"www.a.org", "HTTPS", "2 . ipv4hint=192.0.2.2"}});
    const auto& rrset = only(*zone);
    REQUIRE(rrset.plan->hinted.size() == 1);
    CHECK(contentOf(rrset.records[rrset.plan->hinted.front().record]) == "2 . ipv4hint=192.0.2.2");
    CHECK(form(rrset, 0) == "2 .");
  }

  TEST_CASE("a policy's candidates: the node's rank, or the policy's; a target of several nodes has the best tier and all weight")
  {
    Linking test;
    test.policies.push_back({.name = wire("www.a.org"), .nodes = {{"west", {.priority = 5, .weight = std::nullopt}}, {"north", {.priority = std::nullopt, .weight = 65535}}}});
    test.owners[*addressTarget("192.0.2.1")] = std::make_shared<const Owner>(std::vector<Member>{{.health = test.east, .priority = 2, .weight = 7}});
    test.owners[*addressTarget("192.0.2.3")] = std::make_shared<const Owner>(std::vector<Member>{{.health = test.west, .priority = 0, .weight = 40}, {.health = makeNode("north"), .priority = 9, .weight = 1}});
    const auto zone = test.zone({{"www.a.org", "A", "192.0.2.1"}, {"www.a.org", "A", "192.0.2.3"}, {"www.a.org", "A", "192.0.2.9"}, {"other.a.org", "A", "192.0.2.1"}});
    const auto& rrset = only(*zone);
    REQUIRE(rrset.plan->candidates.size() == 3);
    for (size_t i = 0; i < 3; ++i) {
      const auto content = contentOf(rrset.records[i]);
      const auto& candidate = rrset.plan->candidates[i];
      CAPTURE(content);
      const bool isEast = content == "192.0.2.1";
      const bool isNobodys = content == "192.0.2.9";
      CHECK(candidate.tier == (isEast ? 2 : isNobodys ? 0
                                                      : 5));
      CHECK(candidate.weight == (isEast ? 7 : isNobodys ? 100
                                                        : 40 + 65535));
    }
    CHECK(only(*zone, "other.a.org").plan->policy == nullptr);
    CHECK(only(*zone, "other.a.org").plan->candidates.empty());
  }

  TEST_CASE("a node is the same for clients in every type and zone, each record is another")
  {
    Linking test;
    own(test.owners, "2001:db8::1", {test.east});
    test.policies.push_back({.name = wire("org"), .below = true, .mode = Mode::Sticky});
    const auto zone = test.zone({{"www.a.org", "A", "192.0.2.1"}, {"www.a.org", "A", "192.0.2.2"}, {"www.a.org", "AAAA", "2001:db8::1"}});
    const auto rrsets = zone->find(wire("www.a.org"));
    REQUIRE(rrsets.size() == 2);
    std::set<uint64_t> records;
    std::multiset<uint64_t> nodes;
    for (const auto& rrset : rrsets) {
      for (const auto& candidate : rrset.plan->candidates) {
        records.insert(candidate.record);
        nodes.insert(candidate.node);
      }
    }
    CHECK(records.size() == 3);
    CHECK(nodes.count(fixedHash("east")) == 2);
    CHECK(nodes.count(fixedHash("west")) == 1);
  }

  TEST_CASE("glue has no policy, presigned zones no plans")
  {
    Linking test;
    test.policies.push_back({.name = wire("org"), .below = true, .whenDown = WhenDown::NoData});
    const std::initializer_list<Row> rows{{"sub.a.org", "NS", "ns.sub.a.org"}, {"ns.sub.a.org", "A", "192.0.2.1"}, {"www.a.org", "A", "192.0.2.1"}, {"www.a.org", "HTTPS", "1 . ipv4hint=192.0.2.1"}, {"c.a.org", "CNAME", "www.a.org"}};
    const auto zone = test.zone(rows);
    CHECK(only(*zone, "ns.sub.a.org").dependent());
    CHECK(only(*zone, "ns.sub.a.org").plan->policy == nullptr);
    CHECK(only(*zone, "c.a.org").plan->policy != nullptr);
    CHECK(zone->typesVary());
    const auto signedZone = test.zone(rows, "PRESIGNED");
    for (const auto* name : {"ns.sub.a.org", "www.a.org", "c.a.org"}) {
      for (const auto& rrset : signedZone->find(wire(name))) {
        CHECK_FALSE(rrset.dependent());
      }
    }
    CHECK_FALSE(signedZone->typesVary());
  }
}
