// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <algorithm>
#include "backend/policyloader.hh"
#include "teststore.hh"
#include "zonemaker.hh"

// Double parentheses: doctest would print WhenDown with failover::toString, whose type it cannot join.

using namespace failover;
using namespace failover::test;

namespace
{
struct Fixture
{
  TestStore store;
  FakeHost host;
  PolicyTable table;

  Fixture() { store.execute("DROP TRIGGER failover_policies_insert"); } // which wants records

  void load()
  {
    Database database(store.file(), std::chrono::seconds(10));
    table = loadPolicies(database, host, table);
  }
  const Policy* find(std::string_view name, uint16_t code, std::string_view apex = "org") const { return table.policies->find(wire(name), wire(apex), code); }
  WhenDown whenDown(std::string_view name, uint16_t code, std::string_view apex = "org") const
  {
    const auto* policy = find(name, code, apex);
    return policy != nullptr ? policy->whenDown : WhenDown::ServeAll;
  }
};

constexpr const char* s_insert = "INSERT INTO policies(name, type, when_down) VALUES";
}

TEST_SUITE("policy")
{
  TEST_CASE("words of the column")
  {
    auto whenDown = WhenDown::ServeAll;
    CHECK(fromString("nodata", whenDown));
    CHECK((whenDown == WhenDown::NoData));
    CHECK_FALSE(fromString("NODATA", whenDown));
    CHECK((whenDown == WhenDown::NoData));
    CHECK(fromString("serve-all", whenDown));
    CHECK((whenDown == WhenDown::ServeAll));
  }

  TEST_CASE("the longest name that fits name and type decides; with one name, the row of the type")
  {
    Fixture test;
    test.store.execute(s_insert + std::string("('*.a.org', NULL, 'nodata'), ('WWW.a.org.', 'AAAA', 'serve-all'), ('*.deep.a.org', NULL, 'serve-all'),"
                                              " ('*.deep.a.org', 'A', 'nodata'), ('b.org', NULL, 'nodata'), ('b.org', 'MX', 'serve-all')"));
    test.load();
    CHECK(test.table.problems.empty());
    struct Case
    {
      const char* name;
      uint16_t code;
      WhenDown expected;
    };
    for (const auto& [name, code, expected] : {Case{"a.org", type::a, WhenDown::ServeAll}, // "*." is for names below
           Case{"x.a.org", type::a, WhenDown::NoData}, Case{"x.y.z.a.org", type::mx, WhenDown::NoData},
           Case{"*.a.org", type::a, WhenDown::NoData},
           Case{"www.a.org", type::aaaa, WhenDown::ServeAll}, Case{"www.a.org", type::a, WhenDown::NoData}, // its own row is for AAAA
           Case{"x.deep.a.org", type::a, WhenDown::NoData}, Case{"x.deep.a.org", type::aaaa, WhenDown::ServeAll},
           Case{"deep.a.org", type::aaaa, WhenDown::NoData},
           Case{"b.org", type::a, WhenDown::NoData}, Case{"b.org", type::mx, WhenDown::ServeAll},
           Case{"x.b.org", type::a, WhenDown::ServeAll}, Case{"xa.org", type::a, WhenDown::ServeAll}, Case{"org", type::a, WhenDown::ServeAll}}) {
      CAPTURE(name);
      CAPTURE(code);
      CHECK((test.whenDown(name, code) == expected));
    }
  }

  TEST_CASE("'*' is for every name but the root")
  {
    Fixture test;
    test.store.execute(s_insert + std::string("('*', NULL, 'nodata')"));
    test.load();
    CHECK((test.whenDown("a.org", type::a) == WhenDown::NoData));
    CHECK((test.whenDown(".", type::a) == WhenDown::ServeAll));
  }

  TEST_CASE("the object stays the same until a row says something else")
  {
    Fixture test;
    test.store.execute(s_insert + std::string("('a.org', NULL, 'nodata')"));
    test.load();
    const auto before = test.table.policies;
    test.load();
    CHECK(test.table.policies == before);
    test.store.execute("UPDATE policies SET name='A.ORG.'"); // another spelling
    test.load();
    CHECK(test.table.policies == before);
    test.store.execute("UPDATE policies SET when_down='serve-all'");
    test.load();
    CHECK(test.table.policies != before);
    CHECK((test.whenDown("a.org", type::a) == WhenDown::ServeAll));
    test.store.execute("DELETE FROM policies");
    test.load();
    CHECK(test.table.rows.empty());
  }

  TEST_CASE("a row that became bad keeps its last good version, a new one is left out; both are problems")
  {
    Fixture test;
    test.store.execute(s_insert + std::string("('a.org', 'A', 'nodata')"));
    test.load();
    test.store.execute("PRAGMA ignore_check_constraints=1; UPDATE policies SET when_down='no'; "
      + std::string(s_insert) + "('b.org', 'TXT', 'nodata'), ('c..org', NULL, 'nodata')");
    test.load();
    CHECK((test.whenDown("a.org", type::a) == WhenDown::NoData));
    CHECK((test.whenDown("b.org", type::txt) == WhenDown::ServeAll));
    REQUIRE(test.table.problems.total() == 3);
    CHECK(test.table.problems.listed()[0].text() == "policies id 1: when_down: 'no' is none of serve-all, nodata, servfail, last (the last good version stays)");
    CHECK(test.table.problems.listed()[1].text() == "policies id 2: type: 'TXT' does not leave the answers with a node (left out)");
    CHECK(test.table.problems.listed()[2].text() == "policies id 3: 'c..org' is no domain name (left out)");
  }
}
