// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <algorithm>
#include "followers.hh"

// What changes in one zone changes the records of others that lead there, and nothing else.

using namespace failover;
using namespace failover::test;

TEST_SUITE("zonesdraft")
{
  TEST_CASE("a record becomes dependent and stops being so as what it leads to changes, while other zones stay the same objects")
  {
    Followers test;
    test.add("a.org", "www", "CNAME", "mail.b.org");
    const auto other = test.add("c.org", "www", "CNAME", "www.example.com");
    const auto target = test.add("b.org", "mail", "A", "192.0.2.9");
    test.poll();
    const auto* const bystander = test.zone("c.org");
    CHECK(test.nodes("a.org").empty());
    test.set("mail.b.org", "192.0.2.1");
    CHECK(test.nodes("a.org") == "east");
    test.set("mail.b.org", "192.0.2.2");
    CHECK(test.nodes("a.org") == "west");
    test.store.addRecord(target, "mail.b.org", "A", "192.0.2.1");
    test.poll();
    CHECK(test.nodes("a.org") == "east west");
    test.store.addRecord(target, "mail.b.org", "AAAA", "2001:db8::9");
    test.poll();
    CHECK(test.nodes("a.org").empty());
    CHECK(test.zone("c.org") == bystander);
    CHECK(test.snapshot()->zoneById(other) == bystander);
  }

  TEST_CASE("a change that does not concern a zone leaves it the same object")
  {
    Followers test;
    test.add("a.org", "www", "CNAME", "mail.b.org");
    const auto target = test.add("b.org", "mail", "A", "192.0.2.1");
    test.poll();
    const auto* const before = test.zone("a.org");
    test.store.addRecord(target, "mail.b.org", "TXT", "x");
    CHECK(test.poll().names == std::vector<std::string>{"b.org"});
    CHECK(test.zone("a.org") == before);
    test.store.addRecord(target, "www.b.org", "A", "192.0.2.2");
    test.poll();
    test.add("d.org", "mail", "A", "192.0.2.2");
    test.poll();
    CHECK(test.zone("a.org") == before);
  }

  TEST_CASE("the report names the zone whose rows changed, and the others' caches are purged")
  {
    Followers test;
    test.add("a.org", "www", "CNAME", "mail.b.org");
    test.add("b.org", "mail", "A", "192.0.2.1");
    test.poll();
    test.host.forget();
    test.store.execute("UPDATE records SET content='192.0.2.2' WHERE type='A'");
    const auto report = test.poll();
    CHECK(report.names == std::vector<std::string>{"b.org"});
    const auto calls = test.host.calls();
    CHECK(std::count(calls.begin(), calls.end(), "purge-below a.org") == 1);
  }

  TEST_CASE("the zone that a record leads to goes and comes")
  {
    Followers test;
    test.add("a.org", "www", "CNAME", "mail.b.org");
    test.poll();
    CHECK(test.nodes("a.org").empty());
    test.add("b.org", "mail", "A", "192.0.2.1");
    test.poll();
    CHECK(test.nodes("a.org") == "east");
    test.store.execute("UPDATE domains SET name='x.org' WHERE name='b.org'");
    test.poll();
    CHECK(test.nodes("a.org").empty());
    test.store.execute("UPDATE domains SET name='b.org' WHERE name='x.org'");
    test.poll();
    CHECK(test.nodes("a.org") == "east");
    test.store.execute("DELETE FROM domains WHERE name='b.org'");
    test.poll();
    CHECK(test.nodes("a.org").empty());
  }

  TEST_CASE("a CNAME that is not served stays a problem when its zone is read again")
  {
    Followers test;
    test.add("a.org", "www", "CNAME", "x.example.net");
    test.store.execute("INSERT INTO records(domain_id, name, type, content) SELECT domain_id, name, type, 'y.example.net' FROM records WHERE type='CNAME'");
    for (const bool everything : {false, true, false}) {
      test.loader.poll(everything, std::chrono::system_clock::now());
      CAPTURE(everything);
      const auto problems = test.loader.problems();
      CHECK(std::count_if(problems.listed().begin(), problems.listed().end(), [](const RowProblem& problem) { return problem.text().find("one CNAME record at most") != std::string::npos; }) == 1);
    }
  }

  TEST_CASE("wildcards of another zone, until the name itself is there")
  {
    Followers test;
    test.add("a.org", "www", "CNAME", "any.b.org");
    const auto target = test.add("b.org", "*", "A", "192.0.2.1");
    test.poll();
    CHECK(test.nodes("a.org") == "east");
    test.store.addRecord(target, "any.b.org", "TXT", "x");
    test.poll();
    CHECK(test.nodes("a.org").empty());
    test.store.execute("DELETE FROM records WHERE type='TXT'");
    test.poll();
    CHECK(test.nodes("a.org") == "east");
  }

  TEST_CASE("a change at the end of a chain reaches all of it, and each of its links may be another")
  {
    Followers test;
    test.add("a.org", "www", "CNAME", "www.b.org");
    test.add("b.org", "www", "CNAME", "www.c.org");
    test.add("c.org", "www", "A", "192.0.2.1");
    test.add("d.org", "www", "A", "192.0.2.1");
    test.poll();
    test.set("www.c.org", "192.0.2.2");
    CHECK(test.nodes("a.org") == "west");
    CHECK(test.nodes("b.org") == "west");
    test.set("www.c.org", "192.0.2.1");
    test.set("www.b.org", "www.d.org"); // the same node, another way
    CHECK(test.nodes("a.org") == "east");
    test.set("www.d.org", "192.0.2.2");
    CHECK(test.nodes("b.org") == "west");
    CHECK(test.nodes("a.org") == "west");
    const auto* const before = test.zone("a.org");
    test.set("www.c.org", "192.0.2.2"); // no longer on the way
    CHECK(test.zone("a.org") == before);
  }

  TEST_CASE("a way that can be judged for one zone need not be so for another")
  {
    Followers test;
    test.add("a.org", "www", "CNAME", "www.b.org");
    const auto middle = test.add("b.org", "www", "CNAME", "one.c.org");
    test.store.addRecord(middle, "www.b.org", "CNAME", "two.d.org");
    test.add("c.org", "one", "A", "192.0.2.1");
    test.add("d.org", "two", "TXT", "no address");
    test.poll();
    CHECK(test.nodes("a.org") == "east");
    test.store.execute("UPDATE records SET type='A', content='192.0.2.9' WHERE name='two.d.org'"); // the second alternative is nobody's as before
    test.poll();
    CHECK(test.nodes("a.org").empty());
  }

  TEST_CASE("a CNAME that was surplus becomes an alternative, for those that lead to it, too")
  {
    Followers test;
    const auto middle = test.add("b.org", "www", "CNAME", "one.c.org");
    test.store.addRecord(middle, "www.b.org", "CNAME", "two.d.org");
    test.add("a.org", "www", "CNAME", "www.b.org"); // read after b.org was linked
    test.add("c.org", "one", "TXT", "no address");
    test.add("d.org", "two", "TXT", "no address");
    const auto surplus = [&test] {
      const auto all = test.loader.problems().listed();
      return std::count_if(all.begin(), all.end(), [](const RowProblem& problem) { return problem.text().find("CNAME") != std::string::npos; });
    };
    test.poll();
    CHECK(surplus() == 1);
    test.store.execute("UPDATE records SET type='A', content='192.0.2.2' WHERE name='two.d.org'");
    test.poll();
    CHECK(surplus() == 0);
    CHECK(test.zone("b.org")->find(wire("www.b.org")).front().records.size() == 2);
    CHECK(test.nodes("a.org") == "west");
    test.store.execute("UPDATE records SET type='TXT', content='x' WHERE name='two.d.org'");
    test.poll();
    CHECK(surplus() == 1);
    CHECK(test.nodes("a.org").empty());
  }

  TEST_CASE("what is counted is what is served, however often it is read again")
  {
    Followers test;
    const auto id = test.add("a.org", "www", "CNAME", "one.example.com");
    test.store.addRecord(id, "www.a.org", "CNAME", "two.example.com");
    test.add("b.org", "www", "A", "192.0.2.1");
    test.poll();
    CHECK(test.snapshot()->recordCount() == 2);
    for (int i = 1; i <= 3; ++i) {
      test.store.addRecord(id, "x.a.org", "TXT", std::to_string(i));
      test.poll();
      CHECK(test.snapshot()->recordCount() == 2 + static_cast<size_t>(i));
    }
    test.store.execute("DELETE FROM domains");
    test.poll();
    CHECK(test.snapshot()->recordCount() == 0);
  }

  TEST_CASE("loops over zones end, and may be cut")
  {
    Followers test;
    test.add("a.org", "www", "CNAME", "www.b.org");
    test.add("b.org", "www", "CNAME", "www.c.org");
    const auto last = test.add("c.org", "www", "CNAME", "www.a.org");
    test.poll();
    for (const auto* apex : {"a.org", "b.org", "c.org"}) {
      CHECK(test.nodes(apex).empty());
    }
    test.store.execute("DELETE FROM records WHERE domain_id=" + std::to_string(last));
    test.store.addRecord(last, "www.c.org", "A", "192.0.2.1");
    test.poll();
    CHECK(test.nodes("a.org") == "east");
    CHECK(test.nodes("b.org") == "east");
    test.store.execute("UPDATE records SET type='CNAME', content='www.a.org' WHERE name='www.c.org'");
    test.poll();
    CHECK(test.nodes("a.org").empty());
  }

  TEST_CASE("every zone that leads to one name follows it, however many")
  {
    Followers test;
    for (int i = 0; i < 50; ++i) {
      const auto apex = "z" + std::to_string(i) + ".org";
      test.store.addRecord(test.store.addZone(apex), "www." + apex, "MX", "mail.b.org");
    }
    test.add("b.org", "mail", "A", "192.0.2.1");
    test.poll();
    test.set("mail.b.org", "192.0.2.2");
    for (int i = 0; i < 50; ++i) {
      const auto apex = "z" + std::to_string(i) + ".org";
      REQUIRE(test.nodes(apex, "www." + apex, type::mx) == "west");
    }
  }
}
