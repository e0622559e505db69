// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "probe/notices/noticestories.hh"

using namespace failover;

namespace
{
using std::chrono::seconds;

NoticeSpec specOf(int64_t id, seconds delay = seconds(0), seconds repeat = seconds(0))
{
  NoticeSpec spec;
  spec.id = id;
  spec.url = "http://hook.example/" + std::to_string(id);
  spec.delay = delay;
  spec.repeat = repeat;
  return spec;
}

NodeSpec nodeOf(const std::string& name, NodeState last = NodeState::Unknown)
{
  NodeSpec node;
  node.name = name;
  node.last = last;
  node.since = std::chrono::system_clock::time_point(seconds(500));
  node.rememberedReason = "remembered";
  return node;
}

// Stories whose clock is a number of seconds.
struct Told
{
  NoticeStories stories;
  std::vector<NoticeSpec> specs;
  std::vector<NodeSpec> nodes{nodeOf("east"), nodeOf("west")};

  explicit Told(std::vector<NoticeSpec> targets) :
    specs(std::move(targets)) { adopt(0); }

  static NoticeStories::TimePoint at(int when) { return NoticeStories::TimePoint(seconds(1000 + when)); }
  void adopt(int when) { stories.adopt(specs, nodes, at(when)); }
  void becomes(const std::string& node, NodeState from, NodeState to, int when)
  {
    stories.nodeChanged({node, from, to, "reason " + std::to_string(when), std::chrono::system_clock::time_point(seconds(when))}, at(when));
  }
  void falls(const std::string& node, int when) { becomes(node, NodeState::Up, NodeState::Down, when); }
  void returns(const std::string& node, int when) { becomes(node, NodeState::Down, NodeState::Up, when); }
  void freezes(bool frozen, int when)
  {
    stories.freezeChanged(frozen, "reason " + std::to_string(when), std::chrono::system_clock::time_point(seconds(when)), at(when));
  }
  // All that is told by `when`: "1 down east; 2 freeze".
  std::string by(int when)
  {
    std::string all;
    while (const auto next = stories.take(at(when))) {
      const auto& [id, notice] = *next;
      const char* const names[] = {"down", "up", "freeze", "thaw"};
      all += (all.empty() ? "" : "; ") + std::to_string(id) + " " + names[static_cast<int>(notice.event)];
      all += notice.node.empty() ? "" : " " + notice.node;
      all += notice.repeat == 0 ? "" : " #" + std::to_string(notice.repeat);
    }
    return all;
  }
  // In how many seconds from `when`; -1: never.
  [[nodiscard]] int64_t nextAfter(int when) const
  {
    const auto due = stories.nextDue();
    return due ? std::chrono::duration_cast<seconds>(*due - at(when)).count() : -1;
  }
};
}

