// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "httpserver.hh"
#include "probe/notices/notifier.hh"
#include "programfolder.hh"
#include "recordinglistener.hh"
#include "runtoend.hh"

using namespace failover;
using namespace failover::test;

namespace
{
using Clock = std::chrono::steady_clock;

NoticeSpec hookAt(const std::string& url)
{
  NoticeSpec target;
  target.id = 1;
  target.url = url;
  target.displayUrl = "http://shown/";
  target.token = "secret";
  return target;
}

struct Scene
{
  RecordingListener listener;
  ProgramFolder folder;
  Reaper reaper;
  Engine engine;
  Notifier notifier{engine.runs, reaper, listener, folder.path(), "ns1"};

  explicit Scene(std::vector<NoticeSpec> specs)
  {
    NodeSpec node;
    node.name = "east";
    notifier.adopt(specs, {node}, Clock::now());
  }
  void becomes(NodeState from, NodeState to)
  {
    notifier.nodeChanged({"east", from, to, "because", std::chrono::system_clock::time_point{}}, Clock::now());
  }
  void falls() { becomes(NodeState::Up, NodeState::Down); }
  void returns() { becomes(NodeState::Down, NodeState::Up); }
  // Turns until `isOver`; whether that came about in time.
  bool turnUntil(const std::function<bool(const NoticeCounters&)>& isOver)
  {
    return test::turnUntil(engine, [&] {
      notifier.turn(Clock::now());
      return isOver(notifier.counters());
    });
  }
};
}

TEST_SUITE("notifier")
{
  TEST_CASE("a webhook hears of a fall and of the return")
  {
    HttpServer server;
    Scene scene({hookAt(server.url("/hook"))});
    CHECK(scene.notifier.untilWork(Clock::now(), std::chrono::milliseconds(5000)).count() == 5000);
    scene.falls();
    CHECK(scene.notifier.untilWork(Clock::now(), std::chrono::milliseconds(5000)).count() == 0);
    scene.returns();
    scene.falls();
    CHECK(scene.turnUntil([](const auto& counters) { return counters.sent == 1; }));
    scene.returns();
    CHECK(scene.turnUntil([](const auto& counters) { return counters.sent == 2; }));
    CHECK(server.requests() == 2);
    CHECK(scene.listener.count("") == 0); // nothing to log
    CHECK(scene.engine.runs.size() == 0);
  }

  TEST_CASE("a program reads the same")
  {
    NoticeSpec target;
    target.id = 2;
    target.url = "exec://tell/ops";
    target.program = "tell";
    target.arguments = {"ops"};
    Scene scene({target});
    const auto heard = scene.folder.path() + "/heard";
    (void)scene.folder.add("tell", "echo \"$1\" > " + heard + "; cat >> " + heard);
    scene.falls();
    CHECK(scene.turnUntil([](const auto& counters) { return counters.sent == 1; }));
    std::string who;
    std::string what;
    std::ifstream in(heard);
    std::getline(in, who);
    std::getline(in, what);
    CHECK(who == "ops");
    CHECK(what == R"({"at":"1970-01-01T00:00:00Z","event":"down","from":"up","node":"east","reason":"because","repeat":0,"server":"ns1","since":"1970-01-01T00:00:00Z","to":"down"})");
  }

  TEST_CASE("failures are logged once, then that it works again; nothing secret is said")
  {
    HttpServer server(HttpServer::reply("503 Busy"));
    Scene scene({hookAt(server.url())});
    scene.falls();
    CHECK(scene.turnUntil([](const auto& counters) { return counters.failed == 2; }));
    CHECK(scene.listener.count("notification 1 to http://shown/: HTTP 503 (expected 200-299); tried again later") == 1);
    server.answerWith(HttpServer::ok(""));
    CHECK(scene.turnUntil([](const auto& counters) { return counters.sent == 1; }));
    CHECK(scene.listener.count("notification 1 to http://shown/: works again after 2 failures") == 1);
    CHECK(scene.listener.count("") == 2);
    CHECK(scene.listener.count("secret") == 0);
  }

  TEST_CASE("what cannot even be begun is a failure like any other")
  {
    NoticeSpec target;
    target.id = 3;
    target.displayUrl = "exec://none";
    target.program = "none";
    Scene scene({target});
    scene.falls();
    scene.notifier.turn(Clock::now());
    CHECK(scene.notifier.counters().failed == 1);
    CHECK(scene.notifier.counters().waiting == 1);
    CHECK(scene.listener.count("notification 3 to exec://none: " + scene.folder.path() + "/none: no such file or directory") == 1);
    const auto wait = scene.notifier.untilWork(Clock::now(), std::chrono::milliseconds(5000));
    CHECK(wait > std::chrono::milliseconds(0));
    CHECK(wait <= std::chrono::milliseconds(1000));
  }

  TEST_CASE("dropped messages are said, not one by one")
  {
    HttpServer silent("");
    Scene scene({hookAt(silent.url())});
    std::vector<NodeSpec> nodes(3000);
    for (size_t i = 0; i < nodes.size(); ++i) {
      nodes[i].name = "n" + std::to_string(i);
    }
    scene.notifier.adopt({hookAt(silent.url())}, nodes, Clock::now());
    for (const auto& node : nodes) {
      scene.notifier.nodeChanged({node.name, NodeState::Up, NodeState::Down, "because", {}}, Clock::now());
    }
    scene.notifier.turn(Clock::now());
    CHECK(scene.notifier.counters().waiting < 200); // a turn does a bounded amount of work
    CHECK(scene.notifier.untilWork(Clock::now(), std::chrono::milliseconds(5000)).count() == 0);
    for (int i = 0; i < 40; ++i) {
      scene.notifier.turn(Clock::now());
    }
    CHECK(scene.notifier.counters().waiting == Outbox::s_mostWaiting);
    CHECK(scene.notifier.counters().dropped == nodes.size() - Outbox::s_mostWaiting - 1);
    CHECK(scene.listener.count("messages dropped") == 1);
  }
}
