// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "dnsserver.hh"
#include "runcheck.hh"

using namespace failover;
using namespace failover::test;
using namespace std::string_literals;

namespace
{
const std::string s_address = "\xc0\0\2\1"s;

CheckSpec specTo(uint16_t port, const std::string& expectBody = {})
{
  CheckSpec spec;
  spec.kind = CheckKind::Dns;
  spec.host = "127.0.0.1";
  spec.port = port;
  spec.queryName = "www.example";
  spec.expectBody = expectBody;
  return spec;
}

// A server whose datagrams are all cut and which says `bytes` over TCP.
CheckResult overTcp(const DnsServer::Stream& stream)
{
  DnsServer server([](const auto& query) { return std::vector{withTruncation(reply(query, 0))}; }, stream);
  auto spec = specTo(server.port(), "192.0.2.1");
  spec.timeout = std::chrono::milliseconds(1000);
  return runCheck(spec);
}
}

TEST_SUITE("dnscheck")
{
  TEST_CASE("a server that answers passes")
  {
    DnsServer server([](const auto& query) { return std::vector{reply(query, 0, {record(1, s_address)})}; });
    const auto result = runCheck(specTo(server.port(), "192.0.2.1"));
    CHECK(result.outcome == Outcome::Passed);
    CHECK(result.text == "NOERROR, 1 answer");
    CHECK(server.queries() == 1);
  }

  TEST_CASE("nobody listens: refused; nobody answers: timeout")
  {
    const ClosedPort closed; // of TCP, and so most likely of UDP
    const auto refused = runCheck(specTo(closed.number()));
    CHECK(refused.outcome == Outcome::Refused);
    CHECK(refused.text == "connection refused");
    DnsServer server([](const auto& /* query */) { return std::vector<std::string>(); });
    auto spec = specTo(server.port());
    spec.timeout = std::chrono::milliseconds(100);
    const auto silent = runCheck(spec);
    CHECK(silent.outcome == Outcome::Timeout);
    CHECK(silent.text == "timeout after 100 ms");
  }

  TEST_CASE("replies to other questions do not count, but not for ever")
  {
    const auto strangers = [](unsigned count) {
      return [count](const auto& query) {
        auto other = reply(query, 2);
        other[0] = static_cast<char>(~other[0]);
        std::vector<std::string> sent(count, other);
        sent.back() = "?";
        sent.push_back(reply(query, 0));
        return sent;
      };
    };
    DnsServer few(strangers(15));
    CHECK(runCheck(specTo(few.port())).text == "NOERROR, 0 answers");
    DnsServer many(strangers(16));
    const auto result = runCheck(specTo(many.port()));
    CHECK(result.outcome == Outcome::Protocol);
    CHECK(result.text == "16 replies to other questions");
  }

  TEST_CASE("address and source say where to and where from")
  {
    DnsServer server([](const auto& query) { return std::vector{reply(query, 0)}; });
    auto spec = specTo(server.port());
    spec.host = "ns.invalid";
    spec.address = "127.0.0.1";
    spec.source = "127.0.0.9";
    CHECK(runCheck(spec).passed());
    spec.source = "192.0.2.1"; // not ours
    const auto result = runCheck(spec);
    CHECK(result.isLocal());
    CHECK(result.text == "cannot assign requested address (this machine's own network)");
  }

  TEST_CASE("what was cut is asked for again over TCP")
  {
    const auto passed = overTcp([](const auto& query) { return withLength(reply(query, 0, {record(1, s_address)})); });
    CHECK(passed.text == "NOERROR, 1 answer");
    CHECK(passed.passed());
    const auto large = overTcp([](const auto& query) { return withLength(reply(query, 0, std::vector(4000, record(1, s_address)))); });
    CHECK(large.text == "NOERROR, 4000 answers");
    CHECK(overTcp([](const auto& query) { return withLength(reply(query, 0)); }).text == "no answer has '192.0.2.1'");
  }

  TEST_CASE("over TCP, too, a server may do as it likes")
  {
    CHECK(overTcp({}).text == "over TCP: connection refused");
    CHECK(overTcp({}).outcome == Outcome::Refused);
    CHECK(overTcp([](const auto& /* query */) { return ""s; }).text == "closed before the reply was complete");
    CHECK(overTcp([](const auto& /* query */) { return "\0"s; }).text == "closed before the reply was complete");
    CHECK(overTcp([](const auto& /* query */) { return "\0\0"s; }).text == "closed before the reply was complete");
    CHECK(overTcp([](const auto& query) { return withLength(reply(query, 0)).substr(0, 20); }).text == "closed before the reply was complete");
    CHECK(overTcp([](const auto& /* query */) { return "HTTP/1.1 400 Bad Request\r\n\r\n"s; }).text == "closed before the reply was complete");
    CHECK(overTcp([](const auto& /* query */) { return withLength("garbage"); }).text == "a reply to another question");
    CHECK(overTcp([](const auto& query) { return withLength(withTruncation(reply(query, 0))); }).outcome == Outcome::BadBody);
  }
}
