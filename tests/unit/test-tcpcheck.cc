// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "httpserver.hh"
#include "runcheck.hh"

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
}
