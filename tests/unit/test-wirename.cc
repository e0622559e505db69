// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "backend/wirename.hh"
#include "fakehost.hh"

using namespace failover;
using failover::test::wire;
using namespace std::string_literals;

TEST_SUITE("wirename")
{
  TEST_CASE("the parent is the name without its first label, and the root has none")
  {
    CHECK(parent("\3www\7example\3org\0"s) == "\7example\3org\0"s);
    CHECK(parent("\3org\0"s) == "\0"s);
    CHECK(parent("\0"s).empty());
    CHECK(parent("").empty());
  }

  TEST_CASE("a name is within its own apex, those above it and the root")
  {
    const auto name = wire("a.b.example.org");
    for (const auto* apex : {"a.b.example.org", "b.example.org", "example.org", "org", "."}) {
      CAPTURE(apex);
      CHECK(isWithin(name, wire(apex)));
    }
    for (const auto* apex : {"c.a.b.example.org", "c.example.org", "xample.org", "example.net"}) {
      CAPTURE(apex);
      CHECK_FALSE(isWithin(name, wire(apex)));
    }
  }

  TEST_CASE("a suffix that begins in the middle of a label is not above the name")
  {
    const auto apex = wire("org");
    const auto name = wire("abc\\003org"); // one label whose last bytes look like the apex
    REQUIRE(std::string_view(name).ends_with(apex));
    CHECK_FALSE(isWithin(name, apex));
  }

  TEST_CASE("only a first label of one asterisk makes a wildcard")
  {
    CHECK(isWildcard(wire("*.example.org")));
    CHECK(isWildcard(wire("*")));
    CHECK_FALSE(isWildcard(wire("**.example.org")));
    CHECK_FALSE(isWildcard(wire("x.*.example.org")));
    CHECK_FALSE(isWildcard(wire(".")));
    CHECK_FALSE(isWildcard(""));
  }

  TEST_CASE("text escapes what is not plain, as RFC 1035 has it")
  {
    CHECK(toText(wire("www.example.org")) == "www.example.org");
    CHECK(toText(wire(".")) == ".");
    CHECK(toText("") == ".");
    CHECK(toText("\3a.b\1\\\2 \x7f\0"s) == "a\\.b.\\\\.\\032\\127");
    CHECK(toText("\2\xff\x01\0"s) == "\\255\\001");
    CHECK(toText("\1~\1!\0"s) == "~.!");
    CHECK(toText(wire("a\\.b.\\000x")) == "a\\.b.\\000x");
  }
}
