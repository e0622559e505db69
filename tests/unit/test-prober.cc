// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <thread>
#include <dirent.h>
#include <doctest/doctest.h>
#include "httpserver.hh"
#include "probe/prober.hh"
#include "recordinglistener.hh"
#include "probednode.hh"
#include "runcheck.hh"

using namespace failover;
using namespace failover::test;
using namespace std::chrono_literals;

// Double parentheses: doctest would print NodeState with failover::toString, whose type it cannot join.

namespace
{
std::vector<std::string> threadNames()
{
  std::vector<std::string> names;
  DIR* const tasks = ::opendir("/proc/self/task");
  while (const dirent* entry = ::readdir(tasks)) {
    const std::string path = std::string("/proc/self/task/") + entry->d_name + "/comm";
    if (FILE* const file = std::fopen(path.c_str(), "r")) {
      char name[32]{};
      if (std::fgets(name, sizeof(name), file) != nullptr) {
        names.emplace_back(name);
      }
      std::fclose(file);
    }
  }
  ::closedir(tasks);
  return names;
}

bool hasProbeThread()
{
  const auto names = threadNames();
  return std::find(names.begin(), names.end(), "pdns/fo-probe\n") != names.end();
}
}

TEST_SUITE("prober")
{
  TEST_CASE("a node goes down when it fails, and comes back")
  {
    HttpServer server;
    RecordingListener listener;
    Prober prober({}, listener);
    auto east = node("east", {quick(1, server.url())});
    prober.setOrders(ordersOf({east}));
    prober.start();
    CHECK(listener.await("east: unknown -> up") == "east: unknown -> up on the first check of " + server.url() + ": HTTP 200");
    CHECK(east.health->serving());
    server.answerWith(HttpServer::reply("503 Oops"));
    CHECK(listener.await("east: up -> down") == "east: up -> down after 3/3 failures of " + server.url() + ": HTTP 503 (expected 200-399)");
    CHECK_FALSE(east.health->serving());
    server.answerWith(HttpServer::ok("ok"));
    CHECK(listener.await("east: down -> up") == "east: down -> up after 2/2 successes of " + server.url() + ": HTTP 200");
    CHECK(east.health->serving());
    prober.stop();
    CHECK(prober.status().at(0).reason == "after 2/2 successes of " + server.url() + ": HTTP 200");
  }

  TEST_CASE("the initial round runs at once, all of it, and is counted")
  {
    HttpServer server;
    const ClosedPort closed;
    RecordingListener listener;
    ProberOptions options;
    options.maxInFlight = 2;
    Prober prober(options, listener);
    std::vector<NodeSpec> nodes;
    for (int i = 0; i < 10; ++i) {
      CheckRow row; // the default interval: only the initial round can be so fast
      row.id = i;
      row.url = i == 9 ? "tcp://127.0.0.1:" + std::to_string(closed.number()) : server.url();
      nodes.push_back(node("n" + std::to_string(i), {parseCheck(row)}));
    }
    nodes.push_back(node("idle"));
    nodes.back().admin = AdminState::Drain;
    prober.setOrders(ordersOf(nodes));
    prober.start();
    CHECK(listener.await("initial round complete: ").rfind("initial round complete: 9 up, 1 down, 1 drained, ", 0) == 0);
    CHECK(server.requests() == 9);
    const auto status = prober.status();
    REQUIRE(status.size() == 11);
    CHECK(status[3].name == "n3");
    CHECK(status[3].checks.at(0).outcome == "HTTP 200");
    CHECK(status[9].checks.at(0).outcome == "connection refused");
    CHECK((status[9].state == NodeState::Down));
    CHECK(listener.count("initial round") == 1);
  }

  TEST_CASE("the operator's wish and nodes without checks need no probe")
  {
    RecordingListener listener;
    Prober prober({}, listener);
    CHECK(prober.settle(0ms)); // nothing was asked for yet
    auto east = node("east");
    auto west = node("west");
    west.admin = AdminState::Drain;
    west.adminReason = "new disk";
    prober.setOrders(ordersOf({east, west}));
    CHECK_FALSE(prober.settle(0ms));
    prober.start();
    REQUIRE(prober.settle(s_deadline));
    CHECK(listener.count("east: unknown -> up without checks") == 1);
    CHECK(listener.count("west: unknown -> drained by the operator: new disk") == 1);
    CHECK_FALSE(west.health->serving());
    west.admin = AdminState::Auto;
    prober.setOrders(ordersOf({east, west}));
    REQUIRE(prober.settle(s_deadline));
    CHECK(west.health->serving());
    CHECK(listener.count("west: drained -> up without checks") == 1);
    CHECK(listener.count("east:") == 1);
  }

  TEST_CASE("the same description changes nothing; a changed check keeps its verdict and counts anew")
  {
    HttpServer server;
    RecordingListener listener;
    Prober prober({}, listener);
    auto east = node("east", {quick(1, server.url())});
    prober.setOrders(ordersOf({east}));
    prober.start();
    listener.await("east: unknown -> up");
    const auto since = prober.status().at(0).since;
    const bool went = eventually(prober, {east}, [](const auto& status) { return status.at(0).checks.at(0).runs >= 3; });
    CHECK(went); // though setOrders was called in between
    CHECK((prober.status().at(0).since == since));
    east.checks = {quick(1, server.url("/other"))};
    east.checks[0].interval = 1h;
    east.health = std::make_shared<NodeHealth>("east");
    prober.setOrders(ordersOf({east}));
    REQUIRE(prober.settle(s_deadline));
    CHECK((east.health->state() == NodeState::Up)); // published to the new object, too
    CHECK(eventually(prober, {east}, [](const auto& status) { return status.at(0).checks.at(0).runs == 1; }));
    CHECK(server.lastRequest().find("GET /other ") == 0);
    CHECK((prober.status().at(0).since == since));
    CHECK(listener.count("east:") == 1);
  }

  TEST_CASE("a removed check is gone at once, even while it waits for an answer")
  {
    HttpServer silent("");
    RecordingListener listener;
    Prober prober({}, listener);
    CheckRow row;
    row.id = 1;
    row.url = silent.url();
    row.intervalMs = 86400000;
    row.timeoutMs = 3600000;
    auto east = node("east", {parseCheck(row)});
    prober.setOrders(ordersOf({east}));
    prober.start();
    CHECK(eventually(prober, {east}, [&](const auto& /* status */) { return silent.requests() == 1; }));
    prober.setOrders(ordersOf({}));
    REQUIRE(prober.settle(s_deadline));
    CHECK(prober.status().empty());
    prober.setOrders(ordersOf({east}));
    CHECK(eventually(prober, {east}, [&](const auto& /* status */) { return silent.requests() == 2; }));
    prober.stop(); // in the middle of the second
    prober.stop();
  }

  TEST_CASE("a local problem leaves the verdict, is logged once, and so is its end")
  {
    HttpServer server;
    RecordingListener listener;
    Prober prober({}, listener);
    auto east = node("east", {quick(1, server.url())});
    east.checks[0].source = "192.0.2.77"; // not an address of this machine
    east.remembered = Verdict::Up;
    prober.setOrders(ordersOf({east}));
    prober.start();
    CHECK(eventually(prober, {east}, [](const auto& status) { return !status.empty() && status[0].checks.at(0).runs >= 3; }));
    const auto status = prober.status().at(0);
    CHECK(status.checks.at(0).localProblem);
    CHECK(status.checks.at(0).streak == 0);
    CHECK((status.state == NodeState::Up));
    CHECK(listener.count("node east: " + server.url() + ": cannot be checked, the verdict stays: ") == 1);
    CHECK(listener.count(" -> down") == 0);
  }

  TEST_CASE("an inverted push check takes a report for its opposite, and silence for down")
  {
    RecordingListener listener;
    Prober prober({}, listener);
    CheckRow row;
    row.id = 1;
    row.url = "push://alarm";
    auto east = node("east", {parseCheck(row)});
    east.checks[0].inverted = true;
    prober.setOrders(ordersOf({east}));
    prober.start();
    const auto now = std::chrono::system_clock::now();
    prober.report({{1, true, now, now + 1h}});
    CHECK(listener.await("east: unknown -> down") == "east: unknown -> down on the first check of push://alarm: reported up for 3600 s (must fail)");
    prober.report({{1, false, now, now + 500ms}});
    CHECK(listener.await("east: down -> up") == "east: down -> up after 1/1 success of push://alarm: reported down (as it must)");
    CHECK(listener.await("east: up -> down").starts_with("east: up -> down after 1/1 failure of push://alarm: no report within the "));
  }

  TEST_CASE("the thread has its name, blocks signals and ends with its owner")
  {
    RecordingListener listener;
    {
      Prober prober({}, listener);
      CHECK_FALSE(hasProbeThread());
      prober.start();
      prober.setOrders(ordersOf({}));
      REQUIRE(prober.settle(s_deadline));
      CHECK(hasProbeThread());
    }
    CHECK_FALSE(hasProbeThread());
    Prober unstarted({}, listener);
    unstarted.setOrders(ordersOf({node("east")}));
    unstarted.stop();
  }

  TEST_CASE("status and setOrders may come from many threads while checks run")
  {
    HttpServer server;
    RecordingListener listener;
    Prober prober({}, listener);
    auto east = node("east", {quick(1, server.url()), quick(2, server.url("/2"))});
    auto west = node("west", {quick(3, server.url())});
    prober.start();
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([&, i] {
        for (int round = 0; round < 50; ++round) {
          prober.setOrders(ordersOf(round % 2 == i % 2 ? std::vector{east, west} : std::vector{west}));
          (void)prober.status();
          (void)east.health->serving();
          prober.settle(s_deadline);
        }
      });
    }
    for (auto& thread : threads) {
      thread.join();
    }
    prober.setOrders(ordersOf({east, west}));
    REQUIRE(prober.settle(s_deadline));
    CHECK(prober.status().size() == 2);
  }
}
