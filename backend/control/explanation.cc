// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "explanation.hh"
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

  Explanation::Existence existenceOf(std::span<const RRset> rrsets, std::string_view at, std::string_view name)
  {
    if (rrsets.empty()) {
      return Explanation::Existence::None;
    }
    if (at != name) {
      return Explanation::Existence::Wildcard;
    }
    return rrsets.front().type == 0 && rrsets.size() == 1 ? Explanation::Existence::Empty : Explanation::Existence::Name;
  }
}

Explanation explain(const Zone& zone, const ExplainQuestion& question, const NodeStates& states, const Host& host)
{
  WireName at;
  const auto rrsets = zone.answering(question.name, at);
  Explanation explanation;
  explanation.name = toText(question.name);
  explanation.zone = toText(zone.apex());
  explanation.existence = existenceOf(rrsets, at, question.name);
  explanation.at = toText(at);
  explanation.delegated = zone.isDelegated(question.name);
  if (const auto dname = zone.dnameAbove(question.name); !dname.empty()) {
    explanation.dname = toText(dname);
  }
  std::set<std::string> nodes;
  for (const auto& rrset : rrsets) {
    const auto type = host.typeName(rrset.type);
    if (rrset.type == 0 || !answers(type, question.type)) {
      continue;
    }
    if (!rrset.dependent()) {
      explanation.others.push_back(type);
      continue;
    }
    explanation.rrsets.push_back(RRsetExplainer(zone, at, rrset, states, host).explain(question.client));
    for (const auto& record : explanation.rrsets.back().records) {
      nodes.insert(record.nodes.begin(), record.nodes.end());
    }
  }
  explanation.nodes.assign(nodes.begin(), nodes.end());
  return explanation;
}
}
