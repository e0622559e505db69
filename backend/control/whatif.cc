// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "whatif.hh"
#include <algorithm>
#include <map>
#include "expectation.hh"

namespace failover
{
namespace
{
  bool leadsTo(const RRset& rrset, const std::vector<std::string>& nodes)
  {
    return std::any_of(rrset.records.begin(), rrset.records.end(), [&](const Record& record) {
      return record.owner != nullptr && std::any_of(nodes.begin(), nodes.end(), [&](const std::string& node) { return record.owner->includes(node); });
    });
  }

  AffectedRRset affected(const WireName& name, const RRset& rrset, const Redundancy& before, const Redundancy& then, const Host& host)
  {
    return {toText(name), host.typeName(rrset.type), before, then, rrset.plan->whenDown(), hasLivingTier(rrset, then)};
  }

  // What each node gets of one rrset's answers; 1 in all, or nothing where nothing is answered.
  using Shares = std::map<const NodeHealth*, double>; // null: no node
  void addShares(const RRset& rrset, const Expected& expected, const NodeStates& states, Shares& shares)
  {
    double total = 0;
    for (const auto& record : expected.records) {
      total += record.chance;
    }
    for (size_t place = 0; place < rrset.records.size() && total > 0; ++place) {
      const auto* const owner = rrset.records[place].owner;
      const auto part = expected.records[place].chance / total;
      if (part <= 0) {
        continue;
      }
      if (owner == nullptr) {
        shares[nullptr] += part;
        continue;
      }
      const auto nodes = states.answering(*owner);
      for (const auto* node : nodes) {
        shares[node] += part / static_cast<double>(nodes.size());
      }
    }
  }

  class Walk
  {
  public:
    Walk(const NodeStates& before, const NodeStates& after, const Host& host, WhatIf& whatIf) :
      d_states{before, after}, d_now(before), d_then(after), d_host(host), d_whatIf(whatIf) { }

    void visit(const WireName& name, const RRset& rrset)
    {
      ++d_whatIf.rrsets;
      const auto now = d_now.of(rrset);
      addShares(rrset, now, d_states.before, d_before);
      d_answered += answers(now) ? 1 : 0;
      d_whatIf.alreadyDown += now.outcome != Outcome::Served ? 1 : 0;
      if (!leadsTo(rrset, d_whatIf.nodes)) {
        addShares(rrset, now, d_states.before, d_after);
        d_answeredThen += answers(now) ? 1 : 0;
        return;
      }
      const auto then = d_then.of(rrset);
      addShares(rrset, then, d_states.after, d_after);
      d_answeredThen += answers(then) ? 1 : 0;
      const auto before = redundancyOf(rrset, d_states.before);
      const auto after = redundancyOf(rrset, d_states.after);
      const auto make = [&] { return affected(name, rrset, before, after, d_host); };
      const bool emptied = before.serving > 0 && after.serving == 0;
      if (then.outcome != Outcome::Served && (now.outcome == Outcome::Served || emptied)) {
        d_whatIf.down.add(make);
      }
      else if (before.serving > 1 && after.serving == 1) {
        d_whatIf.alone.add(make);
      }
    }

    void finish(const std::vector<NodeSpec>& nodes)
    {
      for (const auto& node : nodes) {
        d_whatIf.shares.push_back(shareOf(node.name, node.health.get()));
      }
      if (d_before.contains(nullptr) || d_after.contains(nullptr)) {
        d_whatIf.shares.push_back(shareOf("", nullptr));
      }
    }

  private:
    struct States
    {
      const NodeStates& before;
      const NodeStates& after;
    };

    static bool answers(const Expected& expected) { return expected.eligible > 0; }
    WhatIf::Share shareOf(const std::string& name, const NodeHealth* node)
    {
      return {name, d_before[node] / static_cast<double>(std::max<size_t>(1, d_answered)), d_after[node] / static_cast<double>(std::max<size_t>(1, d_answeredThen))};
    }

    const States d_states;
    Expectation d_now;
    Expectation d_then;
    const Host& d_host;
    WhatIf& d_whatIf;
    Shares d_before;
    Shares d_after;
    size_t d_answered{0};
    size_t d_answeredThen{0};
  };

  // Whether a drain of the node is planned that meets this one; of one without an end only its beginning is known.
  bool isDrainedWhile(const NodeSpec& node, const PlannedDrain& drain)
  {
    return node.admin == AdminState::Auto && std::any_of(node.drains.begin(), node.drains.end(), [&](const PlannedDrain& other) {
      const bool endsBefore = other.ends && *other.ends <= drain.starts;
      const bool startsAfter = drain.ends ? other.starts >= *drain.ends : other.starts > drain.starts;
      return !endsBefore && !startsAfter;
    });
  }
}

WhatIf whatIf(const Snapshot& snapshot, const std::vector<NodeSpec>& all, const OwnerMap& owners, const std::vector<std::string>& nodes, const Host& host, int64_t now)
{
  const NodeStates before(all, now);
  NodeStates after = before;
  WhatIf found;
  found.nodes = nodes;
  for (const auto& node : all) {
    if (std::find(nodes.begin(), nodes.end(), node.name) != nodes.end()) {
      after.remove(node.name);
      if (!before.serves(*node.health)) {
        found.idle.push_back(node.name);
      }
    }
  }
  Walk walk(before, after, host, found);
  forEachRRset(snapshot, [&](const Zone& /* zone */, const WireName& name, const RRset& rrset) {
    if (rrset.dependent() && leadsToNodes(rrset) && !isOwnName(name, rrset, owners)) {
      walk.visit(name, rrset);
    }
  });
  walk.finish(all);
  return found;
}

Listed<AffectedRRset> hitBy(const Snapshot& snapshot, const std::vector<NodeSpec>& all, const OwnerMap& owners, const std::string& node, const PlannedDrain& drain, const Host& host, int64_t now)
{
  NodeStates before(all, now);
  Listed<AffectedRRset> hit;
  for (const auto& other : all) {
    if (other.name == node && !before.serves(*other.health)) {
      return hit; // nobody would miss it
    }
    if (other.name != node && isDrainedWhile(other, drain)) {
      before.remove(other.name);
    }
  }
  NodeStates after = before;
  after.remove(node);
  Expectation expectedThen(after);
  forEachRRset(snapshot, [&](const Zone& /* zone */, const WireName& name, const RRset& rrset) {
    if (rrset.dependent() && leadsTo(rrset, {node}) && !isOwnName(name, rrset, owners) && expectedThen.outcomeOf(rrset) != Outcome::Served) {
      hit.add([&] { return affected(name, rrset, redundancyOf(rrset, before), redundancyOf(rrset, after), host); });
    }
  });
  return hit;
}
}
