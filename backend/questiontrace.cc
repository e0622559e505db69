// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "questiontrace.hh"
#include <algorithm>

namespace failover
{
namespace
{
  // PowerDNS follows no longer chains (PacketHandler::opcodeQuery).
  constexpr size_t s_longestChain = 11;

  // The CNAME with which the answer goes on (RFC 1034 §4.3.2; PowerDNS goes on for ANY, too); null: it ends here.
  const RRset* redirection(std::span<const RRset> rrsets, uint16_t type) noexcept
  {
    return type == rrtype::cname ? nullptr : rrsetOf(rrsets, rrtype::cname);
  }
}

QuestionTrace::QuestionTrace(bool allTypes) :
  d_allTypes(allTypes)
{
  constexpr size_t longestName = 255;
  d_target.reserve(longestName);
  d_place.reserve(longestName);
}

bool QuestionTrace::answersWith(const Snapshot& snapshot, const Question& question, const Zone& zone, std::string_view name)
{
  if (question.identity != d_identity) {
    d_identity = question.identity;
    d_target = question.name;
    // PowerDNS has looked for the zone already, and begins with the name that was asked.
    trace(snapshot, question.type, name == question.name ? &zone : snapshot.zoneOf(d_target));
  }
  return d_left > 0 && name == d_place && zone.id() == d_zone && --d_left == 0;
}

void QuestionTrace::follow(const Snapshot& snapshot, uint16_t type, const Zone& zone, const Record& cname)
{
  d_target = zone.leadOf(cname)->target;
  trace(snapshot, type, snapshot.zoneOf(d_target));
}

// zone: of d_target, or null.
void QuestionTrace::trace(const Snapshot& snapshot, uint16_t type, const Zone* zone)
{
  d_left = 0;
  if (type == rrtype::ds) { // is asked of the zone above, and no node has one
    return;
  }
  for (d_targetCount = 0; d_targetCount < s_longestChain; zone = snapshot.zoneOf(d_target)) {
    if (zone == nullptr || zone->isDelegated(d_target)) {
      return;
    }
    if (d_targetCount == d_targets.size()) {
      d_targets.emplace_back();
    }
    auto& target = d_targets[d_targetCount++];
    target.zone = zone->id();
    target.name = d_target;
    const auto rrsets = zone->answering(d_target, d_place);
    if (rrsets.empty()) {
      const auto* dname = zone->rewriting(d_target);
      if (dname == nullptr) {
        return;
      }
      d_target.replace(d_target.size() - dname->name.size(), dname->name.size(), dname->target);
      continue;
    }
    const auto* cname = redirection(rrsets, type);
    if (cname == nullptr || cname->dependent()) {
      d_zone = zone->id();
      d_left = 1 + lookupsBefore(*zone);
      return;
    }
    d_target = zone->leadOf(cname->records.front())->target;
  }
}

// Of d_place, to see what is delegated.
unsigned QuestionTrace::lookupsBefore(const Zone& zone) const noexcept
{
  if (!d_allTypes || d_place == zone.apex()) { // an apex is not delegated by its own zone
    return 0;
  }
  const auto begin = d_targets.begin();
  return static_cast<unsigned>(std::count_if(begin, begin + static_cast<std::ptrdiff_t>(d_targetCount), [&](const Target& target) {
    return target.zone == zone.id() && isWithin(target.name, d_place);
  }));
}

bool isSent(const RRset& rrset, uint16_t type, std::span<const RRset> rrsets) noexcept
{
  if (redirection(rrsets, type) != nullptr) {
    return rrset.type == rrtype::cname;
  }
  if (rrset.type == rrtype::alias) { // what its target has is sent in its place
    return type == rrtype::any || ((type == rrtype::a || type == rrtype::aaaa) && rrsetOf(rrsets, type) == nullptr);
  }
  return rrset.type == type || type == rrtype::any;
}
}
