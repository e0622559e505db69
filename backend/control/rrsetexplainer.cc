// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "rrsetexplainer.hh"
#include <algorithm>
#include "backend/counted.hh"
#include "words.hh"

namespace failover
{
namespace
{
  constexpr size_t s_mostRecords = 50; // in a report; further ones are counted

}

RRsetExplainer::RRsetExplainer(const Zone& zone, std::string_view at, const RRset& rrset, const NodeStates& states, const Host& host) :
  d_zone(zone), d_at(at), d_rrset(rrset), d_policy(rrset.plan->policy), d_states(states), d_host(host), d_expected(Expectation(states).of(rrset))
{
}

bool RRsetExplainer::serves(const Record& record) const
{
  return record.owner == nullptr || d_states.serves(*record.owner);
}

ExplainedRRset RRsetExplainer::explain(uint64_t client)
{
  ExplainedRRset explained;
  explained.type = d_host.typeName(d_rrset.type);
  if (d_policy != nullptr) {
    explained.policy = *d_policy;
    explained.policyType = d_policy->type != 0 ? d_host.typeName(d_policy->type) : "";
  }
  explained.policyWhy = policyWhy(explained.policyType);
  explained.outcome = d_expected.outcome;
  explained.nodes = redundancyOf(d_rrset, d_states);
  explained.outcomeWhy = outcomeWhy(explained);
  const auto shown = std::min(s_mostRecords, d_rrset.records.size());
  for (size_t place = 0; place < shown; ++place) {
    explained.records.push_back(explainRecord(place));
  }
  explained.unlisted = d_rrset.records.size() - shown;
  if (client != 0 && d_policy != nullptr && d_policy->mode == Mode::Sticky) {
    markClients(client, explained);
  }
  return explained;
}

std::string RRsetExplainer::policyWhy(const std::string& policyType) const
{
  if (d_policy == nullptr) {
    return d_zone.isDelegated(d_at) ? "none: addresses below a delegation are no answers of this zone" : "none fits: every record that serves is answered, and all while none does";
  }
  const auto type = policyType.empty() ? "every type" : policyType;
  if (!d_policy->below) {
    return "it has this name and is for " + type;
  }
  const auto whose = d_policy->name == d_at ? "this zone's apex and the names below it" : "the names below " + toText(d_policy->name);
  return "it is for " + whose + " and for " + type + ", and none with a longer name fits";
}

std::string RRsetExplainer::outcomeWhy(const ExplainedRRset& explained) const
{
  const auto nodes = toText(explained.nodes);
  if (d_expected.outcome == Outcome::Served) {
    return nodes;
  }
  const auto needed = d_policy != nullptr ? d_policy->minHealthy : 1;
  const bool tiers = d_policy != nullptr && d_policy->mode == Mode::Priority;
  const auto text = nodes + ", and " + (tiers ? "no tier has " : "it takes ") + std::to_string(needed) + ": ";
  switch (d_rrset.plan->whenDown()) {
  case WhenDown::NoData:
    return text + "NODATA is answered";
  case WhenDown::ServFail:
    return text + "SERVFAIL is answered";
  case WhenDown::Last:
  case WhenDown::ServeAll:
    break;
  }
  if (hasLivingTier(d_rrset, explained.nodes)) {
    return text + "the first tier with a node that serves is answered";
  }
  if (d_rrset.plan->whenDown() == WhenDown::Last) {
    return text + "answered as before the last one left";
  }
  return text + "answered as if every node served";
}

// As it is answered: without hints of nodes that do not serve.
const std::shared_ptr<void>& RRsetExplainer::contentOf(size_t place) const
{
  for (const auto& hinted : d_rrset.plan->hinted) {
    if (hinted.record == place) {
      return hinted.content([this](const Owner& owner) { return d_states.serves(owner); });
    }
  }
  return d_rrset.records[place].content;
}

ExplainedRecord RRsetExplainer::explainRecord(size_t place) const
{
  const auto& record = d_rrset.records[place];
  ExplainedRecord explained;
  explained.content = d_host.contentText(d_rrset.type, contentOf(place));
  if (record.owner != nullptr) {
    explained.nodes = namesOf(*record.owner);
  }
  if (d_policy != nullptr && d_policy->mode == Mode::Priority) {
    explained.tier = d_rrset.plan->candidates[place].tier;
  }
  if (d_rrset.plan->isByWeight()) {
    explained.weight = d_rrset.plan->candidates[place].weight;
    explained.weightNow = weightNow(d_rrset, place, d_expected.outcome, d_states);
  }
  explained.in = d_expected.records[place].eligible;
  explained.chance = d_expected.records[place].chance;
  explained.why = explained.in ? whyIn(place) : whyOut(place);
  explainTtl(place, explained);
  return explained;
}

std::string RRsetExplainer::whyOut(size_t place) const
{
  const auto& record = d_rrset.records[place];
  if (!serves(record)) {
    const auto& members = record.owner->members();
    if (members.size() == 1) {
      return "node " + members.front().health->name() + " is " + std::string(toString(members.front().health->state()));
    }
    return "none of the nodes " + commaSeparated(namesOf(*record.owner)) + " serves";
  }
  if (d_expected.outcome == Outcome::NoData || d_expected.outcome == Outcome::ServFail) {
    return "too few nodes serve";
  }
  for (size_t other = 0; other < d_expected.records.size(); ++other) {
    if (d_expected.records[other].eligible && !d_expected.records[other].spare && d_policy != nullptr && d_policy->mode == Mode::Priority) {
      const auto tier = d_rrset.plan->candidates[other].tier;
      const auto own = d_rrset.plan->candidates[place].tier;
      return "tier " + std::to_string(own) + (own < tier ? " has " + std::to_string(servingIn(own)) + ", and it takes " + std::to_string(d_policy->minHealthy) : "; tier " + std::to_string(tier) + " has " + counted(servingIn(tier), "serving node"));
    }
  }
  return "not among what was answered last";
}

size_t RRsetExplainer::servingIn(uint32_t tier) const
{
  return redundancyOf(d_rrset, d_states, tier).serving;
}

std::string RRsetExplainer::whyIn(size_t place) const
{
  const auto& record = d_rrset.records[place];
  const auto& prospect = d_expected.records[place];
  if (d_expected.outcome == Outcome::Down && !serves(record)) {
    return "though " + whyOut(place) + howDrawn(prospect);
  }
  if (prospect.spare) {
    return "the next tier, as trickle" + howDrawn(prospect);
  }
  return (record.owner == nullptr ? "of no node" : "serves") + howDrawn(prospect);
}

std::string RRsetExplainer::howDrawn(const Expected::Prospect& prospect) const
{
  if (prospect.spare) {
    return ": " + percent(prospect.chance) + " of the answers";
  }
  if (d_expected.answerSize == d_expected.eligible) {
    return prospect.chance < 1 ? ", " + percent(prospect.chance) + " of the answers" : "";
  }
  const std::string how = d_rrset.plan->isByWeight() ? (d_policy->mode == Mode::Sticky ? "by client and weight" : "by weight") : d_rrset.plan->single ? "at random, being alternatives"
                                                                                                                                                      : "at random";
  return ", one of " + std::to_string(d_expected.eligible) + " of which " + std::to_string(d_expected.answerSize) + (d_expected.answerSize == 1 ? " is" : " are") + " drawn " + how + ": " + percent(prospect.chance) + " of the answers";
}

void RRsetExplainer::explainTtl(size_t place, ExplainedRecord& explained) const
{
  explained.ttl = d_rrset.records[place].ttl;
  explained.ttlWhy = "the record's own";
  const auto bound = [&](uint32_t ttl, const std::string& why) {
    if (ttl < explained.ttl) {
      explained.ttl = ttl;
      explained.ttlWhy = why;
    }
  };
  if (d_policy != nullptr && d_policy->ttlMax) {
    bound(*d_policy->ttlMax, "ttl_max");
  }
  // One TTL for all that are sent together; of those that are drawn nobody knows which will be.
  const bool together = d_expected.answerSize == d_expected.eligible && explained.in;
  for (size_t other = 0; other < d_rrset.records.size(); ++other) {
    const auto* const owner = d_rrset.records[other].owner;
    if (owner == nullptr || !owner->mayLeave() || (other != place && !(together && d_expected.records[other].eligible))) {
      continue;
    }
    for (const auto& member : owner->members()) {
      const auto& health = member.health;
      if (health->serving() && health->leavesAt() != 0) {
        bound(owner->ttlBound(d_states.now()), health->leavesAt() == health->fallsAt() ? "a check of node " + health->name() + " has begun to fail" : "a drain of node " + health->name() + " is planned");
      }
    }
  }
}

void RRsetExplainer::markClients(uint64_t client, ExplainedRRset& explained) const
{
  Draws asked{.states = d_states, .whose = client}; // nothing is left to chance for a client
  std::vector<Chosen> chosen;
  select(d_rrset, asked, chosen);
  for (size_t place = 0; place < explained.records.size(); ++place) {
    explained.records[place].forClient = std::any_of(chosen.begin(), chosen.end(), [&](const Chosen& one) { return one.record == &d_rrset.records[place]; });
  }
}
}
