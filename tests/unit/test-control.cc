// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <filesystem>
#include "serving.hh"

using namespace failover;
using namespace failover::test;

TEST_SUITE("control")
{
  TEST_CASE("every command has a name, a help, and an answer where nothing serves yet")
  {
    CHECK(commands().size() == 11);
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
    for (const auto* words : {"", " backup", " backup well", " backup up for", " backup up 90", " backup up for 90 s", " backup up until 90"}) {
      CHECK(run(serving, std::string("failover-report") + words) == "error: usage: failover-report CHECK up|down [for SECONDS]\n");
    }
    CHECK(run(serving, "failover-reload now") == "error: usage: failover-reload\n");
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

  TEST_CASE("reports: wrong words are answered with what is wrong")
  {
    const Serving serving("", {"east"});
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
  }
}
