// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <pthread.h>
#include "allocations.hh"
#include "backend/answercounts.hh"
#include "backend/askednames.hh"
#include "backend/published.hh"
#include "backend/questiontrace.hh"
#include "backend/snapshot.hh"
#include "selectioncase.hh"
#include "zonemaker.hh"

// What a query costs in the steady state: no allocation and no lock. Both are counted for the calling thread; locks
// where our own code takes them (ld --wrap=pthread_mutex_lock).

using namespace failover;
using namespace failover::test;

namespace
{
thread_local size_t t_locks = 0;
}

extern "C" {
int __real_pthread_mutex_lock(pthread_mutex_t* mutex);
int __wrap_pthread_mutex_lock(pthread_mutex_t* mutex);
int __wrap_pthread_mutex_lock(pthread_mutex_t* mutex)
{
  ++t_locks;
  return __real_pthread_mutex_lock(mutex);
}
}

namespace
{
struct Cost
{
  size_t allocations;
  size_t locks;
};

template <typename Action>
Cost costOf(Action action)
{
  const Cost before{allocations(), t_locks};
  action();
  return {allocations() - before.allocations, t_locks - before.locks};
}

std::shared_ptr<const Snapshot> exampleSnapshot(const std::shared_ptr<NodeHealth>& east)
{
  OwnerMap owners;
  own(owners, "192.0.2.1", {east});
  own(owners, "192.0.2.2", {makeNode("west")});
  SnapshotEdit edit(nullptr);
  for (int64_t id = 1; id <= 300; ++id) {
    const auto apex = "z" + std::to_string(id) + ".org";
    const auto name = "www." + apex;
    edit.put(makeZone(id, apex, {{name.c_str(), "A", "192.0.2.1"}, {name.c_str(), "A", "192.0.2.2"}, {name.c_str(), "AAAA", "2001:db8::1"}}, owners));
  }
  return edit.finish();
}
}

