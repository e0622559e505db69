// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstddef>
#include <span>
#include <utility>
#include <vector>
#include "zone.hh"

// Selection: which records of an rrset to return now, and in which order. Pure: rrset, live states and randomness
// in, records out.
//
// Records of nodes that are not serving are left out; when none would remain, the rrset's policy decides (WhenDown).

namespace failover
{
// A number below `bound`, near enough uniform for bounds as small as the size of an rrset: the upper half of 64 random
// bits, scaled.
template <typename Random>
size_t below(size_t bound, Random& random)
{
  return static_cast<size_t>(((random() >> 32) * bound) >> 32);
}

struct Chosen
{
  const Record* record;
  const RRset* rrset;
};

// Appends the chosen records of `rrset` to `out` (none under WhenDown::NoData while none serves), in random order where
// some belong to nodes (PowerDNS 4.7 shuffles UDP answers only). Others keep the order of the store, as PowerDNS's own
// backends have it, which says more than what is sent first: of two CNAMEs or equal records the first counts, of two
// TTLs the last is the signature's, and addresses stand in hints (SVCB) that are signed.
// Allocates nothing while `out` has capacity. random() returns 64 random bits; it is called less often than there are
// records. Thread: any; out and random belong to the caller; rrset must outlive what was put into out.
template <typename Random>
void select(const RRset& rrset, Random& random, std::vector<Chosen>& out)
{
  const auto first = out.size();
  for (const auto& record : rrset.records) {
    if (record.owner == nullptr || record.owner->serving()) {
      out.push_back({&record, &rrset});
    }
  }
  if (out.size() == first && rrset.whenDown == WhenDown::ServeAll) {
    for (const auto& record : rrset.records) {
      out.push_back({&record, &rrset});
    }
  }
  if (!rrset.dependent) {
    return;
  }
  // Fisher and Yates, backwards.
  for (auto left = out.size() - first; left > 1; --left) {
    std::swap(out[first + left - 1], out[first + below(left, random)]);
  }
}
}
