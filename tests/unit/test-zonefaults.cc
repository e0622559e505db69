// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "backend/zonefaults.hh"
#include "zonemaker.hh"

using namespace failover;
using namespace failover::test;

namespace
{
constexpr Row s_soa{"example.org", "SOA", "one"};

std::vector<RowProblem> faultsOf(std::initializer_list<Row> rows)
{
  Problems problems;
  findZoneFaults(*makeZone(4, "example.org", rows), problems);
  return problems.listed();
}
}

TEST_SUITE("zonefaults")
{
  TEST_CASE("an ordinary zone has none, and an empty one neither")
  {
    CHECK(faultsOf({s_soa, {"www.example.org", "A", "192.0.2.1"}, {"www.example.org", "TXT", "x"}, {"c.example.org", "CNAME", "www.example.org"}}).empty());
    CHECK(faultsOf({}).empty());
  }

  TEST_CASE("records without an SOA at the apex")
  {
    const auto faults = faultsOf({{"www.example.org", "A", "192.0.2.1"}});
    REQUIRE(faults.size() == 1);
    CHECK(faults.front().text() == "domains id 4: 'example.org' has records, but no SOA record at its apex: nothing of it is served (left out)");
  }

  TEST_CASE("a CNAME beside other data is named and served")
  {
    const auto faults = faultsOf({s_soa, {"www.example.org", "A", "192.0.2.1"}, {"www.example.org", "CNAME", "example.org"}});
    REQUIRE(faults.size() == 1);
    CHECK(faults.front().row == "'www.example.org' CNAME");
    CHECK(faults.front().effect == RowProblem::Effect::Served);
    CHECK(faultsOf({s_soa, {"example.org", "CNAME", "www.example.org"}}).size() == 1);
  }

  TEST_CASE("what DNSSEC says of a name may stand beside its CNAME")
  {
    CHECK(faultsOf({s_soa, {"c.example.org", "CNAME", "www.example.org"}, {"c.example.org", "RRSIG", "x"}, {"c.example.org", "NSEC", "x"}}).empty());
  }
}
