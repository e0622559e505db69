// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "backend/servicehints.hh"

// Contents are in the form in which PowerDNS prints them (RecordTextWriter): keys in the order of their numbers, hints bare,
// values of keys that it does not know, and those with blanks, in quotes.

using namespace failover;
using Hints = std::vector<Target>;

namespace
{
Hints addresses(std::initializer_list<const char*> texts)
{
  Hints hints;
  for (const auto* text : texts) {
    hints.push_back(*addressTarget(text));
  }
  return hints;
}

std::string without(const char* content, std::initializer_list<const char*> gone)
{
  return servicehints::without(content, addresses(gone));
}
}

TEST_SUITE("servicehints")
{
  TEST_CASE("the addresses of both families, in their order")
  {
    CHECK(servicehints::of("1 . alpn=h2,h3 ipv4hint=192.0.2.1,192.0.2.2 ipv6hint=2001:db8::1") == addresses({"192.0.2.1", "192.0.2.2", "2001:db8::1"}));
    CHECK(servicehints::of("1 svc.example.net. ipv6hint=2001:db8::a,::ffff:192.0.2.1") == addresses({"2001:db8::a", "::ffff:192.0.2.1"}));
  }

  TEST_CASE("no hints")
  {
    for (const auto* content : {"0 alias.example.net.", "1 .", "1 . alpn=h2 port=8443", "1 . ipv4hint=auto ipv6hint=auto", "1 . mandatory=ipv4hint", "1 . no-default-alpn", ""}) {
      CAPTURE(content);
      CHECK(servicehints::of(content).empty());
      CHECK(without(content, {"192.0.2.1"}) == content);
    }
  }

  TEST_CASE("what stands in quotes is no hint, whatever it looks like")
  {
    for (const auto* content : {R"(1 . alpn="h2 ipv4hint=192.0.2.1")", R"(1 . key65400="x ipv4hint=192.0.2.1")", R"(1 . key65400="a\" ipv4hint=192.0.2.1 \\")",
           R"(1 . ech="aXB2NGhpbnQ=" key65401=" ipv6hint=2001:db8::1")", "1 . xipv4hint=192.0.2.1"}) {
      CAPTURE(content);
      CHECK(servicehints::of(content).empty());
      CHECK(without(content, {"192.0.2.1", "2001:db8::1"}) == content);
    }
    CHECK(servicehints::of(R"(1 . alpn=f\\\\oo\\,bar,h2 ipv4hint=192.0.2.1 key65400="\\" key65401="\"")") == addresses({"192.0.2.1"}));
    CHECK(without(R"(1 . alpn=f\\\\oo\\,bar,h2 ipv4hint=192.0.2.1 key65400="\\ x" key65401="\"")", {"192.0.2.1"}) == R"(1 . alpn=f\\\\oo\\,bar,h2 key65400="\\ x" key65401="\"")");
  }

  TEST_CASE("some addresses go, the rest stays as it is")
  {
    constexpr auto* content = "1 . alpn=h2 ipv4hint=192.0.2.1,192.0.2.2,192.0.2.3 ech=\"abcd\" ipv6hint=2001:db8::1,2001:db8::2";
    CHECK(without(content, {}) == content);
    CHECK(without(content, {"192.0.2.9"}) == content);
    CHECK(without(content, {"192.0.2.2", "2001:db8::1"}) == "1 . alpn=h2 ipv4hint=192.0.2.1,192.0.2.3 ech=\"abcd\" ipv6hint=2001:db8::2");
    CHECK(without(content, {"192.0.2.1", "192.0.2.2", "192.0.2.3"}) == "1 . alpn=h2 ech=\"abcd\" ipv6hint=2001:db8::1,2001:db8::2");
    CHECK(without(content, {"192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8:0:0::1", "2001:db8::2"}) == "1 . alpn=h2 ech=\"abcd\"");
    CHECK(without("1 . ipv4hint=192.0.2.1", {"192.0.2.1"}) == "1 .");
  }

  TEST_CASE("a key that has gone is not mandatory any more, one that still is stays so")
  {
    constexpr auto* content = "1 . mandatory=alpn,ipv4hint,ipv6hint alpn=h2 ipv4hint=192.0.2.1 ipv6hint=2001:db8::1,2001:db8::2";
    CHECK(without(content, {"2001:db8::1"}) == "1 . mandatory=alpn,ipv4hint,ipv6hint alpn=h2 ipv4hint=192.0.2.1 ipv6hint=2001:db8::2");
    CHECK(without(content, {"192.0.2.1"}) == "1 . mandatory=alpn,ipv6hint alpn=h2 ipv6hint=2001:db8::1,2001:db8::2");
    CHECK(without(content, {"192.0.2.1", "2001:db8::1", "2001:db8::2"}) == "1 . mandatory=alpn alpn=h2");
    CHECK(without("1 . mandatory=ipv4hint ipv4hint=192.0.2.1", {"192.0.2.1"}) == "1 .");
  }
}
