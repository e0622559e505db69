// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>
#include "policy.hh"
#include "target.hh"

// Plan: what there is to know of an rrset to choose among its records. Made when a zone is linked (zonelinker.hh), so that
// nothing is looked up while a query is answered. Thread: any, once made.

namespace failover
{
// A record where shares and tiers count.
struct Candidate
{
  uint64_t node{0};   // tells nodes apart for a client's choice: equal on every machine and for every type
  uint64_t record{0}; // tells records of one node apart, likewise
  uint32_t weight{0};
  uint16_t tier{0};
};

// A record whose content names addresses of nodes (ipv4hint, ipv6hint: RFC 9460 §7.3), in all its forms.
struct Hinted
{
  uint32_t record{0};                          // its place in the rrset
  std::vector<const Owner*> owners;            // of the addresses; kept alive by the zone
  std::vector<std::shared_ptr<void>> contents; // by which of them serve: bit 0 for the first

  // The form while those serve of which serves(owner) says so.
  template <typename Serves>
  [[nodiscard]] const std::shared_ptr<void>& content(Serves serves) const
  {
    size_t serving = 0;
    for (size_t i = 0; i < owners.size(); ++i) {
      serving |= static_cast<size_t>(serves(*owners[i])) << i;
    }
    return contents[serving];
  }
};

struct Plan
{
  bool single{false};                     // the records are alternatives: an answer has one of them (CNAME, ALIAS)
  std::shared_ptr<const Policies> source; // keeps `policy` alive
  const Policy* policy{nullptr};          // null: every record that serves, and all while none does
  std::vector<Candidate> candidates;      // one for each record; empty without a policy
  std::vector<Hinted> hinted;             // few

  // Whether weights decide which of them are answered, where not all are.
  [[nodiscard]] bool isByWeight() const noexcept { return policy != nullptr && (policy->mode == Mode::Weighted || policy->mode == Mode::Sticky); }
  // Of so many records, how many an answer has.
  [[nodiscard]] size_t answerSize(size_t count) const noexcept
  {
    const size_t most = policy == nullptr ? count : policy->maxAnswers.value_or(isByWeight() ? 1 : count);
    return std::min({count, most, single ? size_t{1} : count});
  }
  [[nodiscard]] WhenDown whenDown() const noexcept { return policy != nullptr ? policy->whenDown : WhenDown::ServeAll; }
};

// Of nearly all rrsets: no policy, no hints. All zones share these two.
inline const Plan s_planForAll{};
inline const Plan s_planForOne{.single = true, .source = {}, .policy = nullptr, .candidates = {}, .hinted = {}};
}
