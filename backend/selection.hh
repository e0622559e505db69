// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>
#include "drawing.hh"
#include "zone.hh"

// Selection: which records of an rrset to return now, in which order and with which TTL. Pure: rrset, the moment's states,
// randomness and client in, records out.
//
// Records of nodes that do not serve are left out. Of the others the policy's mode keeps a tier and draws. When too few
// nodes serve, the rrset is down, and the policy says what is answered instead (WhenDown).

namespace failover
{
struct Chosen
{
  const Record* record;
  const RRset* rrset;
  uint32_t ttl; // seconds
};

enum class Outcome : uint8_t
{
  Served,
  Down,    // too few nodes serve; what was appended is answered nonetheless
  NoData,  // too few nodes serve; nothing is answered, as if the rrset were not there
  ServFail // too few nodes serve; a question for this rrset is not answered
};

// Whether max_answers, weights and clients make an answer smaller, or everything that they may draw is wanted.
enum class Draw : uint8_t
{
  Some,
  Everything
};

// What a node weighs at `now` that came back at `turnedAt` (0: nobody knows when): it grows to its weight within `ramp`.
// All in milliseconds. A clock that was set back says nothing about the node.
[[nodiscard]] inline uint32_t ramped(uint32_t weight, int64_t ramp, int64_t turnedAt, int64_t now) noexcept
{
  const auto age = now - turnedAt;
  return turnedAt == 0 || age < 0 || age >= ramp ? weight : std::max<uint32_t>(1, static_cast<uint32_t>(weight * age / ramp));
}

// Selection's view of one rrset: a situation is a class with
//   bool serves(const Owner&)      whether records of it are answered
//   int64_t turnedAt(const Owner&) when that last changed, milliseconds since 1970
//   uint64_t random()              64 random bits
//   uint64_t client()              tells clients apart; 0: no client is known
//   int64_t now()                  milliseconds since 1970; asked only where time matters
template <typename Situation>
class Selector
{
public:
  Selector(const RRset& rrset, Situation& situation, std::vector<Chosen>& out) :
    d_rrset(rrset), d_plan(*rrset.plan), d_policy(rrset.plan->policy), d_situation(situation), d_out(out), d_first(out.size()), d_end(d_first) { }

  Outcome run(Draw draw)
  {
    const auto outcome = eligible();
    if (outcome == Outcome::Served || outcome == Outcome::Down) {
      this->draw(draw, outcome);
      boundTtl();
    }
    else {
      d_out.resize(d_first);
    }
    return outcome;
  }

private:
  // Appends all records, those that the mode may draw from first. The state of each is read once: a node that turns
  // meanwhile must not empty an answer.
  Outcome eligible()
  {
    for (const auto& record : d_rrset.records) {
      d_out.push_back({&record, &d_rrset, ttlOf(record)});
    }
    d_end = d_out.size();
    keep([this](const Chosen& one) { return one.record->owner == nullptr || d_situation.serves(*one.record->owner); });
    const size_t needed = d_policy != nullptr ? d_policy->minHealthy : 1;
    if (keepTier(needed)) {
      return Outcome::Served;
    }
    const auto living = isTiered() ? nextTier(0, 1) : s_noTier; // has too few nodes, but some that serve
    switch (d_plan.whenDown()) {
    case WhenDown::NoData:
      return Outcome::NoData;
    case WhenDown::ServFail:
      return Outcome::ServFail;
    case WhenDown::Last:
      addLast();
      break;
    case WhenDown::ServeAll:
      d_end = d_out.size();
      break;
    }
    if (living != s_noTier) {
      keepOnly(living);
    }
    else if (!keepTier(needed)) { // so many nodes there are not, even all together
      keepTier(1);
    }
    return Outcome::Down;
  }

  // Asked before the state: of a node that leaves in between, either the bound is still known or that it has left.
  uint32_t ttlOf(const Record& record)
  {
    const auto* owner = record.owner;
    return owner != nullptr && owner->mayLeave() ? std::min(record.ttl, owner->ttlBound(now())) : record.ttl;
  }

  // One moment for all records.
  int64_t now()
  {
    if (!d_now) {
      d_now = d_situation.now();
    }
    return *d_now;
  }

  [[nodiscard]] auto at(size_t place) { return d_out.begin() + static_cast<std::ptrdiff_t>(place); }

  template <typename Wanted>
  void keep(Wanted wanted)
  {
    d_end = static_cast<size_t>(std::partition(at(d_first), at(d_end), wanted) - d_out.begin());
  }

  // Besides what serves, what left last.
  void addLast()
  {
    const auto serving = d_end;
    auto last = std::numeric_limits<int64_t>::min();
    for (auto i = serving; i < d_out.size(); ++i) {
      const auto left = d_situation.turnedAt(*d_out[i].record->owner);
      if (left > last) {
        last = left;
        d_end = serving;
      }
      if (left == last) {
        std::swap(d_out[i], d_out[d_end++]);
      }
    }
  }

  // How many different nodes the records have; those of no node count one each. Counts no further than to `enough`.
  template <typename Counts>
  [[nodiscard]] size_t nodes(size_t enough, Counts counts) const
  {
    size_t number = 0;
    for (auto i = d_first; i < d_end && number < enough; ++i) {
      bool isNew = counts(i);
      const auto* owner = d_out[i].record->owner;
      for (auto j = d_first; isNew && owner != nullptr && enough > 1 && j < i; ++j) {
        const auto* other = d_out[j].record->owner;
        isNew = other == nullptr || other->identity() != owner->identity() || !counts(j);
      }
      number += isNew ? 1 : 0;
    }
    return number;
  }

