// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors

// What the parts of a query cost besides the selection (bench-selection): to find a name and a zone, to get the newest
// snapshot, to note a question and to count an answer. Nanoseconds of processor time (the median of several runs) and
// allocations.
//
//   ninja -C build tests/bench-lookup && build/tests/bench-lookup
//
// It measures, and tests nothing: that none of it allocates or locks is test-hotpath's.
#include <cstdio>
#include <string>
#include <vector>
#include "backend/answercounts.hh"
#include "backend/askednames.hh"
#include "backend/published.hh"
#include "backend/snapshot.hh"
#include "measure.hh"
#include "tests/unit/zonemaker.hh"

using namespace failover;
using namespace failover::test;

namespace
{
constexpr size_t s_operations = 200'000; // in a run
constexpr size_t s_step = 7919;          // a prime: names are asked in no order that a cache could follow

std::string hostName(size_t number)
{
  return "host-" + std::to_string(number) + ".example.org";
}

void print(const std::string& what, const Cost& cost)
{
  std::printf("%-46s%8.1f%13.2f\n", what.c_str(), cost.nanoseconds, cost.allocations);
}

void measureFind(size_t size)
{
  ZoneBuilder builder(1, wire("example.org"), {});
  std::vector<WireName> there;
  std::vector<WireName> missing;
  for (size_t number = 0; number < size; ++number) {
    there.push_back(wire(hostName(number)));
    missing.push_back(wire("no-" + hostName(number)));
    const auto name = hostName(number);
    add(builder, {name.c_str(), "A", "192.0.2.1"});
  }
  const auto zone = finished(builder);
  size_t found = 0;
  const auto find = [&](const std::vector<WireName>& names) {
    return measure(s_operations, [&](size_t i) { found += zone->find(names[i * s_step % size]).size(); });
  };
  print("find a name among " + std::to_string(size), find(there));
  print("find none among " + std::to_string(size), find(missing));
  if (found == 0) {
    std::puts("nothing was found: the figures above are worth nothing");
  }
}

void measureZones(size_t size)
{
  SnapshotEdit edit(nullptr);
  std::vector<WireName> names;
  for (size_t number = 0; number < size; ++number) {
    const auto apex = "zone-" + std::to_string(number) + ".org";
    edit.put(makeZone(static_cast<int64_t>(number), apex, {{apex.c_str(), "A", "192.0.2.1"}}));
    names.push_back(wire("www." + apex));
  }
  const auto snapshot = edit.finish();
  size_t found = 0;
  print("find the zone of a name among " + std::to_string(size), measure(s_operations, [&](size_t i) { found += snapshot->zoneOf(names[i * s_step % size]) != nullptr ? 1 : 0; }));
  print("find a zone by its id among " + std::to_string(size), measure(s_operations, [&](size_t i) { found += snapshot->zoneById(static_cast<int64_t>(i * s_step % size)) != nullptr ? 1 : 0; }));
  if (found == 0) {
    std::puts("nothing was found: the figures above are worth nothing");
  }
}

void measureHandOver()
{
  Published<Snapshot> published;
  published.publish(SnapshotEdit(nullptr).finish());
  Published<Snapshot>::Reader reader(published);
  size_t got = 0;
  print("get the newest snapshot", measure(s_operations, [&](size_t /* i */) { got += reader.get() != nullptr ? 1 : 0; }));
}

void measureBookkeeping()
{
  constexpr size_t names = 1000;
  std::vector<WireName> asked;
  std::vector<uint64_t> keys;
  for (size_t number = 0; number < names; ++number) {
    asked.push_back(wire(hostName(number)));
    keys.push_back(answerKey(asked.back(), type::a, "east"));
  }
  AskedNames noted;
  print("note a question, and visit it to be purged", measure(s_operations, [&](size_t i) {
    static_cast<void>(noted.note(asked[i % names]));
    if (i % names == names - 1) {
      noted.visit([](std::string_view /* name */) {});
    }
  }));
  AnswerCounts counts;
  print("count a record that was sent", measure(s_operations, [&](size_t i) { counts.add(nodeKey("east"), keys[i * s_step % names]); }));
}
}

int main()
{
  std::printf("%-46s%8s%13s\n", "", "NS", "ALLOCATIONS");
  measureHandOver();
  for (const size_t size : {10, 1'000, 1'000'000}) {
    measureFind(size);
  }
  for (const size_t size : {10, 1'000, 100'000}) {
    measureZones(size);
  }
  measureBookkeeping();
}
