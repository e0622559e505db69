// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "expectation.hh"
#include <algorithm>
#include <limits>

namespace failover
{
namespace
{
  constexpr uint64_t s_seed = 1;
  constexpr size_t s_draws = 10'000;
  // After so many different draws their sum is what counts, and each may be rougher: a report must come to an end.
  constexpr size_t s_fineEstimates = 100;
  constexpr size_t s_roughDraws = 200;
  constexpr size_t s_mostKnown = 10'000;
}

Expectation::Expectation(const NodeStates& states) :
  d_states(states), d_random(s_seed)
{
}

Expected Expectation::of(const RRset& rrset)
{
  Expected expected;
  expected.records.resize(rrset.records.size());
  expected.outcome = outcomeOf(rrset);
  const auto* const policy = rrset.plan != nullptr ? rrset.plan->policy : nullptr;
  const double trickle = policy != nullptr && policy->mode == Mode::Priority ? policy->trickle / 100.0 : 0;
  expected.eligible = d_chosen.size();
  expected.answerSize = rrset.plan != nullptr ? rrset.plan->answerSize(expected.eligible) : expected.eligible;
  spread(rrset, 1 - trickle, false, expected);
  if (trickle > 0) {
    eligible(rrset, 0);
    spread(rrset, trickle, true, expected);
  }
  return expected;
}

Outcome Expectation::outcomeOf(const RRset& rrset)
{
  constexpr uint64_t highest = std::numeric_limits<uint64_t>::max(); // draws no trickle, and 0 does
  return eligible(rrset, highest);
}

// Finds what may be drawn: as if the records were no alternatives, and everything was wanted.
Outcome Expectation::eligible(const RRset& rrset, uint64_t random)
{
  d_chosen.clear();
  Draws draws{.states = d_states, .fixed = random};
  if (rrset.plan == nullptr) {
    d_outcome = select(rrset, draws, d_chosen);
    return d_outcome;
  }
  auto plan = *rrset.plan;
  plan.single = false;
  auto all = rrset;
  all.plan = &plan;
  d_outcome = select(all, draws, d_chosen, Draw::Everything);
  std::sort(d_chosen.begin(), d_chosen.end(), [](const Chosen& left, const Chosen& right) { return left.record < right.record; });
  return d_outcome;
}

// part: of all answers, those that are drawn from what eligible() found.
void Expectation::spread(const RRset& rrset, double part, bool spare, Expected& expected)
{
  std::vector<size_t> places;
  for (const auto& chosen : d_chosen) {
    places.push_back(static_cast<size_t>(chosen.record - rrset.records.data()));
  }
  const auto wanted = rrset.plan != nullptr ? rrset.plan->answerSize(places.size()) : places.size();
  const bool byWeight = rrset.plan != nullptr && rrset.plan->isByWeight() && wanted < places.size();
  const auto* const chances = byWeight ? &chancesByWeight(rrset, places, wanted) : nullptr;
  for (size_t i = 0; i < places.size(); ++i) {
    auto& prospect = expected.records[places[i]];
    prospect.spare = spare && !prospect.eligible;
    prospect.eligible = true;
    prospect.chance += part * (chances != nullptr ? (*chances)[i] : static_cast<double>(wanted) / static_cast<double>(places.size()));
  }
}

uint32_t weightNow(const RRset& rrset, size_t place, Outcome outcome, const NodeStates& states)
{
  const auto& plan = *rrset.plan;
  const auto* const owner = rrset.records[place].owner;
  const auto weight = plan.candidates[place].weight;
  const auto ramp = int64_t{1000} * plan.policy->ramp;
  return ramp == 0 || owner == nullptr || outcome != Outcome::Served ? weight : ramped(weight, ramp, states.turnedAt(*owner), states.now());
}

const std::vector<double>& Expectation::chancesByWeight(const RRset& rrset, const std::vector<size_t>& places, size_t wanted)
{
  std::vector<uint64_t> key{static_cast<uint64_t>(rrset.plan->policy->mode), wanted};
  std::map<uint64_t, size_t> nodes;
  std::vector<uint32_t> weights;
  uint64_t total = 0;
  for (const auto place : places) {
    const auto& candidate = rrset.plan->candidates[place];
    weights.push_back(weightNow(rrset, place, d_outcome, d_states));
    total += weights.back();
    key.push_back(weights.back());
    key.push_back(nodes.emplace(candidate.node, nodes.size()).first->second); // which of them are one node's
  }
  if (d_known.size() >= s_mostKnown) {
    d_known.clear();
  }
  const auto [known, isNew] = d_known.try_emplace(std::move(key));
  if (!isNew) {
    return known->second;
  }
  const bool oneRecordEach = rrset.plan->policy->mode == Mode::Weighted || nodes.size() == places.size();
  if (wanted == 1 && oneRecordEach) {
    for (const auto weight : weights) {
      known->second.push_back(static_cast<double>(weight) / static_cast<double>(total));
    }
  }
  else {
    known->second = drawn(rrset, places);
  }
  return known->second;
}

std::vector<double> Expectation::drawn(const RRset& rrset, const std::vector<size_t>& places)
{
  const auto draws = ++d_estimates <= s_fineEstimates ? s_draws : s_roughDraws;
  std::vector<size_t> times(rrset.records.size());
  std::vector<Chosen> chosen;
  for (size_t i = 0; i < draws; ++i) {
    chosen.clear();
    Draws draw{.states = d_states, .source = &d_random, .whose = std::max<uint64_t>(1, d_random())};
    select(rrset, draw, chosen);
    for (const auto& one : chosen) {
      ++times[static_cast<size_t>(one.record - rrset.records.data())];
    }
  }
  std::vector<double> chances;
  for (const auto place : places) {
    chances.push_back(static_cast<double>(times[place]) / static_cast<double>(draws));
  }
  return chances;
}
}
