// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors

// What one selection costs: nanoseconds of processor time (the median of several runs) and allocations, by mode and number
// of records.
//
//   build/tests/bench-selection
//
// It measures, and tests nothing: that selection allocates nothing is test-hotpath's.
#include <algorithm>
#include <array>
#include <cstdio>
#include "measure.hh"
#include "tests/unit/selectioncase.hh"

using namespace failover;
using namespace failover::test;

namespace
{
constexpr std::array<size_t, 3> s_sizes{2, 8, 64}; // records
constexpr size_t s_selections = 20'000; // in a run

struct Line
{
  const char* what;
  std::shared_ptr<Policy> policy; // null: none
  void (*prepare)(SelectionCase&);
};

void allServe(SelectionCase& /* test */) { }

void oneIsDown(SelectionCase& test)
{
  test.nodes.front()->publish(NodeState::Down, 1);
}

void allAreDown(SelectionCase& test)
{
  for (const auto& node : test.nodes) {
    node->publish(NodeState::Down, 1);
  }
}

void allMayLeave(SelectionCase& test)
{
  for (const auto& node : test.nodes) {
    node->forecast(1'000'000'000'000'000, 0);
  }
}

void allComeBack(SelectionCase& test)
{
  for (const auto& node : test.nodes) {
    node->remember(NodeState::Up, 1'000'000);
  }
}

Cost selection(const Line& line, size_t size)
{
  SelectionCase test;
  for (size_t i = 0; i < size; ++i) {
    test.add(100, static_cast<uint16_t>(i % 2), 300);
  }
  test.policy = line.policy;
  line.prepare(test);
  const auto rrset = test.rrset();
  Situation situation;
  situation.moment = 1'030'000;
  std::vector<Chosen> chosen;
  chosen.reserve(size);
  return measure(s_selections, [&](size_t i) {
    situation.who = i + 1;
    chosen.clear();
    select(rrset, situation, chosen);
  });
}

std::shared_ptr<Policy> policy(Policy policy)
{
  return std::make_shared<Policy>(std::move(policy));
}
}

int main()
{
  const Line lines[] = {
    {"no policy", nullptr, allServe},
    {"no policy, one down", nullptr, oneIsDown},
    {"no policy, all down", nullptr, allAreDown},
    {"no policy, all may leave", nullptr, allMayLeave},
    {"all", policy({.mode = Mode::All}), allServe},
    {"all, max_answers 2", policy({.mode = Mode::All, .maxAnswers = 2}), allServe},
    {"all, min_healthy 2", policy({.mode = Mode::All, .minHealthy = 2}), allServe},
    {"all, down, last", policy({.mode = Mode::All, .whenDown = WhenDown::Last}), allAreDown},
    {"priority", policy({.mode = Mode::Priority}), allServe},
    {"priority, trickle 5", policy({.mode = Mode::Priority, .trickle = 5}), allServe},
    {"weighted", policy({.mode = Mode::Weighted}), allServe},
    {"weighted, max_answers 4", policy({.mode = Mode::Weighted, .maxAnswers = 4}), allServe},
    {"weighted, ramp", policy({.mode = Mode::Weighted, .ramp = 60}), allComeBack},
    {"sticky", policy({.mode = Mode::Sticky}), allServe},
    {"sticky, max_answers 4", policy({.mode = Mode::Sticky, .maxAnswers = 4}), allServe},
  };
  std::printf("%-26s", "NS PER SELECTION, RECORDS");
  for (const auto size : s_sizes) {
    std::printf("%10zu", size);
  }
  std::printf("%13s\n", "ALLOCATIONS");
  for (const auto& line : lines) {
    std::printf("%-26s", line.what);
    double allocated = 0;
    for (const auto size : s_sizes) {
      const auto cost = selection(line, size);
      allocated = std::max(allocated, cost.allocations);
      std::printf("%10.0f", cost.nanoseconds);
    }
    std::printf("%13.2f\n", allocated);
  }
}
