// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "dnsserver.hh"
#include "probe/checks/dnsmessage.hh"

using namespace failover;
using namespace failover::test;
using namespace std::string_literals;

namespace
{
CheckSpec specOf(const std::string& name, uint16_t type = 1, const std::string& expectBody = {})
{
  CheckSpec spec;
  spec.kind = CheckKind::Dns;
  spec.queryName = name;
  spec.queryType = type;
  spec.expectBody = expectBody;
  return spec;
}

std::string queryOf(const DnsQuestion& question)
{
  return {question.message().begin(), question.message().end()};
}

std::span<const uint8_t> bytes(const std::string& text)
{
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

void check(const CheckSpec& spec, int rcode, const std::vector<std::string>& records, Outcome outcome, const std::string& text)
{
  const DnsQuestion question(spec, 0x1234);
  const auto message = reply(queryOf(question), rcode, records);
  REQUIRE(question.isAnsweredBy(bytes(message)));
  const auto result = question.judge(bytes(message));
  CHECK(result.outcome == outcome);
  CHECK(result.text == text);
}
}

TEST_SUITE("dnsmessage")
{
  TEST_CASE("a query has the id, one question, and asks for recursion")
  {
    const auto spec = specOf("Www.example", 28);
    CHECK(queryOf(DnsQuestion(spec, 0x1234)) == "\x12\x34\1\0\0\1\0\0\0\0\0\0\3Www\7example\0\0\x1c\0\1"s);
    const auto root = specOf(".", 2);
    CHECK(queryOf(DnsQuestion(root, 1)) == "\0\1\1\0\0\1\0\0\0\0\0\0\0\0\2\0\1"s);
    const auto longest = specOf(std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') + "." + std::string(61, 'd'));
    CHECK(queryOf(DnsQuestion(longest, 1)).size() == 12 + 255 + 4);
    const auto tooLong = specOf(std::string(64, 'a'));
    CHECK_THROWS_WITH_AS(DnsQuestion(tooLong, 1), doctest::Contains("is no domain name"), std::runtime_error);
  }

  TEST_CASE("only a reply with the id and the question is ours")
  {
    const auto spec = specOf("www.example");
    const DnsQuestion question(spec, 0x1234);
    const auto good = reply(queryOf(question), 0);
    const auto changed = [&](size_t at, char to) {
      auto copy = good;
      copy[at] = to;
      return question.isAnsweredBy(bytes(copy));
    };
    CHECK(question.isAnsweredBy(bytes(good)));
    CHECK(changed(13, 'W'));         // RFC 4343: case does not matter
    CHECK_FALSE(changed(0, '\x13')); // id
    CHECK_FALSE(changed(1, '\x35'));
    CHECK_FALSE(changed(2, '\0'));   // a query
    CHECK_FALSE(changed(2, '\xa0')); // another kind of message: NOTIFY
    CHECK_FALSE(changed(5, '\2'));   // two questions
    CHECK_FALSE(changed(5, '\0'));   // none, and yet NOERROR
    CHECK_FALSE(changed(13, 'x'));   // name
    CHECK_FALSE(changed(12, '\2'));
    CHECK_FALSE(changed(26, '\2')); // type
    CHECK_FALSE(changed(28, '\3')); // class
    for (size_t size = 0; size < good.size(); ++size) {
      CHECK_FALSE(question.isAnsweredBy(bytes(good.substr(0, size))));
    }
  }

  TEST_CASE("an error need not repeat the question")
  {
    auto spec = specOf("www.example");
    spec.expectRcode = 5;
    spec.expectRcodeText = "REFUSED";
    const DnsQuestion question(spec, 0x1234);
    const auto header = "\x12\x34\x80\5\0\0\0\0\0\0\0\0"s;
    REQUIRE(question.isAnsweredBy(bytes(header)));
    CHECK(question.judge(bytes(header)).text == "REFUSED, 0 answers");
  }

  TEST_CASE("the response code is what is expected, or is named")
  {
    const auto spec = specOf("www.example");
    check(spec, 0, {}, Outcome::Passed, "NOERROR, 0 answers");
    check(spec, 0, {record(1, "\xc0\0\2\1"s)}, Outcome::Passed, "NOERROR, 1 answer");
    check(spec, 0, {record(1, "\xc0\0\2\1"s), record(1, "\xc0\0\2\2"s)}, Outcome::Passed, "NOERROR, 2 answers");
    check(spec, 2, {}, Outcome::BadStatus, "SERVFAIL (expected NOERROR)");
    check(spec, 10, {}, Outcome::BadStatus, "NOTZONE (expected NOERROR)");
    check(spec, 11, {}, Outcome::BadStatus, "RCODE11 (expected NOERROR)");
    auto absent = spec;
    absent.expectRcode = 3;
    absent.expectRcodeText = "NXDOMAIN";
    check(absent, 3, {}, Outcome::Passed, "NXDOMAIN, 0 answers");
    check(absent, 0, {}, Outcome::BadStatus, "NOERROR (expected NXDOMAIN)");
  }

  TEST_CASE("data is looked for in the answers of the asked type, as zone files write it")
  {
    const auto address = record(1, "\xc0\0\2\1"s);
    const auto other = record(1, "\xc0\0\2\2"s);
    check(specOf("www.example", 1, "192.0.2.1"), 0, {other, address}, Outcome::Passed, "NOERROR, 2 answers");
    check(specOf("www.example", 1, "192.0.2.1"), 0, {other}, Outcome::BadBody, "no answer has '192.0.2.1'");
    check(specOf("www.example", 1, "192.0.2.1"), 0, {}, Outcome::BadBody, "no answer has '192.0.2.1'");
    check(specOf("www.example", 16, "v=1 x"), 0, {record(16, "\5v=1 x"s)}, Outcome::Passed, "NOERROR, 1 answer");
    check(specOf("www.example", 15, "10 mx.example."), 0, {record(15, "\0\xa"s + wireName("mx.example"))}, Outcome::Passed, "NOERROR, 1 answer");
    check(specOf("www.example", 28, "2001:db8::1"), 0, {record(28, "\x20\1\xd\xb8"s + std::string(11, '\0') + "\1")}, Outcome::Passed, "NOERROR, 1 answer");
    check(specOf("www.example", 65, "\\# 3 000100"), 0, {record(65, "\0\1\0"s)}, Outcome::Passed, "NOERROR, 1 answer"); // RFC 3597
    check(specOf("www.example", 33, "1 2 443 web.example."), 0, {record(33, "\0\1\0\2\1\xbb"s + wireName("web.example"))}, Outcome::Passed, "NOERROR, 1 answer");
    const auto soa = record(6, "\xc0\x0c"s + wireName(".") + "\x77\xce\x94\1\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4"s);
    check(specOf("www.example", 6, "www.example. . 2010027009 1 2 3 4"), 0, {soa}, Outcome::Passed, "NOERROR, 1 answer");
    check(specOf("www.example", 16, R"("a\"b" "\009\200" "")"), 0, {record(16, "\3a\"b\2\t\xc8\0"s)}, Outcome::Passed, "NOERROR, 1 answer");
  }

