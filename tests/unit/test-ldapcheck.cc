// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "runcheck.hh"
#include "talkserver.hh"

using namespace failover;
using namespace failover::test;
using namespace std::string_literals;

namespace
{
CheckSpec specTo(const TalkServer& server)
{
  CheckSpec spec;
  spec.kind = CheckKind::Ldap;
  spec.url = "ldap://" + server.authority();
  spec.host = "127.0.0.1";
  spec.port = server.port();
  spec.timeout = std::chrono::milliseconds(3000);
  return spec;
}

// RFC 4511: a message of the request's number, with an operation of this kind and a result code.
std::string result(const std::string& request, char operation, char code)
{
  return "0\x0c\2\1"s + request[4] + operation + "\7\n\1"s + code + "\4\0\4\0"s;
}

std::string directory(TalkServer& /* server */, const std::string& said)
{
  constexpr char bind = '\x60';
  constexpr char search = '\x63';
  return said[5] == bind ? result(said, '\x61', 0) : said[5] == search ? result(said, '\x65', 0)
                                                                       : "";
}
}

// What only a real server does (TLS, entries) is tried with one, in integration/test_check_kinds_ldap.py.
TEST_SUITE("ldapcheck")
{
  TEST_CASE("a server that binds and searches passes, without delay")
  {
    TalkServer server("", directory);
    const auto passed = runCheck(specTo(server));
    CHECK(passed.outcome == Outcome::Passed);
    CHECK(passed.text == "search answered");
    CHECK(server.hears("0\5\2\1\3B\0"s)); // and is told that we go
  }

  TEST_CASE("a server that refuses fails")
  {
    TalkServer server("", [](TalkServer& /* server */, const auto& said) { return result(said, '\x61', 51); });
    CHECK_FALSE(runCheck(specTo(server)).passed());
    TalkServer search("", [](TalkServer& s, const auto& said) { return said[5] == '\x63' ? result(said, '\x65', 32) : directory(s, said); });
    const auto none = runCheck(specTo(search));
    CHECK(none.outcome == Outcome::Protocol);
    CHECK(none.text == "LDAP remote: search failed No such object");
  }

  TEST_CASE("silence, garbage and a message without end harm nobody")
  {
    TalkServer silent("", [](TalkServer& /* server */, const auto& /* said */) { return ""; });
    auto spec = specTo(silent);
    spec.timeout = std::chrono::milliseconds(100);
    CHECK(runCheck(spec).text == "timeout after 100 ms");
    TalkServer garbage("", [](TalkServer& /* server */, const auto& /* said */) { return "HTTP/1.1 400 Bad Request\r\n\r\n"; });
    CHECK_FALSE(runCheck(specTo(garbage)).passed());
    TalkServer endless("", [](TalkServer& /* server */, const auto& /* said */) { return "0\x84\x7f\xff\xff\xf0" + std::string(20000000, 'a'); });
    const auto cut = runCheck(specTo(endless));
    CHECK(cut.outcome == Outcome::Protocol);
    CHECK(cut.text == "more than 1 MiB of reply");
    TalkServer closing("", [](TalkServer& server, const auto& /* said */) { server.hangUp(); return ""; });
    CHECK_FALSE(runCheck(specTo(closing)).passed());
  }

  TEST_CASE("nobody there")
  {
    const ClosedPort closed;
    CheckSpec spec;
    spec.kind = CheckKind::Ldap;
    spec.url = "ldap://127.0.0.1:" + std::to_string(closed.number());
    const auto refused = runCheck(spec);
    CHECK(refused.outcome == Outcome::Refused);
    CHECK(refused.text == "connection refused");
  }
}
