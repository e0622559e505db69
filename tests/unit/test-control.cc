// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <filesystem>
#include <json/reader.h>
#include <memory>
#include <sstream>
#include <thread>
#include "backend/control.hh"
#include "backend/runtime.hh"
#include "fakehost.hh"
#include "teststore.hh"

using namespace failover;
using namespace failover::test;

namespace
{
// A running backend over a store of its own, whose nodes have no checks.
struct Serving
{
  explicit Serving(const std::string& suffix, std::initializer_list<const char*> nodes)
  {
    for (const auto* node : nodes) {
      store.addNode(node);
    }
    runtime = std::make_unique<Runtime>(suffix, store.settings(), std::make_unique<FakeHost>());
    runtime->start();
    awaitUp();
  }

  // The first states are there; false after the deadline.
  bool awaitUp() const
  {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (std::chrono::steady_clock::now() < deadline) {
      const auto nodes = runtime->nodes();
      if (!nodes.empty() && nodes.back().state != NodeState::Unknown) {
        return true;
      }
      std::this_thread::yield();
    }
    return false;
  }

  TestStore store;
  std::unique_ptr<Runtime> runtime;
};

std::string run(std::span<Runtime* const> runtimes, const std::string& line)
{
  std::vector<std::string> words;
  std::istringstream stream(line);
  for (std::string word; stream >> word;) {
    words.push_back(word);
  }
  for (const auto& command : commands()) {
    if (command.name == words.at(0)) {
      return command.run(runtimes, words);
    }
  }
  return "no such command";
}

std::string run(const Serving& serving, const std::string& line)
{
  Runtime* const runtimes[] = {serving.runtime.get()};
  return run(runtimes, line);
}

Json::Value parsed(const std::string& text)
{
  Json::Value value;
  std::istringstream(text) >> value;
  return value;
}
}

