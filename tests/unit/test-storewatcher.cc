// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <atomic>
#include <filesystem>
#include <functional>
#include "backend/storewatcher.hh"
#include "teststore.hh"
#include "zonemaker.hh"

using namespace failover;
using namespace failover::test;
using namespace std::chrono_literals;

namespace
{
constexpr auto s_limit = 20s; // generous: only a failing test waits that long
using Depth = StoreWatcher::Depth;

struct Watching
{
  TestStore store;
  Settings settings{store.settings()};
  FakeHost host;
  Published<Snapshot> published;
  std::atomic<size_t> loads{0};
  std::atomic<size_t> peers{0};
  std::atomic<size_t> reportLoads{0};
  std::atomic<size_t> reports{0};
  std::function<void()> beforeWrite{[] {}}; // set before start()
  std::vector<NodeStatus> states;
  StoreWatcher watcher{settings, host, published,
    {.ordersLoaded = [this](const Orders& orders) { ++loads; peers = orders.peers.size(); },
      .reportsLoaded = [this](const std::vector<PushReport>& loaded) { ++reportLoads; reports = loaded.size(); },
      .states = [this] { beforeWrite(); return states; },
      .cycled = [] {}}};

  void start()
  {
    watcher.loadFirst();
    watcher.start();
  }

  // Has the store looked at until `condition` holds; false after the limit.
  bool await(const std::function<bool()>& condition)
  {
    const auto deadline = std::chrono::steady_clock::now() + s_limit;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) {
        return false;
      }
      (void)watcher.refresh(Depth::Changes, s_limit);
    }
    return true;
  }

  size_t events() const { return std::stoul(store.value("SELECT count(*) FROM health_events")); }
};

NodeTransition transition(int number)
{
  return {"east", NodeState::Up, NodeState::Down, "number " + std::to_string(number), std::chrono::system_clock::now()};
}
}

