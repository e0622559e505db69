// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>
#include "fixedhash.hh"

// Drawing: some of a range's elements are moved to its front, in the order in which they were drawn. In place; nothing is
// allocated. Source: anything with random(), 64 random bits.
// Thread: any; all belong to the caller.

namespace failover
{
// A number below `bound`, near enough uniform for bounds of 32 bits: the upper half of 64 random bits, scaled.
template <typename Source>
uint64_t below(uint64_t bound, Source& source)
{
  return ((source.random() >> 32) * bound) >> 32;
}

// Every order as likely as any other (Fisher and Yates). The first `wanted` are a fair sample; source is asked for no more.
template <typename Iterator, typename Source>
void shuffle(Iterator begin, Iterator end, size_t wanted, Source& source)
{
  for (auto left = static_cast<size_t>(end - begin); wanted > 0 && left > 1; --left, --wanted, ++begin) {
    std::swap(*begin, begin[static_cast<std::ptrdiff_t>(below(left, source))]);
  }
}

// Each draw takes an element with a chance in proportion to its weight among those that are left.
template <typename Iterator, typename Weigh, typename Source>
void drawByWeight(Iterator begin, Iterator end, size_t wanted, Weigh weigh, Source& source)
{
  for (; wanted > 0 && end - begin > 1; --wanted, ++begin) {
    uint64_t total = 0;
    for (auto one = begin; one != end; ++one) {
      total += weigh(*one);
    }
    auto place = below(total, source);
    auto drawn = begin;
    // Weights may grow between the two sums (a node that is coming back): the last one is taken then.
    for (; std::next(drawn) != end && place >= weigh(*drawn); ++drawn) {
      place -= weigh(*drawn);
    }
    std::swap(*begin, *drawn);
  }
}

// Rendezvous hashing with weights: each client ranks all nodes by a number of its own, -log(hash)/weight, and takes the
// lowest. A node that leaves moves only its own clients, in proportion to the others' weights.
// identify(element): a Candidate.
template <typename Iterator, typename Weigh, typename Identify>
void drawForClient(Iterator begin, Iterator end, size_t wanted, uint64_t client, Weigh weigh, Identify identify)
{
  // A node's rank, then, among its records, the record's.
  const auto rank = [&](const auto& one) {
    const auto& candidate = identify(one);
    constexpr double unit = 0x1p-52;
    const double hash = (static_cast<double>(mixed(client ^ candidate.node) >> 12) + 0.5) * unit; // exact, so in (0, 1)
    return std::pair(-std::log(hash) / weigh(one), mixed(client ^ candidate.record));
  };
  for (; wanted > 0 && end - begin > 1; --wanted, ++begin) {
    auto lowest = begin;
    auto lowestRank = rank(*begin);
    for (auto one = std::next(begin); one != end; ++one) {
      if (const auto other = rank(*one); other < lowestRank) {
        lowest = one;
        lowestRank = other;
      }
    }
    std::swap(*begin, *lowest);
  }
}
}
