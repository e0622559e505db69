// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <sched.h>
#include <sys/resource.h>
#include <doctest/doctest.h>
#include "httpserver.hh"
#include "inchild.hh"
#include "runcheck.hh"
#include "talkserver.hh"

using namespace failover;
using namespace failover::test;
using namespace std::chrono_literals;

namespace
{
CheckResult ask(const HttpServer& server, const std::function<void(CheckRow&)>& change = {})
{
  CheckRow row;
  row.url = server.url("/health");
  if (change) {
    change(row);
  }
  return runCheck(parseCheck(row));
}

void expectText(const CheckResult& result, Outcome outcome, const std::string& text)
{
  CHECK(result.outcome == outcome);
  CHECK(result.text == text);
}
}

TEST_SUITE("httpcheck")
{
  TEST_CASE("the status decides")
  {
    HttpServer server;
    expectText(ask(server), Outcome::Passed, "HTTP 200");
    server.answerWith(HttpServer::reply("503 Service Unavailable", "sorry"));
    expectText(ask(server), Outcome::BadStatus, "HTTP 503 (expected 200-399)");
    expectText(ask(server, [](CheckRow& row) { row.expectStatus = "503"; }), Outcome::Passed, "HTTP 503");
    server.answerWith("HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n");
    expectText(ask(server), Outcome::Passed, "HTTP 302"); // and nobody went to 192.0.2.1
    server.answerWith("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n");
    expectText(ask(server), Outcome::Passed, "HTTP 204");
  }

  TEST_CASE("the request is what the row says")
  {
    HttpServer server;
    CHECK(ask(server, [](CheckRow& row) { row.headers = "Host: api.example\nX-Probe: yes\nX-Empty:"; }).passed());
    const auto get = server.lastRequest();
    CHECK(get.find("GET /health HTTP/1.1\r\n") == 0);
    CHECK(get.find("Host: api.example\r\n") != std::string::npos);
    CHECK(get.find("X-Probe: yes\r\n") != std::string::npos);
    CHECK(get.find("X-Empty:\r\n") != std::string::npos);
    CHECK(get.find("User-Agent: pdns-failover/") != std::string::npos);
    CHECK(ask(server, [](CheckRow& row) { row.method = "HEAD"; row.headers = "User-Agent: mine"; }).passed());
    CHECK(server.lastRequest().find("HEAD /health HTTP/1.1\r\n") == 0);
    CHECK(server.lastRequest().find("User-Agent: mine\r\n") != std::string::npos);
    CHECK(server.lastRequest().find("pdns-failover") == std::string::npos);
    CHECK(ask(server, [](CheckRow& row) { row.method = "OPTIONS"; }).passed());
    CHECK(server.lastRequest().find("OPTIONS /health HTTP/1.1\r\n") == 0);
    CHECK(ask(server, [](CheckRow& row) { row.method = "POST"; }).passed());
    CHECK(server.lastRequest().find("POST /health HTTP/1.1\r\n") == 0);
    CHECK(server.lastRequest().find("Content-Length: 0\r\n") != std::string::npos);
  }

  TEST_CASE("address says where to connect, the URL whom to ask for")
  {
    HttpServer server;
    const auto pinned = [&](const std::string& address, const HttpServer& at) {
      return ask(at, [&](CheckRow& row) {
        row.url = "http://east.invalid:" + std::to_string(at.port()) + "/";
        row.address = address;
      });
    };
    CHECK(pinned("127.0.0.1", server).passed());
    CHECK(server.lastRequest().find("Host: east.invalid:" + std::to_string(server.port()) + "\r\n") != std::string::npos);
    HttpServer six(HttpServer::ok("six"), AF_INET6);
    CHECK(pinned("::1", six).passed());
    CHECK(ask(six).passed());
  }

  TEST_CASE("source says where from, and one that is not ours is our problem")
  {
    HttpServer server;
    CHECK(ask(server, [](CheckRow& row) { row.source = "127.0.0.9"; }).passed());
    const auto foreign = ask(server, [](CheckRow& row) { row.source = "192.0.2.77"; });
    CAPTURE(foreign.text);
    CHECK(foreign.isLocal());
    HttpServer six(HttpServer::ok("six"), AF_INET6);
    CHECK(ask(six, [](CheckRow& row) { row.source = "::1"; }).passed());
  }

  TEST_CASE("proxies of the environment are ignored")
  {
    ::setenv("http_proxy", "http://127.0.0.1:1/", 1);
    HttpServer server;
    CHECK(ask(server).passed());
    ::unsetenv("http_proxy");
  }

  TEST_CASE("a body must have the text")
  {
    HttpServer server(HttpServer::ok("all is well"));
    const auto wants = [](const std::string& text) { return [text](CheckRow& row) { row.expectBody = text; }; };
    expectText(ask(server, wants("is well")), Outcome::Passed, "HTTP 200");
    expectText(ask(server, wants("ok")), Outcome::BadBody, "body lacks 'ok' (11 bytes read)");
    server.answerWith(HttpServer::reply("500 Oops", "is well"));
    expectText(ask(server, wants("is well")), Outcome::BadStatus, "HTTP 500 (expected 200-399)");
  }

  TEST_CASE("of a long body the first 64 KiB are read")
  {
    const std::string filler(65536 - 2, 'x');
    HttpServer server(HttpServer::ok(filler + "ok" + std::string(40 << 20, 'y')));
    const auto wants = [](const std::string& text) { return [text](CheckRow& row) { row.expectBody = text; }; };
    CHECK(ask(server, wants("ok")).passed());
    CHECK(server.bytesSent() < (32u << 20)); // the rest of the 40 MiB stayed where it was
    server.answerWith(HttpServer::ok(filler + "_ok" + std::string(1 << 20, 'y')));
    expectText(ask(server, wants("ok")), Outcome::BadBody, "body lacks 'ok' (first 65536 bytes read)");
    server.answerWith(HttpServer::ok(filler + "ok"));
    CHECK(ask(server, wants("ok")).passed());
  }

  TEST_CASE("JSON must have the value")
  {
    HttpServer server(HttpServer::ok(R"({"database":{"status":"ok"}})"));
    const auto wants = [](CheckRow& row) { row.expectJson = "/database/status=\"ok\""; };
    expectText(ask(server, wants), Outcome::Passed, "HTTP 200");
    server.answerWith(HttpServer::ok(R"({"database":{"status":"down"}})"));
    expectText(ask(server, wants), Outcome::BadBody, "/database/status is \"down\" (expected \"ok\")");
    server.answerWith(HttpServer::ok("[" + std::string(70000, ' ') + "]"));
    const auto cut = ask(server, wants);
    CHECK(cut.outcome == Outcome::BadBody);
    CHECK(cut.text.find("(first 65536 bytes read)") != std::string::npos);
  }

  TEST_CASE("without an expected body none is waited for")
  {
    HttpServer server("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nonly this");
    server.keepOpen();
    expectText(ask(server), Outcome::Passed, "HTTP 200");
    const auto late = ask(server, [](CheckRow& row) { row.expectBody = "ok"; row.timeoutMs = 200; });
    expectText(late, Outcome::Timeout, "timeout after 200 ms");
    CHECK(late.latency >= 200ms);
  }

  TEST_CASE("silence, refusal and rubbish are the node's failures")
  {
    HttpServer server("");
    expectText(ask(server, [](CheckRow& row) { row.timeoutMs = 100; }), Outcome::Timeout, "timeout after 100 ms");
    const ClosedPort closed;
    expectText(runCheck(specFor("http://127.0.0.1:" + std::to_string(closed.number()))), Outcome::Refused, "connection refused");
    server.answerWith("SSH-2.0-OpenSSH\r\n");
    CHECK(ask(server).outcome == Outcome::Protocol);
    server.answerWith("HTTP/1.1 banana\r\n\r\n");
    CHECK_FALSE(ask(server).isLocal());
    CHECK_FALSE(ask(server).passed());
    server.answerWith("HTTP/1.1 200 OK\r\nX-Half:");
    expectText(ask(server), Outcome::Protocol, "connection closed within the headers");
    server.answerWith(HttpServer::ok("plain text"));
    const auto tls = ask(server, [](CheckRow& row) { row.url.replace(0, 4, "https"); });
    CHECK(tls.outcome == Outcome::Tls);
    CHECK(tls.text.find("TLS: ") == 0);
  }

  TEST_CASE("headers without end are the node's failure, not a lack of memory here")
  {
    std::string many = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 5000; ++i) {
      many += "X-Header-" + std::to_string(i) + ": " + std::string(1000, 'x') + "\r\n";
    }
    HttpServer server(many + "\r\n");
    expectText(ask(server), Outcome::Protocol, "more than 65536 bytes of headers");
    server.answerWith("HTTP/1.1 200 OK\r\nX-Long: " + std::string(10 << 20, 'x') + "\r\n\r\n");
    const auto oneLine = ask(server);
    CAPTURE(oneLine.text);
    CHECK(oneLine.outcome == Outcome::Protocol);
    std::string hints;
    for (int i = 0; i < 20000; ++i) {
      hints += "HTTP/1.1 103 Early Hints\r\n\r\n";
    }
    server.answerWith(hints);
    expectText(ask(server), Outcome::Protocol, "more than 65536 bytes of headers");
  }

  TEST_CASE("strangers' bytes are printable and bounded in every text")
  {
    HttpServer server("\x1b[31m\xff" + std::string(3000, 'z') + "\r\n\r\n");
    const auto result = ask(server, [](CheckRow& row) { row.expectJson = "/a=1"; });
    CHECK_FALSE(result.passed());
    CHECK(result.text.size() < 260);
    for (const char c : result.text) {
      CHECK((c >= ' ' && c <= '~'));
    }
  }

  TEST_CASE("a name that does not resolve is our resolver's problem")
  {
    const auto result = runCheck(specFor("http://no-such-host.invalid/"));
    CAPTURE(result.text);
    CHECK(result.isLocal());
    CHECK(result.text.find("cannot resolve no-such-host.invalid") == 0);
  }

  TEST_CASE("an unreadable ca_file is our problem")
  {
    HttpServer server;
    const auto result = ask(server, [](CheckRow& row) { row.url.replace(0, 4, "https"); row.caFile = "/nonexistent/ca.pem"; });
    CAPTURE(result.text);
    CHECK(result.isLocal());
  }
}