TEST_SUITE("control")
{
  TEST_CASE("every command has a name, a help, and an answer where nothing serves yet")
  {
    CHECK(commands().size() == 10);
    for (const auto& command : commands()) {
      CAPTURE(command.name);
      CHECK(std::string(command.name).starts_with("failover-"));
      CHECK(std::string(command.help).size() > 10);
      CHECK(command.run({}, {command.name, "east", "up"}).starts_with("error: "));
    }
    CHECK(run({}, "failover-status") == "error: no failover backend is running yet\n");
    CHECK(run({}, "failover-top") == "error: no failover backend is running yet\n");
    CHECK(run({}, "failover-reload") == "error: no failover backend is running yet\n");
  }

  TEST_CASE("wrong words are answered with the usage")
  {
    const Serving serving("", {"east"});
    CHECK(run(serving, "failover-status east west") == "error: usage: failover-status [NODE] [json]\n");
    for (const auto* words : {"0", "-1", "10001", "1x", "x", "1 2", "1 2 json", "json 1"}) {
      CHECK(run(serving, std::string("failover-top ") + words) == "error: usage: failover-top [N] [json], N from 1 to 10000\n");
    }
    CHECK(run(serving, "failover-drain") == "error: usage: failover-drain NODE [at TIME] [for DURATION] [force] [REASON]\n");
    CHECK(run(serving, "failover-resume") == "error: usage: failover-resume NODE\n");
    CHECK(run(serving, "failover-resume east now") == "error: usage: failover-resume NODE\n");
    CHECK(run(serving, "failover-force east") == "error: usage: failover-force NODE up|down [REASON]\n");
    CHECK(run(serving, "failover-force east sideways") == "error: usage: failover-force NODE up|down [REASON]\n");
    CHECK(run(serving, "failover-release") == "error: usage: failover-release NODE\n");
    CHECK(run(serving, "failover-reload now") == "error: usage: failover-reload\n");
    CHECK(run(serving, "failover-explain") == "error: usage: failover-explain NAME [TYPE] [CLIENT-ADDRESS] [json]\n");
    CHECK(run(serving, "failover-explain www.example A AAAA") == "error: usage: failover-explain NAME [TYPE] [CLIENT-ADDRESS] [json]\n");
    CHECK(run(serving, "failover-explain www.example 192.0.2.1/33") == "error: usage: failover-explain NAME [TYPE] [CLIENT-ADDRESS] [json]\n");
    CHECK(run(serving, "failover-explain www..example") == "error: 'www..example': 'www..example' is no domain name\n");
    CHECK(run(serving, "failover-audit now") == "error: usage: failover-audit [json]\n");
    CHECK(run(serving, "failover-audit").find("node east: has no target\n") != std::string::npos);
    CHECK(run(serving, "failover-whatif") == "error: usage: failover-whatif NODE[,NODE...] [json]\n");
    CHECK(run(serving, "failover-whatif east west") == "error: usage: failover-whatif NODE[,NODE...] [json]\n");
    CHECK(run(serving, "failover-whatif east,west") == "error: no node 'west'; failover-status lists them\nnodes: east\n");
    CHECK(run(serving, "failover-whatif east,") == "error: no node ''; failover-status lists them\nnodes: east\n");
    CHECK(run(serving, "failover-whatif east,east").starts_with("if east left the answers now"));
    CHECK(run(serving, "failover-explain www.example") == "error: no zone here has 'www.example'\n");
    CHECK(run(serving, "failover-drain west") == "error: no node 'west'; failover-status lists them\n");
    CHECK(run(serving, "failover-status west") == "error: no node 'west'; failover-status lists them\n");
  }

  TEST_CASE("counts are shown, and the store thread makes room for more")
  {
    const Serving serving("", {"east"});
    auto& answers = serving.runtime->answers();
    const auto counts = answers.lease();
    const auto room = AnswerCounts::s_firstSize / 4 * 3 - 1;
    for (uint64_t name = 1; name <= room; ++name) {
      counts->add(nodeKey("east"), name);
    }
    (void)serving.runtime->reload();
    counts->add(nodeKey("east"), room + 1);
    CHECK(answers.uncounted() == 0);
    const auto report = parsed(run(serving, "failover-top json"));
    CHECK(report["answers"].asUInt64() == room + 1);
    CHECK(report["nodes"][0]["answers"].asUInt64() == room + 1);
    CHECK(report["suffix"] == "");
    CHECK(parsed(run(serving, "failover-status json"))["nodes"][0]["answers"].asUInt64() == room + 1);
    CHECK(run(serving, "failover-top 3").find("east  12288    100.0 %\n\n12288 answers in ") != std::string::npos);
  }

  TEST_CASE("a drain is effective, stored and shown when the command returns, and so is its end")
  {
    const Serving serving("", {"east", "west"});
    CHECK(run(serving, "failover-drain east new kernel") == "node east: up -> drained\n");
    CHECK((serving.runtime->nodes().at(0).state == NodeState::Drained));
    CHECK((serving.runtime->nodes().at(1).state == NodeState::Up));
    CHECK(serving.store.value("SELECT admin_state FROM nodes WHERE name='east'") == "drain");
    CHECK(run(serving, "failover-status east").find("new kernel") != std::string::npos);
    CHECK(run(serving, "failover-release east") == "error: node 'east' is drained; use failover-resume\n");
    CHECK(run(serving, "failover-drain east new disk") == "node east: drained -> drained\n");
    CHECK(run(serving, "failover-status east").find("new disk") != std::string::npos);
    CHECK(run(serving, "failover-resume east") == "node east: drained -> up\n");
    CHECK(serving.store.value("SELECT admin_state FROM nodes WHERE name='east'") == "auto");
  }

  TEST_CASE("a drain with an end is a plan that begins at once")
  {
    const Serving serving("", {"east"});
    CHECK(run(serving, "failover-drain east for 2h new kernel").starts_with("node east: up -> drained: drain ends in "));
    CHECK(serving.store.value("SELECT admin_state FROM nodes") == "auto");
    CHECK(serving.store.value("SELECT reason FROM drains WHERE ends - starts BETWEEN 7200 AND 7201") == "new kernel");
    CHECK(serving.runtime->nodes().at(0).reason.starts_with("planned drain until "));
    CHECK(run(serving, "failover-release east") == "error: node 'east' is drained; use failover-resume\n");
    CHECK(run(serving, "failover-drain east").starts_with("node east: drained -> drained\n"));
    CHECK(run(serving, "failover-drain east for 1h").ends_with("\nnode east stays drained until failover-resume\n"));
    CHECK(run(serving, "failover-resume east") == "node east: drained -> up\n");
    CHECK(serving.store.value("SELECT count(*) FROM drains") == "0");
  }

  TEST_CASE("a drain that is planned is shown, outlasts the end of another, and is called off")
  {
    const Serving serving("", {"east"});
    const auto said = run(serving, "failover-drain east at +3h for 90m new kernel");
    CHECK(said.starts_with("node east: drain planned in "));
    CHECK(said.find(" for 1 h 30 min: new kernel (from 20") != std::string::npos);
    CHECK((serving.runtime->nodes().at(0).state == NodeState::Up));
    CHECK(run(serving, "failover-status").find("east: drain planned in ") != std::string::npos);
    CHECK(run(serving, "failover-drain east") == "node east: up -> drained\n");
    const auto ended = run(serving, "failover-resume east");
    CHECK(ended.starts_with("node east: drained -> up\nnode east: drain planned in "));
    CHECK(ended.ends_with("; resume again to call it off\n"));
    CHECK(run(serving, "failover-resume east") == "node east: 1 planned drain called off\n");
    CHECK(run(serving, "failover-resume east") == "node east: nothing to end, it is up by its checks\n");
  }

  TEST_CASE("a forced state goes before a plan")
  {
    const Serving serving("", {"east"});
    CHECK(run(serving, "failover-force east up") == "node east: up -> forced-up\n");
    CHECK(run(serving, "failover-drain east for 2h").ends_with("\nnode east is forced-up: it is drained once failover-release has ended that\n"));
    CHECK((serving.runtime->nodes().at(0).state == NodeState::ForcedUp));
    CHECK(run(serving, "failover-release east") == "node east: forced-up -> drained\n");
    CHECK(run(serving, "failover-resume east") == "node east: drained -> up\n");
  }

  TEST_CASE("times that are none change nothing")
  {
    const Serving serving("", {"east"});
    CHECK(run(serving, "failover-drain east for ever") == "error: 'ever' is no duration: 90s, 30m, 2h, 1d or 1h30m\n");
    CHECK(run(serving, "failover-drain east at noon").starts_with("error: 'noon' is no time: "));
    CHECK(run(serving, "failover-drain east at") == "error: 'at' wants a time after it\n");
    CHECK((serving.runtime->nodes().at(0).state == NodeState::Up));
    CHECK(serving.store.value("SELECT count(*) FROM drains") == "0");
  }

  TEST_CASE("a drain that leaves too few nodes is refused with the names, unless it is forced")
  {
    const Serving serving("", {"east", "west"});
    const auto zone = serving.store.addZone("alpha.example");
    serving.store.addRecord(zone, "alpha.example", "SOA", "ns hostmaster 1 2 3 4 5");
    serving.store.execute("INSERT INTO node_targets VALUES ('east', '192.0.2.1'), ('east', 'east.alpha.example'), ('west', '192.0.2.2')");
    serving.store.addRecord(zone, "www.alpha.example", "A", "192.0.2.1");
    serving.store.addRecord(zone, "www.alpha.example", "A", "192.0.2.2");
    serving.store.addRecord(zone, "east.alpha.example", "A", "192.0.2.1");
    serving.runtime->storeWritten();
    CHECK(run(serving, "failover-drain east") == "node east: up -> drained\n");
    CHECK(run(serving, "failover-drain west") == "error: refused, nothing changed: without node west too few would serve; to drain it nonetheless, say force\n  www.alpha.example A: 0 of 2 nodes would serve; answered as if every node served\n");
    CHECK(serving.store.value("SELECT admin_state FROM nodes WHERE name='west'") == "auto");
    CHECK(run(serving, "failover-drain west at +1h for 2h").starts_with("error: refused"));
    CHECK(serving.store.value("SELECT count(*) FROM drains") == "0");
    CHECK(run(serving, "failover-drain west at +1h for 2h force").starts_with("node west: drain planned"));
    CHECK(run(serving, "failover-drain west force new kernel") == "node west: up -> drained\n");
    CHECK(run(serving, "failover-drain west") == "node west: drained -> drained\n"); // nothing is hit any more
    for (int i = 0; i < 30; ++i) {
      serving.store.addRecord(zone, "only" + std::to_string(i) + ".alpha.example", "A", "192.0.2.1");
    }
    serving.runtime->storeWritten();
    run(serving, "failover-resume east");
    CHECK(run(serving, "failover-drain east").ends_with("\n  and 11 more record sets\n")); // those 30 and www
  }

  TEST_CASE("a force wins until it is released")
  {
    const Serving serving("", {"east"});
    CHECK(run(serving, "failover-force east down broken disk") == "node east: up -> forced-down\n");
    CHECK(run(serving, "failover-resume east") == "error: node 'east' is forced-down; use failover-release\n");
    CHECK(run(serving, "failover-force east up") == "node east: forced-down -> forced-up\n");
    CHECK(run(serving, "failover-release east") == "node east: forced-up -> up\n");
  }

  TEST_CASE("the operator's reason is the same after the store was read and written again")
  {
    const Serving serving("", {"east"});
    run(serving, "failover-drain east new kernel");
    const auto reason = serving.runtime->nodes().at(0).reason;
    CHECK(reason == "by the operator: new kernel");
    for (int i = 0; i < 3; ++i) {
      run(serving, "failover-reload");
      serving.store.execute("UPDATE nodes SET comment='" + std::to_string(i) + "'");
      serving.runtime->storeWritten();
    }
    CHECK(serving.runtime->nodes().at(0).reason == reason);
    serving.runtime->stop(); // writes the states
    Runtime next("", serving.store.settings(), std::make_unique<FakeHost>());
    next.start();
    Runtime* const runtimes[] = {&next};
    CHECK(run(runtimes, "failover-reload").starts_with("nothing changed"));
    const auto shown = [&] { return run(runtimes, "failover-status east").find("by the operator: new kernel\n") != std::string::npos; };
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!shown() && std::chrono::steady_clock::now() < deadline) { // until the prober has looked at its nodes
      std::this_thread::yield();
    }
    CHECK(shown());
  }

  TEST_CASE("status is a table, or JSON of the interface")
  {
    const Serving serving("", {"east", "west"});
    CHECK(run(serving, "failover-status").starts_with("NODE  STATE  FOR"));
    const auto all = parsed(run(serving, "failover-status json"));
    REQUIRE(all["nodes"].size() == 2);
    CHECK(all["nodes"][0]["name"] == "east");
    CHECK(all["store"]["database"] == serving.store.file());
    const auto one = parsed(run(serving, "failover-status west json"));
    REQUIRE(one["nodes"].size() == 1);
    CHECK(one["nodes"][0]["name"] == "west");
    CHECK(run(serving, "failover-status east").find("west") == std::string::npos);
  }

  TEST_CASE("reload says what was read, or why not")
  {
    const Serving serving("", {"east"});
    CHECK(run(serving, "failover-reload") == "nothing changed: 0 zones, 0 records\n");
    std::filesystem::rename(serving.store.file(), serving.store.beside("away"));
    const auto text = run(serving, "failover-reload");
    CHECK(text.starts_with("error: "));
    CHECK(text.find(serving.store.file() + ": does not exist") != std::string::npos);
    CHECK(run(serving, "failover-drain east").starts_with("error: nothing changed: " + serving.store.file()));
    std::filesystem::rename(serving.store.beside("away"), serving.store.file());
  }

  TEST_CASE("where two backends know a node, SUFFIX:NODE says which")
  {
    const Serving first("one", {"east", "north"});
    const Serving second("", {"east", "south"});
    Runtime* const runtimes[] = {first.runtime.get(), second.runtime.get()};
    CHECK(run(runtimes, "failover-drain east").starts_with("error: several backends have a node 'east'; say which"));
    CHECK(run(runtimes, "failover-drain one:east") == "node east: up -> drained\n");
    CHECK((second.runtime->nodes().at(0).state == NodeState::Up));
    CHECK(run(runtimes, "failover-drain :east") == "node east: up -> drained\n");
    CHECK(run(runtimes, "failover-drain south") == "node south: up -> drained\n");
    CHECK(run(runtimes, "failover-drain two:east") == "error: no node 'two:east'; failover-status lists them\n");
    CHECK(run(runtimes, "failover-status").starts_with("[one]\nNODE"));
    CHECK(run(runtimes, "failover-reload").starts_with("[one] nothing changed"));
    const auto json = parsed(run(runtimes, "failover-status json"));
    REQUIRE(json.size() == 2);
    CHECK(json[0]["suffix"] == "one");
    CHECK(json[1]["suffix"] == "");
  }
}
