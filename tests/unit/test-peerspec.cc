// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "probe/peerspec.hh"

using namespace failover;
using namespace std::chrono_literals;

namespace
{
PeerRow row()
{
  PeerRow made;
  made.name = "ns2";
  made.url = "http://192.0.2.2:8081";
  made.apiKey = "s3cret";
  return made;
}

template <typename Value>
std::string complaintWith(Value PeerRow::*column, const Value& value)
{
  auto bad = row();
  bad.*column = value;
  try {
    (void)parsePeer(bad);
  }
  catch (const CheckSpecError& error) {
    return error.what();
  }
  return {};
}
}

TEST_SUITE("peerspec")
{
  TEST_CASE("a row becomes a peer")
  {
    auto full = row();
    full.url = "https://ns2.example:8443";
    full.address = "192.0.2.2";
    full.source = "192.0.2.1";
    full.intervalMs = 500;
    full.timeoutMs = 400;
    full.tlsVerify = false;
    full.caFile = "/ca.pem";
    const PeerSpec wanted{"ns2", "https://ns2.example:8443", "https://ns2.example:8443", "192.0.2.2", "s3cret", 500ms, 400ms, "192.0.2.1", false, "/ca.pem"};
    CHECK(parsePeer(full) == wanted);
    CHECK(parsePeer(row()).interval == 1s);
    CHECK(parsePeer(row()).timeout == 800ms);
    CHECK(parsePeer(row()).tlsVerify);
  }

  TEST_CASE("a url is a webserver's host and port, and no secret of it is shown")
  {
    for (const auto* bad : {"http://h/", "http://h:1/x", "http://h?x", "http://h#x", "http://h:0", "tcp://h:1", "h:1", "", "http:/h", "http://a b"}) {
      CAPTURE(bad);
      CHECK(complaintWith(&PeerRow::url, std::string(bad)).ends_with("is not http://HOST:PORT or https://HOST:PORT"));
    }
    CHECK(complaintWith(&PeerRow::url, std::string("http://u:s3cret@h:1")) == "url: 'http://h:1' is not http://HOST:PORT or https://HOST:PORT");
  }

  TEST_CASE("an api key is one word, and never said")
  {
    for (const auto* bad : {"", "s3cret word", "s3cret\r\nX: y"}) {
      CHECK(complaintWith(&PeerRow::apiKey, std::string(bad)) == "api_key: is not 1 to 1000 printable characters without blanks");
    }
  }

  TEST_CASE("the other columns have the bounds of checks")
  {
    CHECK(complaintWith(&PeerRow::name, std::string("a b")) == "name: 'a b' is not 1 to 63 letters, digits, '.', '_' or '-', not beginning with '.'");
    CHECK(complaintWith(&PeerRow::address, std::string("h")) == "address: 'h' is not an IPv4 or IPv6 address");
    CHECK(complaintWith(&PeerRow::source, std::string("::1")) == "source: '::1' is not of the same address family as 192.0.2.2");
    CHECK(complaintWith(&PeerRow::intervalMs, int64_t{99}) == "interval_ms: '99' is not in 100..86400000");
    CHECK(complaintWith(&PeerRow::timeoutMs, int64_t{1000}) == "timeout_ms: '1000' is not in 10..999 (below interval_ms)");
    CHECK(complaintWith(&PeerRow::caFile, std::string("a\x01")) == "ca_file: 'a?' has a control character");
  }
}
