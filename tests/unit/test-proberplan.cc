// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "httpserver.hh"
#include "probednode.hh"

using namespace failover;
using namespace failover::test;
using namespace std::chrono_literals;

// Double parentheses: doctest would print NodeState with failover::toString, whose type it cannot join.

TEST_SUITE("prober")
{
  TEST_CASE("a planned drain begins and ends by itself, though nothing else happens")
  {
    RecordingListener listener;
    Prober prober({}, listener);
    auto east = node("east");
    const auto starts = inSeconds(std::chrono::system_clock::now()) + 2s; // more than one: it is up before
    east.drains = {{1, starts, starts + 1s, "new kernel"}};
    prober.setOrders(ordersOf({east}));
    prober.start();
    CHECK(listener.await("east: unknown -> up") == "east: unknown -> up without checks");
    CHECK(listener.await("east: up -> drained") == "east: up -> drained planned drain until " + toText(starts + 1s) + ": new kernel");
    CHECK(east.health->turnedAt() >= toMilliseconds(starts));
    CHECK(listener.await("east: drained -> up") == "east: drained -> up after the planned drain: new kernel");
    CHECK(east.health->turnedAt() >= toMilliseconds(starts + 1s));
    CHECK(east.health->drainsAt() == 0);
  }

  TEST_CASE("when a node may leave is published before it does")
  {
    HttpServer server;
    RecordingListener listener;
    Prober prober({}, listener);
    auto check = quick(1, server.url());
    check.fall = 1000;
    auto east = node("east", {check});
    const auto starts = inSeconds(std::chrono::system_clock::now()) + 1h;
    east.drains = {{1, starts, {}, ""}};
    const auto is = [&](auto condition) {
      return eventually(prober, {east}, [&](const auto&) { return condition(*east.health); });
    };
    prober.setOrders(ordersOf({east}));
    prober.start();
    CHECK(is([&](const NodeHealth& health) { return health.state() == NodeState::Up && health.leavesAt() == toMilliseconds(starts); }));
    CHECK(east.health->fallsAt() == 0);
    server.answerWith(HttpServer::reply("503 Oops"));
    const auto before = toMilliseconds(std::chrono::system_clock::now());
    CHECK(is([&](const NodeHealth& health) { return health.fallsAt() > before && health.leavesAt() == health.fallsAt(); }));
    const auto falls = east.health->fallsAt();
    CHECK(falls <= toMilliseconds(std::chrono::system_clock::now()) + 1000 * check.retry.count());
    server.answerWith(HttpServer::ok("ok"));
    CHECK(is([&](const NodeHealth& health) { return health.fallsAt() == 0; }));
  }
}
