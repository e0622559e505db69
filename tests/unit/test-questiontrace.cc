// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "backend/questiontrace.hh"
#include "zonemaker.hh"

// Proves that of the lookups which PowerDNS makes for a question, in its order, exactly the one is found that it answers
// with, whether or not its cache has answered others. test_counters has the same questions for a real server.

using namespace failover;
using namespace failover::test;

namespace
{
using Names = std::vector<std::string>;

struct Asking
{
  explicit Asking(bool allTypes = true) :
    trace(allTypes)
  {
    own(owners, "one.z.org", {makeNode("east")});
    own(owners, "two.z.org", {makeNode("west")});
    SnapshotEdit edit(nullptr);
    edit.put(makeZone(1, "z.org", {
                                    {"z.org", "A", "192.0.2.1"},
                                    {"www.z.org", "A", "192.0.2.1"},
                                    {"deep.www.z.org", "A", "192.0.2.1"},
                                    {"alias.z.org", "CNAME", "www.z.org"},
                                    {"alias.www.z.org", "CNAME", "www.z.org"},
                                    {"chain.z.org", "CNAME", "alias.www.z.org"},
                                    {"out.z.org", "CNAME", "www.example.org"},
                                    {"there.z.org", "CNAME", "www.y.org"},
                                    {"loop.z.org", "CNAME", "loop.z.org"},
                                    {"*.wild.z.org", "A", "192.0.2.1"},
                                    {"is.wild.z.org", "MX", "www.z.org"},
                                    {"*.link.z.org", "CNAME", "www.z.org"},
                                    {"sub.z.org", "NS", "ns.sub.z.org"},
                                    {"ns.sub.z.org", "A", "192.0.2.1"},
                                    {"old.z.org", "DNAME", "z.org"},
                                    {"one.z.org", "A", "192.0.2.1"},
                                    {"two.z.org", "A", "192.0.2.1"},
                                    {"any.z.org", "CNAME", "one.z.org"},
                                    {"any.z.org", "CNAME", "two.z.org"},
                                  },
      owners));
    edit.put(makeZone(2, "y.org", {{"www.y.org", "A", "192.0.2.1"}, {"back.y.org", "CNAME", "z.org"}}));
    snapshot = edit.finish();
  }

  // The places among `lookups` that the question is answered with. A '/' begins those in y.org, all others are in z.org.
  std::vector<size_t> answers(const char* name, uint16_t type, const Names& lookups)
  {
    ++identity;
    return again(name, type, lookups);
  }

  std::vector<size_t> again(const char* name, uint16_t type, const Names& lookups)
  {
    std::vector<size_t> found;
    const auto asked = wire(name);
    for (size_t place = 0; place < lookups.size(); ++place) {
      const bool other = lookups[place].front() == '/';
      const auto looked = wire(lookups[place].substr(other ? 1 : 0));
      if (trace.answersWith(*snapshot, {identity, type, asked}, *snapshot->zoneById(other ? 2 : 1), looked)) {
        found.push_back(place);
      }
    }
    return found;
  }

  OwnerMap owners;
  std::shared_ptr<const Snapshot> snapshot;
  QuestionTrace trace;
  uint64_t identity{1};
};

using Places = std::vector<size_t>;
}

