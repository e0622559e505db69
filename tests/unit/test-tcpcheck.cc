// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "httpserver.hh"
#include "runcheck.hh"
#include "talkserver.hh"

using namespace failover;
using namespace failover::test;

TEST_SUITE("tcpcheck")
{
  TEST_CASE("a port that accepts passes, and nothing is sent")
  {
    for (const int family : {AF_INET, AF_INET6}) {
      HttpServer server("", family);
      const std::string host = family == AF_INET ? "127.0.0.1:" : "[::1]:";
      const auto result = runCheck(specFor("tcp://" + host + std::to_string(server.port())));
      CHECK(result.outcome == Outcome::Passed);
      CHECK(result.text == "connected");
      CHECK(server.requests() == 0);
    }
  }

  TEST_CASE("a port that refuses fails")
  {
    const ClosedPort closed;
    const auto result = runCheck(specFor("tcp://127.0.0.1:" + std::to_string(closed.number())));
    CHECK(result.outcome == Outcome::Refused);
    CHECK(result.text == "connection refused");
  }

  TEST_CASE("address says where to connect")
  {
    HttpServer server("");
    auto spec = specFor("TCP://east.invalid:" + std::to_string(server.port()));
    spec.address = "127.0.0.1";
    CHECK(runCheck(spec).passed());
  }

  TEST_CASE("a full backlog swallows the connection: timeout")
  {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&address), length) == 0);
    REQUIRE(::listen(listener, 0) == 0);
    REQUIRE(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length) == 0);
    const int filler = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(::connect(filler, reinterpret_cast<sockaddr*>(&address), length) == 0);
    auto spec = specFor("tcp://127.0.0.1:" + std::to_string(ntohs(address.sin_port)));
    spec.timeout = std::chrono::milliseconds(150);
    const auto result = runCheck(spec);
    CHECK(result.outcome == Outcome::Timeout);
    CHECK(result.text == "timeout after 150 ms");
    ::close(filler);
    ::close(listener);
  }

  TEST_CASE("what is sent arrives, and the reply has what is expected")
  {
    TalkServer server("", [](TalkServer& /* server */, const auto& said) { return said == "PING\r\n" ? "+PONG\r\n" : "-ERR\r\n"; });
    auto spec = specFor("tcp://" + server.authority());
    spec.send = "PING\r\n";
    spec.expectBody = "+PONG";
    const auto result = runCheck(spec);
    CHECK(result.outcome == Outcome::Passed);
    CHECK(result.text == "reply has '+PONG'");
    CHECK(server.hears("PING\r\n"));
  }

  TEST_CASE("a server may speak first; nothing need be expected of it")
  {
    TalkServer server("220 ready\r\n", [](TalkServer& /* server */, const auto& /* said */) { return ""; });
    auto spec = specFor("tcp://" + server.authority());
    spec.expectBody = "220 ";
    CHECK(runCheck(spec).text == "reply has '220'");
    spec.expectBody.clear();
    spec.send = "QUIT\r\n";
    const auto result = runCheck(spec);
    CHECK(result.passed());
    CHECK(result.text == "sent 6 bytes");
    CHECK(server.hears("QUIT\r\n"));
  }

  TEST_CASE("the expected text may come in pieces, and anywhere")
  {
    for (const size_t before : {size_t{0}, size_t{1}, size_t{4095}, size_t{4096}, size_t{65536 - 5}}) {
      TalkServer server("", [before](TalkServer& /* server */, const auto& /* said */) { return std::string(before, '.') + "+PONG"; });
      auto spec = specFor("tcp://" + server.authority());
      spec.send = "PING";
      spec.expectBody = "+PONG";
      CHECK(runCheck(spec).passed());
    }
  }

  TEST_CASE("it does not come")
  {
    auto spec = specFor("tcp://127.0.0.1:1");
    spec.expectBody = "+PONG";
    const auto run = [&spec](const TalkServer& server) {
      spec.url = "tcp://" + server.authority();
      return runCheck(spec);
    };
    spec.send = "PING";
    TalkServer closing("", [](TalkServer& server, const auto& /* said */) { server.hangUp(); return "-BUSY\r\nbye\r\n"; });
    const auto closed = run(closing);
    CHECK(closed.outcome == Outcome::BadBody);
    CHECK(closed.text == "closed before '+PONG' came (12 bytes read)");
    TalkServer endless("", [](TalkServer& /* server */, const auto& /* said */) { return std::string(10000000, '+'); });
    const auto much = run(endless);
    CHECK(much.outcome == Outcome::BadBody);
    CHECK(much.text == "reply lacks '+PONG' (first 65536 bytes read)");
    spec.timeout = std::chrono::milliseconds(100);
    TalkServer other("", [](TalkServer& /* server */, const auto& /* said */) { return "-ERR"; });
    const auto late = run(other);
    CHECK(late.outcome == Outcome::Timeout);
    CHECK(late.text == "timeout after 100 ms, before '+PONG' came (4 bytes read)");
  }
}
