// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "checkrow.hh"

using namespace failover;
using namespace failover::test;
using namespace std::chrono_literals;

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

  TEST_CASE("a push check is decided by each report")
  {
    const auto spec = parseCheck(row("push://backup"));
    CHECK(spec.fall == 1);
    CHECK(spec.rise == 1);
  }

  TEST_CASE("how a check counts")
  {
    const auto usual = parseCheck(row());
    CHECK_FALSE(usual.warningOnly);
    CHECK_FALSE(usual.inverted);
    CHECK_FALSE(usual.reuseConnection);
    auto other = row();
    other.role = "warn";
    other.inverted = true;
    other.connection = "reuse";
    const auto spec = parseCheck(other);
    CHECK(spec.warningOnly);
    CHECK(spec.inverted);
    CHECK(spec.reuseConnection);
    checkTable(&CheckRow::role, {{"", ""}, {"decide", ""}, {"Warn", "role: 'Warn' is not one of decide, warn"}});
    checkTable(&CheckRow::connection, {{"", ""}, {"fresh", ""}, {"keep", "connection: 'keep' is not one of fresh, reuse"}});
    CHECK(complaintWith(&CheckRow::connection, std::string("reuse"), "tcp://h:1") == "connection: 'reuse' is only for http:// and https://");
  }

  TEST_CASE("TLS on a plain port, and days until a certificate expires")
  {
    for (const auto* url : {"smtp://h", "imap://h", "pop3://h", "ldap://h"}) {
      auto upgraded = row(url);
      upgraded.startTls = true;
      CHECK(parseCheck(upgraded).startTls);
    }
    for (const auto* url : {"smtps://h", "imaps://h", "pop3s://h", "ldaps://h", "http://h", "tls://h:1", "push://a", "exec://a"}) {
      CHECK(complaintWith(&CheckRow::startTls, true, url) == "starttls: '1' is only for smtp://, imap://, pop3:// and ldap://");
    }
    const std::string tls = "tls://h:443";
    CHECK(parseCheck(row(tls)).certWarnDays == 14);
    CHECK(complaintWith(&CheckRow::certWarnDays, int64_t{0}, tls).empty());
    CHECK(complaintWith(&CheckRow::certWarnDays, int64_t{3650}, tls).empty());
    CHECK(complaintWith(&CheckRow::certWarnDays, int64_t{-1}, tls) == "cert_warn_days: '-1' is not in 0..3650");
    CHECK(complaintWith(&CheckRow::certWarnDays, int64_t{3651}, tls) == "cert_warn_days: '3651' is not in 0..3650");
    CHECK(complaintWith(&CheckRow::certWarnDays, int64_t{30}) == "cert_warn_days: '30' is only for tls://");
  }

  TEST_CASE("what connects to nothing has no addresses")
  {
    for (const auto* url : {"push://backup", "exec://backup"}) {
      CHECK(complaintWith(&CheckRow::address, std::string("::1"), url) == "address: '::1' has no use: push:// and exec:// connect to nothing");
      CHECK(complaintWith(&CheckRow::source, std::string("::1"), url) == "source: '::1' has no use: push:// and exec:// connect to nothing");
    }
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