  TEST_CASE("owner, TTL, class, type and records of other types are not data")
  {
    const auto address = record(1, "\xc0\0\2\1"s);
    for (const auto* const wanted : {"www", "IN", "A", "60", "1M"}) {
      check(specOf("www.example", 1, wanted), 0, {address}, Outcome::BadBody, "no answer has '" + std::string(wanted) + "'");
    }
    check(specOf("www.example", 1, "there"), 0, {record(5, wireName("there.example")), address}, Outcome::BadBody, "no answer has 'there'");
    check(specOf("www.example", 5, "there.example."), 0, {record(5, wireName("there.example")), address}, Outcome::Passed, "NOERROR, 2 answers");
  }

  TEST_CASE("a cut reply is asked for again only where the check must look into it")
  {
    const auto plain = specOf("www.example");
    const auto data = specOf("www.example", 1, "192.0.2.1");
    for (const auto& [spec, again] : {std::pair(&plain, false), std::pair(&data, true)}) {
      const DnsQuestion question(*spec, 7);
      const auto whole = reply(queryOf(question), 0);
      CHECK_FALSE(question.needsMoreThan(bytes(whole)));
      CHECK(question.needsMoreThan(bytes(withTruncation(whole))) == again);
      CHECK_FALSE(question.needsMoreThan(bytes(withTruncation(reply(queryOf(question), 2)))));
    }
    const DnsQuestion question(plain, 7);
    const auto cut = withTruncation(reply(queryOf(question), 0, {"half a rec"}));
    CHECK(question.judge(bytes(cut)).passed());
    CHECK(question.judge(bytes(cut)).text == "NOERROR, truncated");
    const DnsQuestion still(data, 7); // over TCP nothing may be cut
    CHECK_FALSE(still.judge(bytes(withTruncation(reply(queryOf(still), 0)))).passed());
  }

  TEST_CASE("whatever follows the question harms nobody")
  {
    const auto spec = specOf("www.example", 1, "192.0.2.1");
    check(spec, 0, {"x"}, Outcome::Protocol, "a malformed reply");
    check(spec, 0, {record(1, "abcd").substr(0, 15)}, Outcome::Protocol, "a malformed reply");
    check(spec, 0, {record(1, "\xc0\0\2\1"s) + "more"}, Outcome::Protocol, "a malformed reply");
    check(spec, 0, {record(1, "abc")}, Outcome::BadBody, "no answer has '192.0.2.1'");
    check(spec, 0, {record(1, "\xc0\0\2\1more"s)}, Outcome::BadBody, "no answer has '192.0.2.1'");
    check(specOf("www.example", 1, "\\# 3 616263"), 0, {record(1, "abc")}, Outcome::Passed, "NOERROR, 1 answer");
    check(specOf("www.example", 16, "\\# 2 0561"), 0, {record(16, "\5a")}, Outcome::Passed, "NOERROR, 1 answer");
    check(specOf("www.example", 15, "\\# 1 00"), 0, {record(15, "\0"s)}, Outcome::Passed, "NOERROR, 1 answer");
    check(specOf("www.example", 5, "x"), 0, {record(5, "\xc0\x29")}, Outcome::BadBody, "no answer has 'x'"); // points at itself
    check(specOf("www.example", 16, "x"), 0, {record(16, std::string(60000, 'a'))}, Outcome::BadBody, "no answer has 'x'");
    const DnsQuestion question(spec, 0x1234);
    const auto whole = reply(queryOf(question), 0, {record(1, "\xc0\0\2\1"s)});
    for (size_t size = queryOf(question).size(); size < whole.size(); ++size) {
      CHECK_FALSE(question.judge(bytes(whole.substr(0, size))).passed());
    }
  }
}