TEST_SUITE("noticestories")
{
  TEST_CASE("without a delay a fall and a return are told at once")
  {
    Told told({specOf(1), specOf(2)});
    CHECK(told.nextAfter(0) == -1);
    told.falls("east", 5);
    CHECK(told.nextAfter(5) == 0);
    CHECK(told.by(5) == "1 down east; 2 down east");
    CHECK(told.nextAfter(5) == -1);
    told.returns("east", 9);
    CHECK(told.by(9) == "1 up east; 2 up east");
    CHECK(told.nextAfter(9) == -1);
  }

  TEST_CASE("what is over within the delay is told neither way")
  {
    Told told({specOf(1, seconds(30))});
    told.falls("east", 0);
    CHECK(told.nextAfter(0) == 30);
    CHECK(told.by(29) == "");
    told.returns("east", 29);
    CHECK(told.nextAfter(29) == -1);
    CHECK(told.by(1000) == "");
    told.falls("east", 1000);
    CHECK(told.by(1029) == "");
    CHECK(told.by(1030) == "1 down east");
  }

  TEST_CASE("a return has to last as well")
  {
    Told told({specOf(1, seconds(30))});
    told.falls("east", 0);
    CHECK(told.by(30) == "1 down east");
    told.returns("east", 100);
    told.falls("east", 129);
    CHECK(told.by(1000) == "");
    told.returns("east", 1000);
    CHECK(told.by(1029) == "");
    CHECK(told.by(1030) == "1 up east");
  }

  TEST_CASE("reminders while it lasts")
  {
    Told told({specOf(1, seconds(10), seconds(60))});
    told.falls("east", 0);
    CHECK(told.by(10) == "1 down east");
    CHECK(told.nextAfter(10) == 60);
    CHECK(told.by(69) == "");
    CHECK(told.by(70) == "1 down east #1");
    CHECK(told.by(130) == "1 down east #2");
    CHECK(told.by(400) == "1 down east #3"); // what this machine slept through is not made up for
    told.returns("east", 401);
    told.falls("east", 405); // a blip of health leaves the reminders where they were
    CHECK(told.nextAfter(405) == 55);
    CHECK(told.by(460) == "1 down east #4");
    told.returns("east", 461);
    CHECK(told.by(471) == "1 up east");
    told.falls("east", 500);
    CHECK(told.by(510) == "1 down east");
  }

  TEST_CASE("every way out of the answers is a fall, and one within is none")
  {
    for (const auto out : {NodeState::Down, NodeState::Drained, NodeState::ForcedDown}) {
      for (const auto in : {NodeState::Up, NodeState::ForcedUp, NodeState::Unknown}) {
        Told told({specOf(1)});
        told.becomes("east", in, out, 1);
        CHECK(told.by(1) == "1 down east");
        told.becomes("east", out, in, 2);
        CHECK(told.by(2) == "1 up east");
      }
    }
    Told told({specOf(1)});
    told.becomes("east", NodeState::Unknown, NodeState::Up, 1);
    told.becomes("east", NodeState::Up, NodeState::ForcedUp, 2);
    CHECK(told.by(2) == "");
    told.becomes("east", NodeState::ForcedUp, NodeState::Drained, 3);
    CHECK(told.by(3) == "1 down east");
    told.becomes("east", NodeState::Drained, NodeState::Down, 4);
    CHECK(told.by(4) == "");
  }

  TEST_CASE("a message has the first state before, the latest since, and when it began")
  {
    Told told({specOf(1, seconds(10), seconds(60))});
    told.falls("east", 100);
    told.becomes("east", NodeState::Down, NodeState::Drained, 105);
    const auto first = told.stories.take(Told::at(110));
    REQUIRE(first);
    CHECK((first->second.from == NodeState::Up));
    CHECK((first->second.to == NodeState::Drained));
    CHECK(first->second.reason == "reason 105");
    CHECK(first->second.at.time_since_epoch() == seconds(105));
    CHECK(first->second.since.time_since_epoch() == seconds(100));
    told.becomes("east", NodeState::Drained, NodeState::Up, 120);
    const auto second = told.stories.take(Told::at(130));
    REQUIRE(second);
    CHECK((second->second.event == Notice::Event::Up));
    CHECK((second->second.from == NodeState::Drained));
    CHECK((second->second.to == NodeState::Up));
    CHECK(second->second.at.time_since_epoch() == seconds(120));
    CHECK(second->second.since.time_since_epoch() == seconds(100));
  }

  TEST_CASE("who wants only some of it hears only that")
  {
    auto falls = specOf(1);
    falls.onUp = false;
    falls.onFreeze = false;
    auto returns = specOf(2, seconds(10), seconds(60));
    returns.onDown = false;
    auto west = specOf(3);
    west.node = "west";
    Told told({falls, returns, west});
    told.falls("east", 0);
    told.freezes(true, 0);
    CHECK(told.by(0) == "1 down east; 3 freeze");
    CHECK(told.by(200) == "2 freeze");
    told.returns("east", 200);
    told.freezes(false, 200);
    CHECK(told.by(200) == "3 thaw");
    CHECK(told.by(210) == "2 thaw; 2 up east");
    told.falls("east", 300);
    CHECK(told.by(300) == "1 down east");
    told.returns("east", 305); // out for less than what 2 calls out
    CHECK(told.by(400) == "");
  }

  TEST_CASE("a freeze is told, reminded of and over like a fall")
  {
    Told told({specOf(1, seconds(10), seconds(60))});
    told.freezes(true, 0);
    CHECK(told.by(9) == "");
    CHECK(told.by(10) == "1 freeze");
    CHECK(told.by(70) == "1 freeze #1");
    told.freezes(false, 80);
    CHECK(told.by(90) == "1 thaw");
    told.freezes(false, 91);
    told.freezes(true, 92);
    told.freezes(false, 93);
    CHECK(told.by(200) == "");
  }

  TEST_CASE("a node that was out in an earlier run has been told of, its return has not")
  {
    Told told({});
    told.nodes = {nodeOf("east", NodeState::Down), nodeOf("west", NodeState::Up)};
    told.specs = {specOf(1, seconds(10), seconds(60))};
    told.stories = {};
    told.adopt(0);
    CHECK(told.nextAfter(0) == 60);
    const auto reminder = told.stories.take(Told::at(60));
    REQUIRE(reminder);
    CHECK(reminder->second.node == "east");
    CHECK((reminder->second.to == NodeState::Down));
    CHECK(reminder->second.reason == "remembered");
    CHECK(reminder->second.since.time_since_epoch() == seconds(500));
    told.returns("east", 70);
    CHECK(told.by(80) == "1 up east");
  }

  TEST_CASE("a target that comes while a node is out hears of its return")
  {
    Told told({});
    told.falls("east", 0);
    told.specs = {specOf(1)};
    told.adopt(10);
    CHECK(told.by(10) == "");
    told.returns("east", 20);
    CHECK(told.by(20) == "1 up east");
  }

  TEST_CASE("new orders that say the same change nothing")
  {
    Told told({specOf(1, seconds(30), seconds(60))});
    told.falls("east", 0);
    told.nodes[0].last = NodeState::Down; // as the store says by now
    told.adopt(10);
    CHECK(told.nextAfter(10) == 20);
    CHECK(told.by(30) == "1 down east");
    told.adopt(40);
    CHECK(told.nextAfter(40) == 50);
  }

  TEST_CASE("a target with another delay keeps what it knows, one with another url does not")
  {
    Told told({specOf(1, seconds(30)), specOf(2, seconds(30))});
    told.falls("east", 0);
    told.specs[0].delay = seconds(20);
    told.specs[1].url = "http://elsewhere.example/";
    told.adopt(10);
    CHECK(told.by(20) == "1 down east");
    CHECK(told.by(1000) == ""); // to 2, east was out when it came
    told.returns("east", 1000);
    CHECK(told.by(1030) == "1 up east; 2 up east");
  }

  TEST_CASE("a target that no longer cares for a node forgets it")
  {
    Told told({specOf(1, seconds(30), seconds(60))});
    told.falls("east", 0);
    told.specs[0].node = "west";
    told.adopt(10);
    CHECK(told.nextAfter(10) == -1);
    told.specs[0].node = "east";
    told.adopt(20);
    CHECK(told.nextAfter(20) == 60);
  }

  TEST_CASE("nodes and targets that are gone are told of and told no more")
  {
    Told told({specOf(1, seconds(0), seconds(60)), specOf(2, seconds(30))});
    told.falls("east", 0);
    CHECK(told.by(0) == "1 down east");
    told.nodes.erase(told.nodes.begin());
    told.adopt(10);
    CHECK(told.nextAfter(10) == -1);
    told.falls("west", 20);
    told.specs.clear();
    told.adopt(30);
    CHECK(told.nextAfter(30) == -1);
    CHECK(told.by(1000) == "");
  }
}
