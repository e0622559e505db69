// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "answerpath.hh"
#include <algorithm>

namespace failover
{
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

// In the order of PacketHandler::doQuestion: the name, a wildcard, then a DNAME above.
void AnswerPath::go(const WireName& name)
{
  const auto* zone = d_snapshot.zoneOf(name);
  if (zone == nullptr || zone->isDelegated(name)) {
    return;
  }
  WireName at;
  const auto rrsets = zone->answering(name, at);
  if (const auto* cname = rrsetOf(rrsets, rrtype::cname)) {
    redirect(*zone, *cname);
  }
  if (!rrsets.empty()) {
    add(std::move(at)); // a wildcard, or what is known
  }
  else if (const auto* dname = zone->rewriting(name)) {
    add(WireName(name, 0, name.size() - dname->name.size()) += dname->target);
  }
}

void AnswerPath::redirect(const Zone& zone, const RRset& cname)
{
  for (const auto& record : cname.records) {
    add(zone.leadOf(record)->target);
  }
}
}