TEST_SUITE("hotpath")
{
  TEST_CASE("the counters count")
  {
    const auto cost = costOf([] {
      const Published<int> published;
      (void)published.current();
      const auto value = std::make_unique<int>(1);
      CHECK(*value == 1);
    });
    CHECK(cost.locks >= 1);
    CHECK(cost.allocations >= 1);
  }

  TEST_CASE("a query allocates nothing and takes no lock, whatever its answer and the node's state")
  {
    const auto east = makeNode("east");
    Published<Snapshot> published;
    published.publish(exampleSnapshot(east));
    Published<Snapshot>::Reader reader(published);
    Situation situation;
    std::vector<Chosen> chosen;
    chosen.reserve(16);
    const auto apex = wire("z7.org");
    const WireName questions[] = {wire("www.z7.org"), wire("nothing.z7.org"), wire("www.example.net"), apex};
    (void)reader.get(); // the one lock after a publish

    size_t records = 0;
    const auto cost = costOf([&] {
      for (int round = 0; round < 1000; ++round) {
        east->publish(round % 2 == 0 ? NodeState::Up : NodeState::Down, round);
        for (const auto& question : questions) {
          chosen.clear();
          const auto* snapshot = reader.get();
          for (const auto* zone : {snapshot->zoneById(7), snapshot->zoneByApex(apex), snapshot->zoneById(7777)}) {
            for (const auto& rrset : zone != nullptr ? zone->find(question) : std::span<const RRset>{}) {
              select(rrset, situation, chosen);
            }
          }
          records += chosen.size();
        }
      }
    });
    CHECK(records == 1000 * 2 * 5 / 2); // three records, or two, from either way to the zone
    CHECK(cost.allocations == 0);
    CHECK(cost.locks == 0);
  }

  TEST_CASE("no policy costs an allocation, however many nodes serve")
  {
    SelectionCase test;
    for (size_t i = 0; i < 64; ++i) {
      test.add(static_cast<uint32_t>(1 + i), static_cast<uint16_t>(i / 8), 300).forecast(i % 3 == 0 ? 5000 : 0, 0);
    }
    test.policy = std::make_shared<Policy>(Policy{.trickle = 5, .ramp = 60});
    Situation situation;
    situation.who = 7;
    std::vector<Chosen> chosen;
    chosen.reserve(test.records.size());
    size_t answered = 0;
    const auto cost = costOf([&] {
      for (int round = 0; round < 4 * 4 * 3 * 4; ++round) {
        test.policy->mode = static_cast<Mode>(round % 4);
        test.policy->whenDown = static_cast<WhenDown>(round / 4 % 4);
        test.policy->minHealthy = round / 16 % 3 == 0 ? 2 : 1;
        test.policy->maxAnswers = round / 16 % 3 == 2 ? std::optional<uint32_t>(8) : std::nullopt;
        for (size_t i = 0; i < test.nodes.size(); ++i) { // all serve, all but some, one, none
          const size_t up[] = {64, 50, 1, 0};
          test.nodes[i]->publish(i < up[round / 48] ? NodeState::Up : NodeState::Down, round);
        }
        chosen.clear();
        select(test.rrset(), situation, chosen);
        answered += chosen.size();
      }
    });
    CHECK(answered > 1000);
    CHECK(cost.allocations == 0);
    CHECK(cost.locks == 0);
  }

  TEST_CASE("who got an answer is counted without an allocation or a lock, once the buffers have grown")
  {
    OwnerMap owners;
    own(owners, "192.0.2.1", {makeNode("east")});
    SnapshotEdit edit(nullptr);
    edit.put(makeZone(1, "alpha.example", {{"a-name-of-some-length.alpha.example", "A", "192.0.2.1"}, {"*.wild.alpha.example", "A", "192.0.2.1"}, {"an-alias.alpha.example", "CNAME", "a-name-of-some-length.alpha.example"}}, owners));
    const auto snapshot = edit.finish();
    const auto host = wire("a-name-of-some-length.alpha.example"); // longer than what a string holds in itself
    const auto wildcard = wire("*.wild.alpha.example");
    const auto alias = wire("an-alias.alpha.example");
    const auto below = wire("whatever-somebody-asks-for.wild.alpha.example");
    QuestionTrace trace(true);
    AnswerCounts counts;
    uint64_t identity = 0;
    const std::pair<const WireName*, std::vector<const WireName*>> questions[] = {{&host, {&host, &host}}, {&below, {&wildcard}}, {&alias, {&alias, &alias, &host, &host}}};
    const auto& zone = *snapshot->zoneById(1);
    const auto ask = [&] {
      for (const auto& [asked, lookups] : questions) {
        ++identity;
        for (const auto* place : lookups) {
          if (!trace.answersWith(*snapshot, {identity, type::a, *asked}, zone, *place)) {
            continue;
          }
          counts.add(nodeKey("east"), answerKey(*place, type::a, "east"));
          if (place == &alias) { // the host's node decides about it, so that it is known only now where the answer goes on
            trace.follow(*snapshot, type::a, zone, zone.find(alias)[0].records[0]);
          }
        }
      }
    };
    ask();
    const auto cost = costOf([&] {
      for (int round = 0; round < 1000; ++round) {
        ask();
      }
    });
    CHECK(counts.total() == 4 * 1001);
    CHECK(cost.allocations == 0);
    CHECK(cost.locks == 0);
  }

  TEST_CASE("to note what is asked costs no allocation and no lock, with room or without")
  {
    AskedNames asked(4096);
    std::vector<WireName> names;
    for (int number = 0; number < 1000; ++number) {
      names.push_back(wire(std::to_string(number) + ".example.org"));
    }
    size_t noted = 0;
    const auto cost = costOf([&] {
      for (int round = 0; round < 10; ++round) {
        for (const auto& name : names) {
          noted += asked.note(name) ? 1 : 0;
        }
        asked.visit([](std::string_view /* name */) {});
      }
    });
    CHECK(noted > 1000);
    CHECK(noted < 10'000);
    CHECK(cost.allocations == 0);
    CHECK(cost.locks == 0);
  }

  TEST_CASE("a publish costs each reader one lock, once")
  {
    const auto east = makeNode("east");
    Published<Snapshot> published;
    published.publish(exampleSnapshot(east));
    Published<Snapshot>::Reader reader(published);
    const auto cost = costOf([&] {
      for (int round = 0; round < 100; ++round) {
        (void)reader.get();
      }
    });
    CHECK(cost.locks == 1);
    CHECK(cost.allocations == 0);
  }
}