TEST_SUITE("questiontrace")
{
  TEST_CASE("a name is looked up for delegations first, with those above it, and then for the answer")
  {
    Asking asking;
    CHECK(asking.answers("www.z.org", type::a, {"www.z.org"}).empty());
    CHECK(asking.answers("www.z.org", type::a, {"www.z.org", "www.z.org"}) == Places{1});
    CHECK(asking.answers("deep.www.z.org", type::a, {"deep.www.z.org", "www.z.org", "deep.www.z.org"}) == Places{2});
    CHECK(asking.answers("www.z.org", type::mx, {"www.z.org", "www.z.org", "deep.www.z.org", "deep.www.z.org"}) == Places{1});
  }

  TEST_CASE("an apex, a DS and a server that asks by type make no lookup before")
  {
    Asking asking;
    CHECK(asking.answers("z.org", type::a, {"z.org"}) == Places{0});
    CHECK(asking.answers("www.z.org", rrtype::ds, {"www.z.org", "www.z.org"}).empty());
    Asking byType(false);
    CHECK(byType.answers("www.z.org", type::a, {"www.z.org"}) == Places{0});
    CHECK(byType.answers("alias.www.z.org", type::a, {"alias.www.z.org", "www.z.org"}) == Places{1});
  }

  TEST_CASE("what is looked up after the answer's is not the answer's")
  {
    Asking asking;
    CHECK(asking.answers("www.z.org", type::https, {"www.z.org", "www.z.org", "www.z.org", "z.org", "www.z.org"}) == Places{1});
    CHECK(asking.answers("www.z.org", type::https, {"www.z.org", "www.z.org"}) == Places{1});
    Asking byType(false);
    CHECK(byType.answers("www.z.org", type::https, {"www.z.org", "www.z.org"}) == Places{0});
  }

  TEST_CASE("an answer goes on at a CNAME's target, though that is a name above")
  {
    Asking asking;
    for (const auto type : {type::a, rrtype::any}) {
      CHECK(asking.answers("alias.www.z.org", type, {"alias.www.z.org", "www.z.org", "alias.www.z.org", "www.z.org", "www.z.org"}) == Places{4});
      CHECK(asking.answers("alias.www.z.org", type, {"www.z.org", "www.z.org", "www.z.org"}) == Places{2});
      CHECK(asking.answers("chain.z.org", type, {"www.z.org", "www.z.org", "www.z.org"}) == Places{2});
    }
    CHECK(asking.answers("alias.www.z.org", type::cname, {"alias.www.z.org", "www.z.org", "alias.www.z.org"}) == Places{2});
    CHECK(asking.answers("there.z.org", type::a, {"there.z.org", "there.z.org", "/www.y.org", "/www.y.org"}) == Places{3});
    CHECK(asking.answers("back.y.org", type::a, {"z.org"}) == Places{0});
    CHECK(asking.answers("out.z.org", type::a, {"out.z.org", "out.z.org"}).empty());
    CHECK(asking.answers("loop.z.org", type::a, Names(24, "loop.z.org")).empty());
  }

  TEST_CASE("names above one that does not exist are not answered with, a wildcard is")
  {
    Asking asking;
    CHECK(asking.answers("no.www.z.org", type::a, {"www.z.org", "*.www.z.org", "www.z.org", "www.z.org", "z.org"}).empty());
    CHECK(asking.answers("no.wild.z.org", type::a, {"no.wild.z.org", "wild.z.org", "no.wild.z.org", "*.wild.z.org"}) == Places{3});
    CHECK(asking.answers("no.no.wild.z.org", type::a, {"*.wild.z.org"}) == Places{0});
    CHECK(asking.answers("no.is.wild.z.org", type::a, {"*.wild.z.org", "is.wild.z.org", "is.wild.z.org"}).empty()); // RFC 4592 §2.2.1
    CHECK(asking.answers("no.link.z.org", type::a, {"*.link.z.org", "www.z.org", "www.z.org"}) == Places{2});
    CHECK(asking.answers("no.link.z.org", type::cname, {"*.link.z.org"}) == Places{0});
    CHECK(asking.answers("*.wild.z.org", type::a, {"*.wild.z.org", "wild.z.org", "*.wild.z.org"}) == Places{2});
  }

  TEST_CASE("an answer goes on where a DNAME leads")
  {
    Asking asking;
    CHECK(asking.answers("www.old.z.org", type::a, {"www.old.z.org", "old.z.org", "www.old.z.org", "*.old.z.org", "old.z.org", "old.z.org", "www.z.org", "www.z.org"}) == Places{7});
    CHECK(asking.answers("no.old.z.org", type::a, {"no.z.org", "no.z.org"}).empty());
  }

  TEST_CASE("a referral is no answer, nor are its addresses")
  {
    Asking asking;
    CHECK(asking.answers("ns.sub.z.org", type::a, {"ns.sub.z.org", "sub.z.org", "ns.sub.z.org", "ns.sub.z.org"}).empty());
    CHECK(asking.answers("sub.z.org", type::a, {"sub.z.org", "ns.sub.z.org", "sub.z.org"}).empty());
  }

  TEST_CASE("where CNAMEs are alternatives, the answer goes on with the one that was chosen")
  {
    Asking asking;
    const auto& zone = *asking.snapshot->zoneById(1);
    const auto choices = zone.find(wire("any.z.org"))[0].records;
    REQUIRE(choices.size() == 2);
    for (const auto& choice : choices) {
      CHECK(asking.answers("any.z.org", type::a, {"any.z.org", "any.z.org", "one.z.org", "one.z.org"}) == Places{1});
      asking.trace.follow(*asking.snapshot, type::a, zone, choice);
      const auto target = contentOf(choice);
      CHECK(asking.again("any.z.org", type::a, {"any.z.org", target, target}) == Places{2});
    }
  }

  TEST_CASE("what of a name is sent")
  {
    const auto zone = makeZone(1, "z.org", {{"a.z.org", "A", "192.0.2.1"}, {"a.z.org", "AAAA", "2001:db8::1"}, {"c.z.org", "CNAME", "a.z.org"}, {"c.z.org", "A", "192.0.2.1"}});
    const auto sent = [&](const char* name, uint16_t type) {
      const auto rrsets = zone->find(wire(name));
      std::vector<uint16_t> types;
      for (const auto& rrset : rrsets) {
        if (isSent(rrset, type, rrsets)) {
          types.push_back(rrset.type);
        }
      }
      return types;
    };
    using Types = std::vector<uint16_t>;
    CHECK(sent("a.z.org", type::a) == Types{type::a});
    CHECK(sent("a.z.org", type::mx).empty());
    CHECK(sent("a.z.org", rrtype::any) == Types{type::a, type::aaaa});
    CHECK(sent("c.z.org", type::a) == Types{type::cname});
    CHECK(sent("c.z.org", rrtype::any) == Types{type::cname});
    CHECK(sent("c.z.org", type::cname) == Types{type::cname});
    const std::vector<RRset> both{{.type = type::a, .records = {}}, {.type = rrtype::alias, .records = {}}};
    CHECK_FALSE(isSent(both[1], type::a, both));
    CHECK(isSent(both[1], type::aaaa, both));
    CHECK_FALSE(isSent(both[1], type::mx, both));
    CHECK(isSent(both[1], rrtype::any, both));
  }
}
