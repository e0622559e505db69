// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "httpserver.hh"
#include "probe/notices/webhookpost.hh"
#include "runtoend.hh"

using namespace failover;
using namespace failover::test;

namespace
{
const std::string s_body = R"({"event":"down"})";

NoticeSpec targetAt(const std::string& url)
{
  NoticeSpec target;
  target.id = 1;
  target.url = url;
  target.displayUrl = url;
  return target;
}

CheckResult post(const NoticeSpec& target, const std::string& body = s_body)
{
  Engine engine;
  return runToEnd(std::make_unique<WebhookPost>(target, body), s_deliveryLimit, engine);
}

bool has(const std::string& text, const std::string& part)
{
  return text.find(part) != std::string::npos;
}
}

TEST_SUITE("webhookpost")
{
  TEST_CASE("a POST of JSON")
  {
    HttpServer server(HttpServer::reply("204 No Content"));
    const auto result = post(targetAt(server.url("/hook?x=1")));
    CHECK(result.passed());
    const auto request = server.lastRequest();
    CHECK(request.rfind("POST /hook?x=1 HTTP/1.1\r\n", 0) == 0);
    CHECK(has(request, "\r\nContent-Type: application/json\r\n"));
    CHECK(has(request, "\r\nContent-Length: 16\r\n"));
    CHECK(!has(request, "Authorization"));
    CHECK(!has(request, "Expect"));
  }

  TEST_CASE("the bearer token")
  {
    HttpServer server;
    auto target = targetAt(server.url());
    target.token = "abc.DEF~1+/=";
    CHECK(post(target).passed());
    CHECK(has(server.lastRequest(), "\r\nAuthorization: Bearer abc.DEF~1+/=\r\n"));
  }

  TEST_CASE("only 200 to 299 is a delivery, and nothing is followed")
  {
    HttpServer server;
    for (const std::string status : {"199 X", "301 Moved", "404 Not Found", "503 Busy"}) {
      server.answerWith("HTTP/1.1 " + status + "\r\nLocation: " + server.url("/elsewhere") + "\r\nContent-Length: 0\r\n\r\n");
      CHECK(!post(targetAt(server.url())).passed());
    }
    CHECK(server.requests() == 4);
    server.answerWith(HttpServer::reply("299 Fine"));
    CHECK(post(targetAt(server.url())).passed());
  }

  TEST_CASE("an endless answer is cut")
  {
    HttpServer server("HTTP/1.1 200 OK\r\n\r\n" + std::string(10'000'000, 'x'));
    CHECK(post(targetAt(server.url())).passed());
    server.answerWith("HTTP/1.1 200 OK\r\nX: " + std::string(10'000'000, 'x') + "\r\n\r\n");
    CHECK(!post(targetAt(server.url())).passed());
  }

  TEST_CASE("nobody there")
  {
    const ClosedPort closed;
    const auto result = post(targetAt("http://127.0.0.1:" + std::to_string(closed.number()) + "/"));
    CHECK(result.outcome == Outcome::Refused);
  }

  TEST_CASE("what cannot be a URL")
  {
    CHECK_THROWS_WITH(post(targetAt("nonsense")), "not a URL with a scheme and a host");
  }
}
