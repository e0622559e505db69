// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "backend/client.hh"

using namespace failover;
using namespace std::string_literals;

TEST_SUITE("client")
{
  TEST_CASE("an address is its bytes, a network those of its prefix")
  {
    CHECK(clientNetwork("192.0.2.255") == "\xc0\0\2\xff"s);
    CHECK(clientNetwork("192.0.2.255/32") == "\xc0\0\2\xff"s);
    CHECK(clientNetwork("192.0.2.255/31") == "\xc0\0\2\xfe"s);
    CHECK(clientNetwork("192.0.2.255/24") == "\xc0\0\2\0"s);
    CHECK(clientNetwork("192.0.255.255/20") == "\xc0\0\xf0\0"s);
    CHECK(clientNetwork("192.0.2.255/0") == "\0\0\0\0"s);
    CHECK(clientNetwork("2001:db8:ffff::1/36") == "\x20\1\x0d\xb8\xf0\0\0\0\0\0\0\0\0\0\0\0"s);
    CHECK(clientNetwork("::ffff:192.0.2.1")->size() == 16);
  }

  TEST_CASE("what is no address with a prefix of its length is none")
  {
    for (const auto* text : {"", "/", "A", "json", "192.0.2.1/", "192.0.2.1/33", "192.0.2.1/-1", "192.0.2.1/2x", "192.0.2/24", "2001:db8::/129", "192.0.2.0/24/24"}) {
      CAPTURE(text);
      CHECK_FALSE(clientNetwork(text));
    }
  }

  TEST_CASE("a key tells networks apart, and is no 0")
  {
    CHECK(clientKey(*clientNetwork("192.0.2.0/24")) == clientKey(*clientNetwork("192.0.2.77/24")));
    CHECK(clientKey(*clientNetwork("192.0.2.0/24")) != clientKey(*clientNetwork("192.0.3.0/24")));
    CHECK(clientKey("") != 0);
  }
}
