// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>
#include "probe/prober.hh"
#include "backend/target.hh"
#include "backend/zone.hh"

// NodeStates: which nodes serve at one moment, or would, so that a report that looks at every rrset sees the same
// everywhere. Thread: compatible (no lock inside).

namespace failover
{
class NodeStates
{
public:
  // As they are. now: milliseconds since 1970.
  NodeStates(const std::vector<NodeSpec>& nodes, int64_t now);

  // As if the node left at this moment. Does nothing for one that does not serve.
  void remove(std::string_view node);

  [[nodiscard]] bool serves(const NodeHealth& node) const;
  // As selection asks (selection.hh).
  [[nodiscard]] bool serves(const Owner& owner) const;
  [[nodiscard]] int64_t turnedAt(const Owner& owner) const { return owner.serving() == serves(owner) ? owner.turnedAt() : d_now; }
  [[nodiscard]] int64_t now() const noexcept { return d_now; }

  // Those of the owner whose records are answered: the ones that serve, or all while none does.
  [[nodiscard]] std::vector<const NodeHealth*> answering(const Owner& owner) const;

private:
  std::unordered_map<const NodeHealth*, bool> d_serving;
  std::unordered_map<std::string, const NodeHealth*> d_byName;
  int64_t d_now;
};

// How many different nodes an rrset leads to, and how many of them serve. A record of no node counts as one that serves.
struct Redundancy
{
  size_t nodes{0};
  size_t serving{0};
};
// tier: of its records in that one only. REQUIRES: then its plan has candidates.
[[nodiscard]] Redundancy redundancyOf(const RRset& rrset, const NodeStates& states, std::optional<uint32_t> tier = {});
// Whether one of its policy's tiers has nodes that serve: while the rrset is down, that is answered (selection.hh).
[[nodiscard]] bool hasLivingTier(const RRset& rrset, const Redundancy& redundancy) noexcept;
// "1 of 3 nodes serves".
[[nodiscard]] std::string toText(const Redundancy& redundancy);

// The names of the owner's nodes, in their order.
[[nodiscard]] std::vector<std::string> namesOf(const Owner& owner);
}
