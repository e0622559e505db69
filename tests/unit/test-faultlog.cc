// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "backend/faultlog.hh"
#include "fakehost.hh"

using namespace failover;
using failover::test::FakeHost;
using namespace std::chrono_literals;

namespace
{
const FaultLog::Clock::time_point s_start{1000s};
}

TEST_SUITE("faultlog")
{
  TEST_CASE("a fault is said at once, then once a minute with its count")
  {
    FakeHost host;
    FaultLog log(host, "store cannot be read");
    log.failed("locked", s_start);
    REQUIRE(host.lines().size() == 1);
    CHECK((host.lines()[0].level == LogLevel::Error));
    CHECK(host.lines()[0].text == "store cannot be read: locked; answers and probes go on from memory");
    CHECK(log.reason() == "locked");
    log.failed("locked", s_start + 1s);
    log.failed("locked", s_start + 60s - 1ns);
    CHECK(host.lines().size() == 1);
    log.failed("locked", s_start + 60s);
    REQUIRE(host.lines().size() == 2);
    CHECK(host.lines()[1].text == "store cannot be read: locked (4 times); answers and probes go on from memory");
    log.failed("locked", s_start + 119s);
    CHECK(host.lines().size() == 2);
    log.failed("locked", s_start + 120s);
    CHECK(host.lines().size() == 3);
  }

  TEST_CASE("another reason is said at once")
  {
    FakeHost host;
    FaultLog log(host, "subject");
    log.failed("locked", s_start);
    log.failed("deleted", s_start + 1s);
    CHECK(host.count(LogLevel::Error, "subject: deleted (2 times)") == 1);
    CHECK(log.reason() == "deleted");
  }

  TEST_CASE("two reasons that take turns are said once a minute each")
  {
    FakeHost host;
    FaultLog log(host, "subject");
    for (int second = 0; second < 60; ++second) {
      log.failed(second % 2 == 0 ? "locked" : "deleted", s_start + std::chrono::seconds(second));
    }
    CHECK(host.lines().size() == 2);
    log.failed("locked", s_start + 60s);
    CHECK(host.lines().size() == 3);
  }

  TEST_CASE("reasons without end are not said without end")
  {
    FakeHost host;
    FaultLog log(host, "subject");
    for (int number = 0; number < 1000; ++number) {
      log.failed("reason " + std::to_string(number), s_start);
    }
    CHECK(host.lines().size() == FaultLog::s_mostReasons);
  }

  TEST_CASE("the end of a fault is said once, and without a fault there is nothing to say")
  {
    FakeHost host;
    FaultLog log(host, "subject");
    log.worked();
    CHECK(host.lines().empty());
    log.failed("locked", s_start);
    log.failed("locked", s_start);
    log.worked();
    log.worked();
    CHECK(host.count(LogLevel::Info, "subject: well again after 2 failures") == 1);
    CHECK(host.lines().size() == 2);
    CHECK(log.reason().empty());
  }

  TEST_CASE("a fault that comes back is said at once and counted anew")
  {
    FakeHost host;
    FaultLog log(host, "subject");
    log.failed("locked", s_start);
    log.worked();
    log.failed("locked", s_start + 1s);
    CHECK(host.lines().size() == 3);
    CHECK(host.lines()[2].text == "subject: locked; answers and probes go on from memory");
  }
}