TEST_SUITE("storewatcher")
{
  TEST_CASE("the first load is said, and a store that cannot be used is refused")
  {
    Watching test;
    test.store.addZone("a.org");
    test.watcher.loadFirst();
    CHECK(test.host.count(LogLevel::Info, "store " + test.store.file() + ": 1 zone, 0 records, 0 nodes, read in ") == 1);
    CHECK(test.loads == 1);
    CHECK(test.watcher.status().zones == 1);
    CHECK(test.watcher.status().database == test.store.file());

    Watching broken;
    std::filesystem::remove(broken.store.file());
    CHECK_THROWS_AS(broken.watcher.loadFirst(), std::runtime_error);
  }

  TEST_CASE("the prober is told what changed, and of reports alone nothing else")
  {
    Watching test;
    test.store.addNode("east");
    test.store.execute("INSERT INTO checks(id, node, url) VALUES(1, 'east', 'push://backup')");
    test.start();
    CHECK(test.loads == 1);
    CHECK(test.reportLoads == 1);
    test.store.execute("INSERT INTO reports(check_id, outcome) VALUES(1, 'up')");
    CHECK(*test.watcher.refresh(Depth::Changes, s_limit) == "nothing changed: 0 zones, 0 records");
    CHECK(test.loads == 1);
    CHECK(test.reportLoads == 2);
    CHECK(test.reports == 1);
    test.store.execute("INSERT INTO peers(name, url, api_key) VALUES('ns2', 'http://192.0.2.2:8081', 's3cret')");
    CHECK(test.watcher.refresh(Depth::Changes, s_limit)->starts_with("changed: peers; now "));
    CHECK(test.loads == 2);
    CHECK(test.peers == 1);
    CHECK(test.reportLoads == 3); // whoever is told anew what to do is told all
    test.store.execute("INSERT INTO \"references\"(url) VALUES('icmp://192.0.2.1'); INSERT INTO notifications(url) VALUES('exec://page')");
    CHECK(test.watcher.refresh(Depth::Changes, s_limit)->starts_with("changed: references, notifications; now "));
    (void)test.watcher.refresh(Depth::Everything, s_limit);
    CHECK(test.loads == 3);
    CHECK(test.reportLoads == 4);
  }

  TEST_CASE("refresh returns when the change is answered, and says what was read")
  {
    Watching test;
    test.start();
    const auto id = test.store.addZone("a.org");
    test.store.addRecord(id, "www.a.org", "A", "192.0.2.1");
    CHECK(test.watcher.refresh(Depth::Changes, s_limit));
    REQUIRE(test.published.current()->zoneById(id));
    CHECK(test.published.current()->zoneById(id)->recordCount() == 1);
    CHECK(test.await([&] { return test.watcher.status().records == 1; }));
    const auto said = test.watcher.refresh(Depth::Everything, s_limit);
    CHECK(said == "nothing changed: 1 zone, 1 record");
    test.store.addZone("b.org");
    test.store.addNode("east");
    CHECK(test.await([&] { return test.watcher.status().zones == 2; }));
    CHECK(test.host.count(LogLevel::Info, "store: changed: 1 zone (b.org (new))") == 1);
    CHECK(test.await([&] { return test.loads == 2; })); // at the start, and for east
  }

  TEST_CASE("a change is seen without being asked for")
  {
    Watching test;
    test.start();
    const auto id = test.store.addZone("a.org");
    const auto deadline = std::chrono::steady_clock::now() + s_limit;
    while (test.published.current()->zoneById(id) == nullptr && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
    }
    CHECK(test.published.current()->zoneById(id) != nullptr);
  }

  TEST_CASE("transitions are written with the states, in their order")
  {
    Watching test;
    test.store.addNode("east");
    NodeStatus east;
    east.name = "east";
    east.state = NodeState::Down;
    test.states.push_back(east);
    test.start();
    test.watcher.remember(transition(1));
    test.watcher.remember(transition(2));
    CHECK(test.await([&] { return test.events() == 2; }));
    CHECK(test.store.value("SELECT reason FROM health_events ORDER BY id") == "number 1");
    CHECK(test.store.value("SELECT state FROM node_state") == "down");
  }

  TEST_CASE("what is still to be written when it stops is written")
  {
    Watching test;
    test.start();
    test.watcher.remember(transition(1));
    test.watcher.stop();
    CHECK(test.events() == 1);
    CHECK_FALSE(test.watcher.refresh(Depth::Changes, s_limit)); // nobody is there any more
    test.watcher.stop();
  }

  TEST_CASE("a store that cannot be written keeps its events until it can")
  {
    Watching test;
    test.start();
    test.store.execute("CREATE TRIGGER refuse BEFORE INSERT ON health_events BEGIN SELECT RAISE(ABORT, 'refused'); END");
    test.watcher.remember(transition(1));
    CHECK(test.await([&] { return !test.watcher.status().writeFault.empty(); }));
    CHECK(test.host.count(LogLevel::Error, "node states cannot be written to the store: ") == 1);
    CHECK(test.watcher.status().readFault.empty());
    test.watcher.remember(transition(2));
    CHECK(test.events() == 0);
    test.store.execute("DROP TRIGGER refuse");
    CHECK(test.await([&] { return test.events() == 2; }));
    CHECK(test.await([&] { return test.watcher.status().writeFault.empty(); }));
    CHECK(test.watcher.status().droppedEvents == 0);
  }

  TEST_CASE("what waits to be written is bounded: the oldest go and are counted")
  {
    Watching test;
    test.watcher.loadFirst(); // no thread: nothing is written until it starts
    for (int i = 1; i <= 10'003; ++i) {
      test.watcher.remember(transition(i));
    }
    test.watcher.start();
    CHECK(test.await([&] { return test.events() == 10'000; }));
    CHECK(test.store.value("SELECT reason FROM health_events ORDER BY id") == "number 4");
    CHECK(test.watcher.status().droppedEvents == 3);
  }

  TEST_CASE("what comes in while a full queue is being written is not lost with what was written")
  {
    Watching test;
    std::atomic<bool> once{true};
    test.beforeWrite = [&] {
      if (once.exchange(false)) {
        test.watcher.remember(transition(10'001));
        test.watcher.remember(transition(10'002));
      }
    };
    test.watcher.loadFirst();
    for (int i = 1; i <= 10'000; ++i) {
      test.watcher.remember(transition(i));
    }
    test.settings.historyEvents = 20'000;
    test.watcher.start();
    CHECK(test.await([&] { return test.events() == 10'002; }));
    CHECK(test.watcher.status().droppedEvents == 0);
  }

  TEST_CASE("a store that is gone is reported, answers stay, and it is well when it is back")
  {
    Watching test;
    const auto id = test.store.addZone("a.org");
    test.start();
    std::filesystem::rename(test.store.file(), test.store.beside("away"));
    CHECK(test.watcher.refresh(Depth::Changes, s_limit) == "error: " + test.store.file() + ": does not exist");
    CHECK(test.await([&] { return test.watcher.status().readFault == test.store.file() + ": does not exist"; }));
    CHECK(test.published.current()->zoneById(id) != nullptr);
    CHECK(test.host.count(LogLevel::Error, "store cannot be read: ") == 1);
    std::filesystem::rename(test.store.beside("away"), test.store.file());
    CHECK(test.await([&] { return test.watcher.status().readFault.empty(); }));
    CHECK(test.host.count(LogLevel::Info, "store cannot be read: well again") == 1);
  }

  TEST_CASE("bad rows are in the status while they last")
  {
    Watching test;
    const auto id = test.store.addZone("a.org");
    test.start();
    test.store.addRecord(id, "x.a.org", "TXT", "bad");
    CHECK(test.await([&] { return test.watcher.status().problems.total() == 1; }));
    test.store.execute("DELETE FROM records");
    CHECK(test.await([&] { return test.watcher.status().problems.empty(); }));
  }
}
