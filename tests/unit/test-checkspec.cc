// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "probe/checkspec.hh"

using namespace failover;
using namespace std::chrono_literals;

namespace
{
CheckRow row(const std::string& url = "https://east.example/health")
{
  CheckRow made;
  made.id = 7;
  made.url = url;
  return made;
}

// What parseCheck says of the row; empty when it takes it.
std::string complaint(const CheckRow& bad)
{
  try {
    (void)parseCheck(bad);
  }
  catch (const CheckSpecError& e) {
    return e.what();
  }
  return {};
}

template <typename Value>
std::string complaintWith(Value CheckRow::*column, const Value& value, const std::string& url = "https://east.example/health")
{
  auto bad = row(url);
  bad.*column = value;
  return complaint(bad);
}

struct Case
{
  std::string value;
  std::string message; // empty: accepted
};

void checkTable(std::string CheckRow::*column, const std::vector<Case>& table, const std::string& url = "https://east.example/health")
{
  for (const auto& [value, message] : table) {
    CAPTURE(value);
    CHECK(complaintWith(column, value, url) == message);
  }
}
}

TEST_SUITE("checkspec")
{
  TEST_CASE("a row with only a URL gets the documented defaults")
  {
    const auto spec = parseCheck(row());
    CHECK(spec.id == 7);
    CHECK(spec.kind == CheckKind::Http);
    CHECK(spec.host == "east.example");
    CHECK(spec.port == 443);
    CHECK(spec.method == "GET");
    CHECK(spec.expectStatus.text() == "200-399");
    CHECK(spec.interval == 3s);
    CHECK(spec.timeout == 2s);
    CHECK(spec.retry == 500ms);
    CHECK(spec.fall == 3);
    CHECK(spec.rise == 2);
    CHECK(spec.tlsVerify);
  }

  TEST_CASE("urls")
  {
    checkTable(&CheckRow::url,
      {{"http://east.example", ""},
        {"HTTPS://east.example:8443/x?y=1#z", ""},
        {"http://[2001:db8::1]:8080/", ""},
        {"tcp://east.example:25", ""},
        {"tcp://[::1]:25", ""},
        {"", "url: '' is not a URL with a scheme and a host"},
        {"east.example/health", "url: 'east.example/health' is not a URL with a scheme and a host"},
        {"http://", "url: 'http://' is not a URL with a scheme and a host"},
        {"http://a b/", "url: 'http://a b/' is not a URL with a scheme and a host"},
        {"http://a/\n", "url: 'http://a/' is not a URL with a scheme and a host"},
        {"ftp://east.example/", "url: 'ftp://east.example/' does not begin with http://, https:// or tcp://"},
        {"file:///etc/passwd", "url: 'file:///etc/passwd' is not a URL with a scheme and a host"},
        {"http://east.example:0/", "url: 'http://east.example:0/' lacks a port in 1..65535"},
        {"http://east.example:65536/", "url: 'http://east.example:65536/' is not a URL with a scheme and a host"},
        {"tcp://east.example", "url: 'tcp://east.example' lacks a port in 1..65535"},
        {"tcp://east.example:25/x", "url: 'tcp://east.example:25/x' is more than tcp://host:port"},
        {"tcp://u@east.example:25", "url: 'tcp://east.example:25' is more than tcp://host:port"}});
  }

  TEST_CASE("an address in brackets loses them, a scheme's port is known")
  {
    const auto spec = parseCheck(row("http://[2001:db8::1]/"));
    CHECK(spec.host == "2001:db8::1");
    CHECK(spec.port == 80);
    const auto tcp = parseCheck(row("tcp://[::1]:25"));
    CHECK(tcp.kind == CheckKind::Tcp);
    CHECK(tcp.host == "::1");
    CHECK(tcp.port == 25);
  }

  TEST_CASE("credentials are kept for the request and shown nowhere")
  {
    const auto spec = parseCheck(row("https://monitor:s3cret@east.example/health@x"));
    CHECK(spec.url == "https://monitor:s3cret@east.example/health@x");
    CHECK(spec.displayUrl == "https://east.example/health@x");
    for (const auto* bad : {"ftp://u:s3cret@h/", "http://u:s3cret@h:0/", "http:///u:s3cret@h:0", "http:/u:s3cret@h:0", "tcp://u:s3cret@h:1", "u:s3cret@h", "s3cret@h:80/x", "s3cret@h?a:b"}) {
      CAPTURE(bad);
      const auto message = complaint(row(bad));
      CHECK_FALSE(message.empty());
      CHECK(message.find("s3cret") == std::string::npos);
    }
    CHECK(complaintWith(&CheckRow::headers, std::string("X: 1\nAuthorization Bearer s3cret")) == "headers: line 2 is not 'Name: value'");
  }

  TEST_CASE("addresses and sources")
  {
    std::vector<Case> table{{"", ""}, {"192.0.2.1", ""}, {"::1", ""}, {"2001:db8::1", ""}, {"::ffff:192.0.2.1", ""}};
    for (const auto* column : {"address", "source"}) {
      auto full = table;
      for (const auto* bad : {"999.1.1.1", "1.2.3", "1:2:3", "host", "[::1]", "127.0.0.1 ", "::1%lo"}) {
        full.push_back({bad, std::string(column) + ": '" + bad + "' is not an IPv4 or IPv6 address"});
      }
      full[full.size() - 2].message = std::string(column) + ": '127.0.0.1' is not an IPv4 or IPv6 address";
      checkTable(column == std::string("address") ? &CheckRow::address : &CheckRow::source, full);
    }
    auto mixed = row("http://127.0.0.1/");
    mixed.source = "::1";
    CHECK(complaint(mixed) == "source: '::1' is not of the same address family as 127.0.0.1");
    mixed.address = "2001:db8::1";
    CHECK(complaint(mixed).empty());
    CHECK(complaintWith(&CheckRow::address, std::string("127.0.0.1\0x", 11)) == "address: '127.0.0.1?x' has a control character");
  }

  TEST_CASE("methods and headers")
  {
    checkTable(&CheckRow::method,
      {{"", ""}, {"GET", ""}, {"HEAD", ""}, {"OPTIONS", ""}, {"POST", ""}, {"get", "method: 'get' is not one of GET, HEAD, OPTIONS, POST"}, {"GET / HTTP/1.1\r\nX: y", "method: 'GET / HTTP/1.1 X: y' is not one of GET, HEAD, OPTIONS, POST"}});
    checkTable(&CheckRow::headers,
      {{"", ""}, {"X-Probe: 1", ""}, {"X-Probe: 1\r\nHost: other.example\n", ""}, {"X-Empty:", ""}, {"novalue", "headers: line 1 is not 'Name: value'"}, {"a b: c", "headers: line 1 is not 'Name: value'"}, {": c", "headers: line 1 is not 'Name: value'"}, {"A: 1\nB: \x01", "headers: line 2 is not 'Name: value'"}});
    auto many = row();
    many.headers = "A: 1\r\n\nB: 2";
    CHECK(parseCheck(many).headers == std::vector<std::string>{"A: 1", "B: 2"});
  }

  TEST_CASE("status lists")
  {
    const std::string rule = "' is not a list of codes and ranges such as 200-399,401";
    checkTable(&CheckRow::expectStatus,
      {{"", ""}, {"200", ""}, {"200-399", ""}, {"200, 204 ,300-399", ""}, {"100-599", ""}, {"x", "expect_status: 'x" + rule}, {"200-", "expect_status: '200-" + rule}, {"-200", "expect_status: '-200" + rule}, {"200,", "expect_status: '200," + rule}, {",", "expect_status: '," + rule}, {"200-300-400", "expect_status: '200-300-400" + rule}, {"2e2", "expect_status: '2e2" + rule}, {"99", "expect_status: '99' has a code outside 100..599"}, {"200-600", "expect_status: '200-600' has a code outside 100..599"}, {"99999999999", "expect_status: '99999999999" + rule}, {"399-200", "expect_status: '399-200' has a range that runs backwards"}});
    const StatusSet set("204,300-399");
    CHECK(set.contains(204));
    CHECK(set.contains(300));
    CHECK(set.contains(399));
    CHECK_FALSE(set.contains(200));
    CHECK_FALSE(set.contains(205));
    CHECK_FALSE(set.contains(400));
    CHECK_FALSE(set.contains(0));
  }

  TEST_CASE("expectations need a body")
  {
    const std::string url = "tcp://east.example:25";
    CHECK(complaintWith(&CheckRow::expectBody, std::string("ok"), url) == "expect_body: 'ok' needs a body, which tcp:// never brings");
    auto head = row();
    head.method = "HEAD";
    head.expectJson = "/a=1";
    CHECK(complaint(head) == "expect_json: '/a=1' needs a body, which method HEAD never brings");
    CHECK(complaintWith(&CheckRow::expectBody, std::string("any \x01 bytes")).empty());
  }

  TEST_CASE("numbers are held to both bounds")
  {
    struct Bound
    {
      int64_t CheckRow::*column;
      int64_t value;
      std::string message;
    };
    const std::vector<Bound> table{
      {&CheckRow::intervalMs, 86400000, ""},
      {&CheckRow::intervalMs, 86400001, "interval_ms: '86400001' is not in 100..86400000"},
      {&CheckRow::intervalMs, 99, "interval_ms: '99' is not in 100..86400000"},
      {&CheckRow::timeoutMs, 10, ""},
      {&CheckRow::timeoutMs, 9, "timeout_ms: '9' is not in 10..2999 (below interval_ms)"},
      {&CheckRow::timeoutMs, 2999, ""},
      {&CheckRow::timeoutMs, 3000, "timeout_ms: '3000' is not in 10..2999 (below interval_ms)"},
      {&CheckRow::retryMs, 10, ""},
      {&CheckRow::retryMs, 9, "retry_ms: '9' is not in 10..3000 (at most interval_ms)"},
      {&CheckRow::retryMs, 3000, ""},
      {&CheckRow::retryMs, 3001, "retry_ms: '3001' is not in 10..3000 (at most interval_ms)"},
      {&CheckRow::fall, 1, ""},
      {&CheckRow::fall, 100, ""},
      {&CheckRow::fall, 0, "fall: '0' is not in 1..100"},
      {&CheckRow::fall, 101, "fall: '101' is not in 1..100"},
      {&CheckRow::rise, 0, "rise: '0' is not in 1..100"},
      {&CheckRow::rise, -1, "rise: '-1' is not in 1..100"},
    };
    for (const auto& [column, value, message] : table) {
      CHECK(complaintWith(column, value) == message);
    }
    auto shortest = row();
    shortest.intervalMs = 100;
    shortest.timeoutMs = 99;
    shortest.retryMs = 100;
    CHECK(complaint(shortest).empty());
  }

  TEST_CASE("specs are equal exactly when nothing that matters differs")
  {
    CHECK(parseCheck(row()) == parseCheck(row()));
    for (const auto column : {&CheckRow::expectBody, &CheckRow::caFile}) {
      auto other = row();
      other.*column = "x";
      CHECK(parseCheck(row()) != parseCheck(other));
    }
    auto other = row();
    other.expectJson = "/a=1";
    CHECK(parseCheck(row()) != parseCheck(other));
  }
}