  // Keeps what the mode may draw from; false when fewer than `needed` nodes are there.
  bool keepTier(size_t needed)
  {
    if (!isTiered()) {
      return nodes(needed, [](size_t /* i */) { return true; }) >= needed;
    }
    auto tier = nextTier(0, needed);
    if (tier == s_noTier) {
      return false;
    }
    if (d_policy->trickle > 0 && below(100, d_situation) < d_policy->trickle) {
      if (const auto spare = nextTier(tier + 1, needed); spare != s_noTier) {
        tier = spare;
      }
    }
    keepOnly(tier);
    return true;
  }

  void keepOnly(uint32_t tier)
  {
    keep([&](const Chosen& one) { return candidateOf(one).tier == tier; });
  }

  [[nodiscard]] bool isTiered() const noexcept { return d_policy != nullptr && d_policy->mode == Mode::Priority; }

  // The first tier from `from` on that has enough nodes.
  [[nodiscard]] uint32_t nextTier(uint32_t from, size_t needed) const
  {
    for (;;) {
      auto tier = s_noTier;
      for (auto i = d_first; i < d_end; ++i) {
        if (const uint32_t candidate = candidateOf(d_out[i]).tier; candidate >= from) {
          tier = std::min(tier, candidate);
        }
      }
      if (tier == s_noTier || nodes(needed, [&](size_t i) { return candidateOf(d_out[i]).tier == tier; }) >= needed) {
        return tier;
      }
      from = tier + 1;
    }
  }

  // Leaves, in random order, as many as an answer may have.
  void draw(Draw draw, Outcome outcome)
  {
    const auto count = d_end - d_first;
    const auto wanted = draw == Draw::Some ? d_plan.answerSize(count) : std::min<size_t>(count, d_plan.single ? 1 : count);
    if (!d_plan.isByWeight() || wanted == count) {
      shuffle(at(d_first), at(d_end), wanted, d_situation);
    }
    else if (const auto client = d_policy->mode == Mode::Sticky ? d_situation.client() : 0; client != 0) {
      drawForClient(at(d_first), at(d_end), wanted, client, weigher(outcome), [this](const Chosen& one) { return candidateOf(one); });
    }
    else {
      drawByWeight(at(d_first), at(d_end), wanted, weigher(outcome), d_situation);
    }
    d_out.resize(d_first + wanted);
  }

  [[nodiscard]] const Candidate& candidateOf(const Chosen& one) const { return d_plan.candidates[static_cast<size_t>(one.record - d_rrset.records.data())]; }

  // What a record weighs now, while its node may be coming back. While the rrset is down, those count that have left, too,
  // and nobody's return.
  auto weigher(Outcome outcome)
  {
    const int64_t ramp = outcome == Outcome::Served ? int64_t{1000} * d_policy->ramp : 0;
    return [this, ramp, now = ramp != 0 ? now() : 0](const Chosen& one) -> uint32_t {
      const auto weight = candidateOf(one).weight;
      const auto* owner = one.record->owner;
      if (ramp == 0 || owner == nullptr) {
        return weight;
      }
      return ramped(weight, ramp, d_situation.turnedAt(*owner), now);
    };
  }

  // One TTL for all where something bounds it (RFC 2181 §5.2): the policy, or a node that may leave before.
  void boundTtl()
  {
    constexpr auto unbounded = std::numeric_limits<uint32_t>::max();
    auto bound = d_policy != nullptr ? d_policy->ttlMax.value_or(unbounded) : unbounded;
    for (auto i = d_first; i < d_out.size(); ++i) {
      if (d_out[i].ttl < d_out[i].record->ttl) {
        bound = std::min(bound, d_out[i].ttl);
      }
    }
    for (auto i = d_first; i < d_out.size(); ++i) {
      d_out[i].ttl = std::min(d_out[i].ttl, bound);
    }
  }

  static constexpr uint32_t s_noTier = std::numeric_limits<uint32_t>::max();
  const RRset& d_rrset;
  const Plan& d_plan;
  const Policy* const d_policy;
  Situation& d_situation;
  std::vector<Chosen>& d_out;
  const size_t d_first; // of this rrset's in d_out
  size_t d_end;         // until here: what may be drawn from
  std::optional<int64_t> d_now;
};

// Appends the chosen records of `rrset` to `out`, in random order where some belong to nodes (PowerDNS 4.7 shuffles UDP
// answers only). An rrset without nodes keeps the order of the store, as PowerDNS's own backends have it, which says more
// than what is sent first: of two CNAMEs or equal records the first counts, of two TTLs the last is the signature's, and
// addresses stand in hints (SVCB) that are signed.
// Allocates nothing while `out` has capacity. Thread: any; situation and out belong to the caller; rrset must outlive what
// was put into out.
template <typename Situation>
Outcome select(const RRset& rrset, Situation& situation, std::vector<Chosen>& out, Draw draw = Draw::Some)
{
  if (rrset.plan != nullptr) {
    return Selector<Situation>(rrset, situation, out).run(draw);
  }
  for (const auto& record : rrset.records) {
    out.push_back({&record, &rrset, record.ttl});
  }
  return Outcome::Served;
}
}
