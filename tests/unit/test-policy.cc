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

void dropIndex(const TestStore& store)
{
  store.execute("DROP INDEX \"policies: this name has a policy for this type\"");
}

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

  TEST_CASE("of two rows of one name and type the first counts, and the second is a problem, whatever their order and spelling")
  {
    for (const char* type : {"NULL", "'A'"}) {
      CAPTURE(type);
      Fixture test;
      dropIndex(test.store);
      test.store.execute(std::string("INSERT INTO policies(id, name, type, when_down) VALUES (9, 'a.org', ") + type + ", 'servfail'), (2, 'A.org.', " + type
        + ", 'nodata'), (5, 'a.org', " + type + ", 'last'), (6, '*.a.org', " + type + ", 'last')");
      test.load();
      CHECK((test.whenDown("a.org", type::a) == WhenDown::NoData));
      CHECK((test.whenDown("x.a.org", type::a) == WhenDown::Last)); // another name
      REQUIRE(test.table.problems.total() == 2);
      CHECK(test.table.problems.listed()[0].text() == "policies id 5: name: policy 2 has the same, and the same type (left out)");
      CHECK(test.table.problems.listed()[1].text() == "policies id 9: name: policy 2 has the same, and the same type (left out)");
      test.store.execute("DELETE FROM policies WHERE id = 2");
      test.load();
      CHECK((test.whenDown("a.org", type::a) == WhenDown::Last));
      CHECK(test.table.problems.total() == 1);
    }
  }

  TEST_CASE("a bad row of policy_nodes is a problem, and the others count")
  {
    Fixture test;
    test.store.addNode("east");
    test.store.addNode("west");
    test.store.execute("INSERT INTO policies(id, name) VALUES (3, 'a.org');"
                       "DROP TRIGGER failover_policy_nodes_insert; PRAGMA ignore_check_constraints=1;"
                       "INSERT INTO policy_nodes VALUES (3, 'east', NULL, 0), (3, 'west', 70000, 7), (3, 'ghost', 0, 7), (4, 'east', 0, 7)");
    test.load();
    REQUIRE(test.find("a.org", type::a) != nullptr);
    CHECK(test.find("a.org", type::a)->nodes.empty());
    REQUIRE(test.table.problems.total() == 4);
    CHECK(test.table.problems.listed()[0].text() == "policy_nodes 3 east: weight: is 0 (left out)");
    CHECK(test.table.problems.listed()[1].text() == "policy_nodes 3 ghost: node 'ghost' does not exist (left out)");
    CHECK(test.table.problems.listed()[2].row == "3 west");
    CHECK(test.table.problems.listed()[3].text() == "policy_nodes 4 east: policy 4 does not exist (left out)");
    test.store.execute("UPDATE policy_nodes SET priority = 1 WHERE node = 'west'");
    test.load();
    const auto& nodes = test.find("a.org", type::a)->nodes;
    REQUIRE(nodes.size() == 1);
    CHECK(nodes.at("west") == Policy::Rank{1, 7});
    CHECK(test.table.problems.total() == 3);
  }
}
