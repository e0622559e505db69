// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstdint>
#include <memory>
#include <random>
#include <vector>
#include "backend/selection.hh"

// SelectionCase: an rrset with its nodes and its plan, for tests of selection; by hand, or whatever may come up.
// Situation: a moment for it. Thread: one at a time.

namespace failover::test
{
struct SelectionCase
{
  std::vector<std::shared_ptr<NodeHealth>> nodes;
  std::vector<std::unique_ptr<Owner>> owners;
  std::vector<Record> records;
  std::shared_ptr<Policy> policy; // null: none
  Plan plan;

  SelectionCase() = default;
  // Of any kind: no record to twelve, of no node, one or several, in any state, under any policy or none.
  explicit SelectionCase(std::mt19937_64& random);

  // A node of its own for one more record. Its state: up, for ever.
  NodeHealth& add(uint32_t weight = 1, uint16_t tier = 0, uint32_t ttl = 60);
  // One more record of an owner, or null.
  void add(const Owner* owner, const Candidate& candidate, uint32_t ttl = 60);
  // One that records are to be added of.
  const Owner* own(const std::vector<std::shared_ptr<NodeHealth>>& members);
  // Valid until this moves or gets another record.
  RRset rrset();

  [[nodiscard]] size_t indexOf(const Record* record) const { return static_cast<size_t>(record - records.data()); }
};

struct Situation
{
  std::mt19937_64 source{20260101};
  uint64_t who{0};   // client()
  int64_t moment{0}; // now()

  static bool serves(const Owner& owner) { return owner.serving(); }
  static int64_t turnedAt(const Owner& owner) { return owner.turnedAt(); }
  uint64_t random() { return source(); }
  [[nodiscard]] uint64_t client() const { return who; }
  [[nodiscard]] int64_t now() const { return moment; }
};

// Which records are answered, by index, in the order of the answer.
template <typename Moment>
std::vector<size_t> drawn(SelectionCase& test, Moment& situation, Draw draw = Draw::Some)
{
  const auto rrset = test.rrset();
  std::vector<Chosen> chosen;
  select(rrset, situation, chosen, draw);
  std::vector<size_t> places;
  for (const auto& one : chosen) {
    places.push_back(test.indexOf(one.record));
  }
  return places;
}
}
