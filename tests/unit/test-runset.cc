// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <stdexcept>
#include <vector>
#include "probe/loop/runset.hh"

using namespace failover;
using namespace std::chrono_literals;

namespace
{
using Clock = RunSet::Clock;
const Clock::time_point s_start{1000s};

// A run that ends when it is told to, and counts those that live.
class Puppet : public Run
{
public:
  explicit Puppet(int& alive) :
    d_alive(alive) { ++d_alive; }
  ~Puppet() override { --d_alive; }

  void start(RunHost& host) override { d_host = &host; }
  CheckResult expire() override { return {Outcome::Timeout, "time is up", {}}; }
  void end(const char* text) { d_host->ended(*this, {Outcome::Passed, text, {}}); }

private:
  int& d_alive;
  RunHost* d_host{nullptr};
};

class Stillborn : public Run
{
public:
  void start(RunHost& /* host */) override { throw std::runtime_error("no descriptors"); }
  CheckResult expire() override { return {}; }
};

struct Stage
{
  Poller poller;
  curl::Network network{poller};
  RunSet runs{poller, network};
  int alive{0};
  std::vector<CheckResult> results;

  Puppet& begin(Clock::time_point deadline = s_start + 2s)
  {
    auto run = std::make_unique<Puppet>(alive);
    Puppet& puppet = *run;
    runs.start(std::move(run), s_start, deadline, [this](Run&, const CheckResult& result) { results.push_back(result); });
    return puppet;
  }
};
}

TEST_SUITE("runset")
{
  TEST_CASE("a run that has ended is handed on once, with its latency, and is no more")
  {
    Stage stage;
    auto& puppet = stage.begin();
    stage.runs.deliver(s_start + 1s);
    CHECK(stage.results.empty());
    puppet.end("one");
    puppet.end("two"); // what it says after the end is not heard
    CHECK(stage.runs.untilDelivery(s_start + 1s, 60s) == 0ms);
    stage.runs.deliver(s_start + 1500ms);
    REQUIRE(stage.results.size() == 1);
    CHECK(stage.results[0].text == "one");
    CHECK(stage.results[0].latency == 1500ms);
    CHECK(stage.alive == 0);
    CHECK(stage.runs.size() == 0);
    CHECK(stage.runs.untilDelivery(s_start + 2s, 60s) == 60s);
  }

  TEST_CASE("a run whose time is up says so, and one that ended in time is no timeout though it is looked at later")
  {
    Stage stage;
    auto& first = stage.begin();
    stage.begin(s_start + 3s);
    CHECK(stage.runs.untilDelivery(s_start, 60s) == 2s);
    first.end("in time");
    stage.runs.deliver(s_start + 10s);
    REQUIRE(stage.results.size() == 2);
    CHECK(stage.results[0].text == "in time");
    CHECK(stage.results[1].text == "time is up");
    CHECK(stage.alive == 0);
  }

  TEST_CASE("a cancelled run is silent, even if it had ended")
  {
    Stage stage;
    auto& puppet = stage.begin();
    auto& other = stage.begin();
    puppet.end("one");
    stage.runs.cancel(puppet);
    stage.runs.cancel(other);
    CHECK(stage.alive == 0);
    stage.begin(); // perhaps where one of those was
    stage.runs.deliver(s_start + 1s);
    CHECK(stage.results.empty());
    CHECK(stage.alive == 1);
  }

  TEST_CASE("whoever is told of one run may cancel another and start a third")
  {
    Stage stage;
    auto& second = stage.begin();
    auto run = std::make_unique<Puppet>(stage.alive);
    auto& first = *run;
    stage.runs.start(std::move(run), s_start, s_start + 2s, [&](Run&, const CheckResult&) {
      stage.runs.cancel(second);
      stage.begin(s_start + 9s);
    });
    first.end("one");
    second.end("two");
    stage.runs.deliver(s_start + 1s);
    CHECK(stage.results.size() <= 1); // the second may have been handed on before
    CHECK(stage.runs.size() == 1);
    stage.runs.deliver(s_start + 9s);
    CHECK(stage.alive == 0);
  }

  TEST_CASE("a run that cannot begin leaves nothing behind")
  {
    Stage stage;
    CHECK_THROWS_AS(stage.runs.start(std::make_unique<Stillborn>(), s_start, s_start + 2s, [](Run&, const CheckResult&) {}), std::runtime_error);
    CHECK(stage.runs.size() == 0);
    CHECK(stage.runs.untilDelivery(s_start, 60s) == 60s);
  }
}
