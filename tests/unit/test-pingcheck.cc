// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "runcheck.hh"

using namespace failover;
using namespace failover::test;

namespace
{
CheckSpec specTo(const std::string& address)
{
  CheckSpec spec;
  spec.kind = CheckKind::Ping;
  spec.host = address;
  return spec;
}

// Whoever runs the tests may lack the right to ping.
bool isForbidden(const CheckResult& result)
{
  return result.isLocal() && result.text == "ping needs CAP_NET_RAW, or the server's group in net.ipv4.ping_group_range";
}
}

// What only another network can show (nobody there, raw and datagram sockets) is in integration/test_check_kinds_ping.py.
TEST_SUITE("pingcheck")
{
  TEST_CASE("this machine returns its echo")
  {
    for (const auto* const address : {"127.0.0.1", "::1"}) {
      const auto result = runCheck(specTo(address));
      const bool good = (result.passed() && result.text == "echo reply") || isForbidden(result);
      CHECK_MESSAGE(good, result.text);
    }
  }

  TEST_CASE("address and source say where to and where from")
  {
    auto spec = specTo("node.invalid");
    spec.address = "127.0.0.1";
    spec.source = "127.0.0.9";
    const auto result = runCheck(spec);
    CHECK((result.passed() || isForbidden(result)));
    spec.source = "192.0.2.1";
    CHECK(runCheck(spec).isLocal());
  }
}
