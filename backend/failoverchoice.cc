// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "failoverbackend.hh"
#include <algorithm>
#include "pdns/dnspacket.hh"

// FailoverBackend's choice: which rrsets of a name exist at this moment, and which of their records are returned.
//
// PowerDNS asks for all types of a name, twice: to answer a question (it passes the packet), then to list the types in
// the denial of existence (it passes none; PacketHandler::emitNSEC, emitNSEC3).

namespace failover
{
namespace
{
  // Stands for a name whose rrsets are all withheld: with nothing there PowerDNS would look for a wildcard or say NXDOMAIN.
  struct Placeholder
  {
    Record record;
    RRset rrset;

    Placeholder(uint16_t type, bool auth) :
      record{.content = pdns_compat::makeContent(QType::ENT, ""), .auth = auth},
      rrset{.type = type, .dependent = true, .records = {}} { }
    [[nodiscard]] Chosen chosen() const noexcept { return {&record, &rrset}; }
  };

  // packet: of the question; null for a denial.
  Chosen placeholder(const DNSName& name, const DNSPacket* packet)
  {
    // As an empty non-terminal's row.
    static const Placeholder inAnswer(QType::ENT, true);
    // To ANY, 4.7 would answer a wildcard's placeholder as a record (PacketHandler::getBestWildcard). No version does so
    // with a signature.
    static const Placeholder inWildcard(QType::RRSIG, true);
    // Not authoritative, or NSEC would list it as a type.
    static const Placeholder inDenial(QType::ENT, false);
    if (packet == nullptr) {
      return inDenial.chosen();
    }
    return packet->qtype == QType::ANY && name.isWildcard() && name != packet->qdomain ? inWildcard.chosen() : inAnswer.chosen();
  }
}

void FailoverBackend::choose(const Zone& zone, std::string_view name, uint16_t qtype, const DNSPacket* packet)
{
  const auto rrsets = zone.find(name);
  const auto first = d_chosen.size();
  for (const auto& rrset : rrsets) {
    d_varies |= rrset.whenDown == WhenDown::NoData;
    if (qtype != QType::ANY && qtype != rrset.type) {
      continue;
    }
    if (packet == nullptr && std::find(d_withheld.begin(), d_withheld.end(), &rrset) != d_withheld.end()) {
      continue;
    }
    const auto before = d_chosen.size();
    select(rrset, d_random, d_chosen);
    if (packet != nullptr && d_chosen.size() == before) {
      d_withheld.push_back(&rrset);
    }
  }
  if (qtype == QType::ANY && !rrsets.empty() && d_chosen.size() == first) {
    d_chosen.push_back(placeholder(d_askedName, packet));
  }
  d_zoneIds.resize(d_chosen.size(), zone.id());
}
}