TEST_SUITE("localproblems")
{
  TEST_CASE("no descriptors left: http and tcp")
  {
    // Without a descriptor nothing gets as far as a server, so there is none.
    for (const std::string url : {"http://127.0.0.1:1/", "tcp://127.0.0.1:1"}) {
      const auto said = inChild([&] {
        Engine engine; // while there still are descriptors
        const auto spec = specFor(url);
        const rlimit none{0, 0};
        ::setrlimit(RLIMIT_NOFILE, &none);
        const auto result = runCheck(spec, engine);
        return (result.isLocal() ? "local: " : "counted: ") + result.text;
      });
      CHECK(said == "local: too many open files");
    }
  }

  TEST_CASE("no route in our own table")
  {
    for (const std::string url : {"http://192.0.2.1/", "tcp://192.0.2.1:25", "http://[2001:db8::1]/"}) {
      const auto said = inChild([&]() -> std::string {
        if (::unshare(CLONE_NEWNET) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
          return "no namespaces here";
        }
        const auto result = runCheck(specFor(url));
        return (result.isLocal() ? "local: " : "counted: ") + result.text;
      });
      if (said == "no namespaces here") {
        MESSAGE("skipped: ", said);
        continue;
      }
      CAPTURE(url);
      CHECK(said.find("local: ") == 0);
    }
  }

  TEST_CASE("connections: a new one for each run, or the one of the run before")
  {
    for (const bool reuse : {false, true}) {
      TalkServer server("", [](TalkServer& /* server */, const auto& /* said */) { return HttpServer::ok("all is well"); });
      auto spec = specFor("http://" + server.authority() + "/");
      spec.reuseConnection = reuse;
      Engine engine;
      for (int i = 0; i < 3; ++i) {
        const auto result = runCheck(spec, engine);
        CHECK(result.passed());
        CHECK(result.text == "HTTP 200");
      }
      CHECK(server.connections() == (reuse ? 1 : 3));
    }
  }

  TEST_CASE("a kept connection that has gone is made anew; one that is silent is the node's fault")
  {
    bool silent = false;
    TalkServer server("", [&silent](TalkServer& s, const auto& /* said */) {
      if (s.connections() == 1) {
        s.hangUp(); // though the answer did not say so
      }
      return silent ? std::string() : HttpServer::ok("ok");
    });
    auto spec = specFor("http://" + server.authority() + "/");
    spec.reuseConnection = true;
    Engine engine;
    CHECK(runCheck(spec, engine).passed());
    CHECK(runCheck(spec, engine).passed());
    CHECK(server.connections() == 2);
    silent = true;
    spec.timeout = std::chrono::milliseconds(100);
    const auto result = runCheck(spec, engine);
    CHECK(server.connections() == 2);
    CHECK(result.outcome == Outcome::Timeout);
    CHECK(result.text == "timeout after 100 ms");
  }

  TEST_CASE("a body that is too long costs the kept connection, not the verdict")
  {
    TalkServer server("", [](TalkServer& /* server */, const auto& /* said */) { return HttpServer::ok(std::string(100000, 'a')); });
    auto spec = specFor("http://" + server.authority() + "/");
    spec.reuseConnection = true;
    Engine engine;
    CHECK(runCheck(spec, engine).text == "HTTP 200");
    CHECK(runCheck(spec, engine).text == "HTTP 200");
    CHECK(server.connections() == 2);
  }

  TEST_CASE("compression is never asked for, and so never undone")
  {
    TalkServer server("", [](TalkServer& here, const auto& /* said */) {
      here.hangUp();
      return "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc";
    });
    auto spec = specFor("http://" + server.authority() + "/");
    spec.expectBody = "abc";
    CHECK(runCheck(spec).passed());
    CHECK(server.heard().find("Accept-Encoding") == std::string::npos);
    TalkServer coded("", [](TalkServer& here, const auto& /* said */) {
      here.hangUp();
      return "HTTP/1.1 200 OK\r\ntransfer-encoding:  gzip, chunked \r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    });
    spec.url = "http://" + coded.authority() + "/";
    const auto result = runCheck(spec);
    CHECK(result.outcome == Outcome::Protocol);
    CHECK(result.text == "a transfer coding that was not asked for");
    spec.expectBody.clear();
    CHECK(runCheck(spec).passed());
    TalkServer chunked("", [](TalkServer& here, const auto& /* said */) {
      here.hangUp();
      return "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    });
    spec.url = "http://" + chunked.authority() + "/";
    spec.expectBody = "abc";
    CHECK(runCheck(spec).passed());
  }
}
