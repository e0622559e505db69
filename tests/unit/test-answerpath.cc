// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "backend/answerpath.hh"
#include "zonemaker.hh"

using namespace failover;
using namespace failover::test;

namespace
{
std::shared_ptr<const Snapshot> store()
{
  SnapshotEdit edit(nullptr);
  edit.put(makeZone(1, "a.org",
    {{"a.org", "SOA", "soa"}, {"www.a.org", "A", "192.0.2.1"}, {"alias.a.org", "CNAME", "www.a.org"}, {"far.a.org", "CNAME", "alias.b.org"}, {"ping.a.org", "CNAME", "pong.a.org"}, {"pong.a.org", "CNAME", "ping.a.org"}, {"*.wild.a.org", "A", "192.0.2.1"}, {"real.wild.a.org", "TXT", "\"\""}, {"*.go.a.org", "CNAME", "www.a.org"}, {"old.a.org", "DNAME", "a.org"}, {"cut.a.org", "NS", "www.a.org"}, {"glue.cut.a.org", "CNAME", "www.a.org"}}));
  edit.put(makeZone(2, "b.org", {{"b.org", "SOA", "soa"}, {"alias.b.org", "CNAME", "www.a.org"}, {"old.b.org", "DNAME", "wild.a.org"}}));
  return edit.finish();
}

bool leads(const char* asked, const char* name)
{
  const auto snapshot = store();
  return AnswerPath(*snapshot, wire(asked)).includes(wire(name));
}
}

TEST_SUITE("answerpath")
{
  TEST_CASE("the name itself, whether it exists or not")
  {
    CHECK(leads("www.a.org", "www.a.org"));
    CHECK(leads("nowhere.a.org", "nowhere.a.org"));
    CHECK(leads("www.c.org", "www.c.org"));
    CHECK_FALSE(leads("x.www.a.org", "www.a.org"));
    CHECK_FALSE(leads("www.a.org", "a.org"));
    CHECK_FALSE(leads("a.org", "www.a.org"));
  }

  TEST_CASE("through CNAMEs, from zone to zone, and never in circles")
  {
    CHECK(leads("alias.a.org", "www.a.org"));
    CHECK(leads("far.a.org", "alias.b.org"));
    CHECK(leads("far.a.org", "www.a.org"));
    CHECK(leads("ping.a.org", "pong.a.org"));
    CHECK_FALSE(leads("ping.a.org", "www.a.org"));
  }

  TEST_CASE("the wildcard in the place of a name that does not exist")
  {
    CHECK(leads("x.wild.a.org", "*.wild.a.org"));
    CHECK(leads("x.y.wild.a.org", "*.wild.a.org"));
    CHECK(leads("x.go.a.org", "www.a.org"));
    CHECK_FALSE(leads("real.wild.a.org", "*.wild.a.org"));
    CHECK_FALSE(leads("x.real.wild.a.org", "*.wild.a.org"));
  }

  TEST_CASE("what a DNAME maps names to")
  {
    CHECK(leads("www.old.a.org", "www.a.org"));
    CHECK(leads("alias.old.a.org", "www.a.org"));
    CHECK(leads("x.old.b.org", "*.wild.a.org"));
    CHECK_FALSE(leads("old.a.org", "a.org"));
  }

  TEST_CASE("nothing below a delegation")
  {
    CHECK_FALSE(leads("glue.cut.a.org", "www.a.org"));
    CHECK_FALSE(leads("x.cut.a.org", "www.a.org"));
  }
}
