// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <vector>
#include "nodestates.hh"
#include "backend/selection.hh"

// Expectation: what selection makes of an rrset, without drawing: which records it may draw, and how likely each is in an
// answer. The nodes are as they are, or as they would be.
// Thread: compatible (no lock inside).

namespace failover
{
struct Expected
{
  Outcome outcome{Outcome::Served};
  size_t eligible{0};   // records that may be drawn
  size_t answerSize{0}; // how many of them an answer has

  struct Prospect
  {
    bool eligible{false};
    bool spare{false}; // only of the answers that go to the next tier (Policy::trickle)
    double chance{0};  // to be in an answer
  };
  std::vector<Prospect> records; // of the rrset, in its order
};

// Selection's situation (selection.hh): a client, or chance, while the nodes are as they are or would be.
struct Draws
{
  const NodeStates& states;
  uint64_t fixed{0};
  std::mt19937_64* source{nullptr}; // null: random() is `fixed`
  uint64_t whose{0};                // a client; 0: none

  [[nodiscard]] bool serves(const Owner& owner) const { return states.serves(owner); }
  [[nodiscard]] int64_t turnedAt(const Owner& owner) const { return states.turnedAt(owner); }
  [[nodiscard]] int64_t now() const noexcept { return states.now(); }
  [[nodiscard]] uint64_t random() const { return source != nullptr ? (*source)() : fixed; }
  [[nodiscard]] uint64_t client() const noexcept { return whose; }
};

class Expectation
{
public:
  // Borrows states: must outlive this.
  explicit Expectation(const NodeStates& states);

  // Exact, but where weights draw several records, or one of several that a client's node has: that is found by drawing, and
  // within two per cent.
  [[nodiscard]] Expected of(const RRset& rrset);
  // Its outcome alone.
  [[nodiscard]] Outcome outcomeOf(const RRset& rrset);

private:
  Outcome eligible(const RRset& rrset, uint64_t random);
  void spread(const RRset& rrset, double part, bool spare, Expected& expected);
  const std::vector<double>& chancesByWeight(const RRset& rrset, const std::vector<size_t>& places, size_t wanted);
  [[nodiscard]] std::vector<double> drawn(const RRset& rrset, const std::vector<size_t>& places);

  const NodeStates& d_states;
  std::vector<Chosen> d_chosen; // those that eligible() found
  Outcome d_outcome{Outcome::Served};
  std::mt19937_64 d_random; // of a fixed seed: the same store makes the same report
  // By what they depend on: most rrsets are alike.
  std::map<std::vector<uint64_t>, std::vector<double>> d_known;
  size_t d_estimates{0};
};

// What a record weighs now in its policy's draws, while its node comes back; as selection has it. REQUIRES: the plan has
// candidates.
[[nodiscard]] uint32_t weightNow(const RRset& rrset, size_t place, Outcome outcome, const NodeStates& states);
}
