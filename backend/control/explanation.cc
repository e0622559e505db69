// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "explanation.hh"
#include <algorithm>
#include <set>
#include "rrsetexplainer.hh"

namespace failover
{
namespace
{
  bool isAddress(std::string_view type)
  {
    return type == "A" || type == "AAAA";
  }

  // Whether an rrset has a part in the answer to a question for a type.
  bool answers(std::string_view rrset, std::string_view asked)
  {
    return asked.empty() || asked == "ANY" || asked == rrset || rrset == "CNAME" || (rrset == "ALIAS" && isAddress(asked));
  }

  // The nearest name above that has a DNAME; empty when there is none.
  std::string dnameAbove(const Zone& zone, std::string_view name)
  {
    while (name.size() > zone.apex().size()) {
      name = parent(name);
      const auto rrsets = zone.find(name);
      if (std::any_of(rrsets.begin(), rrsets.end(), [](const RRset& rrset) { return rrset.type == rrtype::dname; })) {
        return toText(name);
      }
    }
    return {};
  }

  Explanation::Existence existenceOf(const Zone::Answering& answering, std::string_view name)
  {
    if (answering.rrsets.empty()) {
      return Explanation::Existence::None;
    }
    if (answering.at != name) {
      return Explanation::Existence::Wildcard;
    }
    return answering.rrsets.front().type == 0 && answering.rrsets.size() == 1 ? Explanation::Existence::Empty : Explanation::Existence::Name;
  }
}

const Zone* zoneOf(const Snapshot& snapshot, std::string_view name) noexcept
{
  for (auto apex = name; !apex.empty(); apex = parent(apex)) {
    if (const auto* zone = snapshot.zoneByApex(apex)) {
      return zone;
    }
  }
  return nullptr;
}

Explanation explain(const Zone& zone, const ExplainQuestion& question, const NodeStates& states, const Host& host)
{
  const auto answering = zone.answering(question.name);
  Explanation explanation;
  explanation.name = toText(question.name);
  explanation.zone = toText(zone.apex());
  explanation.existence = existenceOf(answering, question.name);
  explanation.at = toText(answering.at);
  explanation.delegated = zone.isDelegated(question.name);
  explanation.dname = dnameAbove(zone, question.name);
  std::set<std::string> nodes;
  for (const auto& rrset : answering.rrsets) {
    const auto type = host.typeName(rrset.type);
    if (rrset.type == 0 || !answers(type, question.type)) {
      continue;
    }
    if (!rrset.dependent()) {
      explanation.others.push_back(type);
      continue;
    }
    explanation.rrsets.push_back(RRsetExplainer(zone, answering.at, rrset, states, host).explain(question.client));
    for (const auto& record : explanation.rrsets.back().records) {
      nodes.insert(record.nodes.begin(), record.nodes.end());
    }
  }
  explanation.nodes.assign(nodes.begin(), nodes.end());
  return explanation;
}
}
