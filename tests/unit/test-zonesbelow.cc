// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "followers.hh"

// Which zone answers for a name changes with the zones that there are, and what leads to it with that.

using namespace failover;
using namespace failover::test;

TEST_SUITE("zonesdraft")
{
  TEST_CASE("a zone made below another takes its names over, and a delegation gives them away")
  {
    Followers test;
    test.add("a.org", "www", "CNAME", "mail.sub.b.org");
    const auto above = test.add("b.org", "mail.sub", "A", "192.0.2.1");
    test.poll();
    CHECK(test.nodes("a.org") == "east");
    test.add("sub.b.org", "mail", "A", "192.0.2.2");
    test.poll();
    CHECK(test.nodes("a.org") == "west");
    test.store.execute("DELETE FROM domains WHERE name='sub.b.org'");
    test.poll();
    CHECK(test.nodes("a.org") == "east");
    test.store.addRecord(above, "sub.b.org", "NS", "ns.example.com");
    test.poll();
    CHECK(test.nodes("a.org").empty());
  }

  TEST_CASE("what leads from a zone into one below it")
  {
    Followers test;
    const auto above = test.add("a.org", "www", "CNAME", "mail.sub.a.org");
    test.store.addRecord(above, "mail.sub.a.org", "A", "192.0.2.1");
    test.poll();
    CHECK(test.nodes("a.org") == "east");
    test.add("sub.a.org", "mail", "A", "192.0.2.2"); // takes the name over
    test.poll();
    CHECK(test.nodes("a.org") == "west");
    test.store.execute("UPDATE records SET content='192.0.2.1' WHERE content='192.0.2.2'");
    test.poll();
    CHECK(test.nodes("a.org") == "east");
    test.store.execute("UPDATE records SET content='192.0.2.2' WHERE domain_id=(SELECT id FROM domains WHERE name='a.org') AND type='A'");
    test.poll();
    CHECK(test.nodes("a.org") == "east");
    test.store.execute("DELETE FROM domains WHERE name='sub.a.org'");
    test.poll();
    CHECK(test.nodes("a.org") == "west");
  }

  TEST_CASE("a way that leaves the zone and comes back, when a zone is made below")
  {
    Followers test;
    const auto here = test.add("a.org", "www", "CNAME", "x.b.org");
    test.store.addRecord(here, "mail.sub.a.org", "A", "192.0.2.1");
    test.add("b.org", "x", "CNAME", "mail.sub.a.org");
    test.poll();
    CHECK(test.nodes("a.org") == "east");
    test.add("sub.a.org", "mail", "A", "192.0.2.2");
    test.poll();
    CHECK(test.nodes("a.org") == "west");
  }

  TEST_CASE("of two zones of one name the one that is served is followed")
  {
    Followers test;
    test.add("a.org", "www", "CNAME", "www.b.org");
    test.add("b.org", "www", "A", "192.0.2.1");
    test.store.execute("DROP INDEX IF EXISTS name_index");
    test.add("B.org.", "www", "A", "192.0.2.2");
    test.poll();
    CHECK(test.nodes("a.org") == "east");
    test.store.execute("DELETE FROM domains WHERE name='b.org'");
    test.poll();
    CHECK(test.zone("b.org"));
  }
}
