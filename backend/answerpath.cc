// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "answerpath.hh"
#include <algorithm>

namespace failover
{
namespace
{
  const RRset* find(std::span<const RRset> rrsets, uint16_t type)
  {
    const auto found = std::find_if(rrsets.begin(), rrsets.end(), [type](const RRset& rrset) { return rrset.type == type; });
    return found != rrsets.end() ? &*found : nullptr;
  }

  // The name at which a wildcard stands for one that does not exist (RFC 4592 §3.3.1); empty when there is none.
  WireName wildcardOf(const Zone& zone, std::string_view name)
  {
    while (name.size() > zone.apex().size()) {
      name = parent(name);
      auto wildcard = WireName("\1*") += name;
      if (!zone.find(wildcard).empty()) {
        return wildcard;
      }
      if (!zone.find(name).empty()) {
        break;
      }
    }
    return {};
  }
}

AnswerPath::AnswerPath(const Snapshot& snapshot, std::string_view asked) :
  d_snapshot(snapshot)
{
  add(WireName(asked));
  for (size_t i = 0; i < d_names.size(); ++i) {
    go(WireName(d_names[i]));
  }
}

bool AnswerPath::includes(std::string_view name) const
{
  return std::find(d_names.begin(), d_names.end(), name) != d_names.end();
}

void AnswerPath::add(WireName name)
{
  if (d_names.size() < s_maxNames && !includes(name)) {
    d_names.push_back(std::move(name));
  }
}

void AnswerPath::go(const WireName& name)
{
  const Zone* zone = nullptr;
  for (std::string_view apex = name; zone == nullptr && !apex.empty(); apex = parent(apex)) {
    zone = d_snapshot.zoneByApex(apex);
  }
  if (zone == nullptr || zone->isDelegated(name)) {
    return;
  }
  const auto rrsets = zone->find(name);
  if (rrsets.empty()) {
    substitute(*zone, name);
  }
  else if (const auto* cname = find(rrsets, rrtype::cname)) {
    redirect(*zone, *cname);
  }
}

void AnswerPath::redirect(const Zone& zone, const RRset& cname)
{
  for (const auto& record : cname.records) {
    add(zone.leadOf(record)->target);
  }
}

// In the order of PacketHandler::doQuestion: a wildcard, then a DNAME above.
void AnswerPath::substitute(const Zone& zone, std::string_view name)
{
  if (auto wildcard = wildcardOf(zone, name); !wildcard.empty()) {
    if (const auto* cname = find(zone.find(wildcard), rrtype::cname)) {
      redirect(zone, *cname);
    }
    add(std::move(wildcard));
    return;
  }
  for (auto above = name; above.size() > zone.apex().size();) {
    above = parent(above);
    if (find(zone.find(above), rrtype::dname) == nullptr) {
      continue;
    }
    const auto& redirects = zone.redirects();
    const auto dname = std::find_if(redirects.begin(), redirects.end(), [above](const Zone::Redirect& one) { return one.below && one.name == above; });
    if (dname != redirects.end()) {
      add(WireName(name.substr(0, name.size() - above.size())) += dname->target);
    }
    return;
  }
}
}
