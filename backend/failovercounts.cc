// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "failoverbackend.hh"
#include "pdns/dnspacket.hh"

// FailoverBackend counts who got the answers: each record that is sent and leads to a node, for that node.

namespace failover
{
// add(node, answer): of each record that is sent and leads to a node, once for each of its nodes that it is sent for.
template <typename Add>
void FailoverBackend::forEachAnswer(std::span<const RRset> rrsets, std::string_view name, uint16_t type, Add add) const
{
  const auto nameHash = fixedHash(name);
  for (const auto& [record, rrset, ttl] : d_chosen) {
    if (record->owner == nullptr || !isSent(*rrset, type, rrsets)) {
      continue;
    }
    const bool serving = record->owner->serving(); // else it is sent because nothing better is there
    for (const auto& member : record->owner->members()) {
      if (!serving || member.health->serving()) {
        add(nodeKey(member.nameHash), answerKey(nameHash, rrset->type, member.nameHash));
      }
    }
  }
}

void FailoverBackend::countAnswers(uint64_t question, const Snapshot& snapshot, const Zone& zone, std::string_view name, const DNSPacket& packet)
{
  const auto type = packet.qtype.getCode();
  const auto asked = d_trace.traces(question) ? std::string_view() : lowered(packet.qdomain, d_questionBuffer);
  if (!d_trace.answersWith(snapshot, {question, type, asked}, zone, name)) {
    return;
  }
  const auto rrsets = zone.find(name);
  for (const auto& [record, rrset, ttl] : d_chosen) {
    if (rrset->type == QType::CNAME && isSent(*rrset, type, rrsets)) {
      d_trace.follow(snapshot, type, zone, *record);
    }
  }
  // Each count is somewhere else in memory: all are fetched at once.
  forEachAnswer(rrsets, name, type, [this](uint64_t /* node */, uint64_t answer) { d_counts->expect(answer); });
  forEachAnswer(rrsets, name, type, [this](uint64_t node, uint64_t answer) { d_counts->add(node, answer); });
}
}
