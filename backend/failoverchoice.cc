// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "failoverbackend.hh"
#include <algorithm>
#include <chrono>
#include "answerpath.hh"
#include "client.hh"
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
      rrset{.type = type, .plan = &s_plan, .records = {}} { }
    [[nodiscard]] Chosen chosen() const noexcept { return {&record, &rrset, 0}; }

  private:
    static const inline Plan s_plan{}; // it depends on health
  };

  // Nothing that PowerDNS would send (PacketHandler::doQuestion, getBestWildcard): no signature is.
  Chosen unseenInAnswer()
  {
    static const Placeholder signature(QType::RRSIG, true);
    return signature.chosen();
  }

  // Nothing that it would list as a type: no ENT is that is not authoritative.
  Chosen unseenInDenial()
  {
    static const Placeholder ent(QType::ENT, false);
    return ent.chosen();
  }

  // packet: of the question; null for a denial.
  Chosen placeholder(const DNSName& name, const DNSPacket* packet)
  {
    // As an empty non-terminal's row.
    static const Placeholder inAnswer(QType::ENT, true);
    if (packet == nullptr) {
      return unseenInDenial();
    }
    // To ANY, 4.7 would answer a wildcard's placeholder as a record (PacketHandler::getBestWildcard).
    return packet->qtype == QType::ANY && name.isWildcard() && name != packet->qdomain ? unseenInAnswer() : inAnswer.chosen();
  }

  bool isPlaceholder(const RRset& rrset)
  {
    return rrset.records.empty();
  }

  bool anyDependent(std::span<const RRset> rrsets)
  {
    return std::any_of(rrsets.begin(), rrsets.end(), [](const RRset& rrset) { return rrset.dependent(); });
  }

  // The client's network, where PowerDNS processes client subnets and the question has one; else who asks.
  Netmask clientOf(const DNSPacket& packet)
  {
    auto client = packet.getRealRemote();
    return client.getBits() != 0 ? client : Netmask(packet.getInnerRemote()); // RFC 7871 §7.1.2: /0 keeps the client's to itself
  }

  // Whether each client has its own choice of the records.
  bool isClients(const RRset& rrset)
  {
    return rrset.dependent() && rrset.plan->policy != nullptr && rrset.plan->policy->mode == Mode::Sticky;
  }

  uint64_t keyOf(const Netmask& client)
  {
    const auto network = client.getMaskedNetwork();
    const auto* const bytes = network.isIPv4() ? reinterpret_cast<const char*>(&network.sin4.sin_addr) : reinterpret_cast<const char*>(&network.sin6.sin6_addr);
    return clientKey({bytes, network.isIPv4() ? sizeof(in_addr) : sizeof(in6_addr)});
  }
}

// What selection asks of this moment.
class FailoverBackend::Moment
{
public:
  // packet: of the question, or null. kept: how long the answer may be sent again.
  Moment(std::mt19937_64& random, const DNSPacket* packet, std::chrono::milliseconds kept) :
    d_random(random), d_packet(packet), d_kept(kept) { }

  [[nodiscard]] static bool serves(const Owner& owner) noexcept { return owner.serving(); }
  [[nodiscard]] static int64_t turnedAt(const Owner& owner) noexcept { return owner.turnedAt(); }
  // Rounded up, and the last moment at which the answer is sent: what is left until a node leaves must not look longer
  // than it is.
  [[nodiscard]] int64_t now() const noexcept { return toMilliseconds(std::chrono::ceil<std::chrono::milliseconds>(std::chrono::system_clock::now() + d_kept)); }
  [[nodiscard]] uint64_t random() { return d_random(); }
  [[nodiscard]] uint64_t client() const { return d_packet != nullptr ? keyOf(clientOf(*d_packet)) : 0; }

private:
  std::mt19937_64& d_random;
  const DNSPacket* const d_packet;
  const std::chrono::milliseconds d_kept;
};

// Whether PowerDNS's packet cache may keep what is made of these: an answer when its question is noted, so that it is purged
// in time; and a denial, whose types stay (d_varies). Before any state is read: whoever purges the name when a node turns
// finds it, or this sees the node's new state.
bool FailoverBackend::mayBeKept(std::span<const RRset> rrsets, uint16_t qtype, const DNSPacket* packet)
{
  if (d_liveZone != nullptr || !anyDependent(rrsets)) {
    return false;
  }
  return packet == nullptr ? qtype == QType::ANY : (d_asked != nullptr && d_asked->note(lowered(packet->qdomain, d_questionBuffer)));
}

void FailoverBackend::choose(const Zone& zone, std::string_view name, uint16_t qtype, const DNSPacket* packet)
{
  const auto rrsets = zone.find(name);
  d_kept = mayBeKept(rrsets, qtype, packet);
  Moment moment(d_random, packet, d_kept ? d_settings.rotate : std::chrono::milliseconds(0));
  // One row keeps all of them out of the query cache, of which another name's answer would be made without our knowing. A
  // denial has the scope of its last row (4.7, PacketHandler::emitNSEC).
  if (d_kept && packet == nullptr) {
    d_chosen.push_back(unseenInDenial());
  }
  const auto first = d_chosen.size();
  for (const auto& rrset : rrsets) {
    d_varies |= rrset.dependent() && (rrset.plan->whenDown() == WhenDown::NoData || rrset.plan->whenDown() == WhenDown::ServFail);
    if (qtype != QType::ANY && qtype != rrset.type) {
      continue;
    }
    if (packet == nullptr && std::find(d_withheld.begin(), d_withheld.end(), &rrset) != d_withheld.end()) {
      continue;
    }
    if (packet != nullptr && isClients(rrset)) {
      d_clientBits = packet->getRealRemote().getBits();
    }
    // A secondary that gets the zone as it would be answered draws nothing for anybody.
    switch (select(rrset, moment, d_chosen, d_liveZone != nullptr ? Draw::Everything : Draw::Some)) {
    case Outcome::NoData:
      if (packet != nullptr) {
        d_withheld.push_back(&rrset);
      }
      break;
    case Outcome::ServFail:
      refuse(rrset, rrsets, name, qtype, packet);
      break;
    case Outcome::Served:
    case Outcome::Down:
      break;
    }
  }
  if (qtype == QType::ANY && !rrsets.empty() && d_chosen.size() == first) {
    d_chosen.push_back(placeholder(d_askedName, packet));
  }
  else if (d_kept && packet != nullptr) {
    d_chosen.push_back(unseenInAnswer());
  }
  d_zoneIds.resize(d_chosen.size(), zone.id());
}

// An rrset that is down under WhenDown::ServFail: throws DBException, for which PowerDNS answers SERVFAIL, where it would be
// in the answer to the question. All else is answered as if it were not there, but that denials list its type.
void FailoverBackend::refuse(const RRset& rrset, std::span<const RRset> rrsets, std::string_view name, uint16_t qtype, const DNSPacket* packet)
{
  if (packet != nullptr) {
    const bool isWanted = packet->qtype != QType::ANY && isSent(rrset, packet->qtype.getCode(), rrsets); // ANY is content with what else there is
    if (isWanted && AnswerPath(*d_withheldFrom, lowered(packet->qdomain, d_questionBuffer)).includes(name)) {
      throw DBException("too few nodes of " + d_askedName.toLogString() + "|" + QType(rrset.type).toString() + " serve, and its policy is servfail");
    }
    return;
  }
  if (qtype == QType::ANY) {
    for (const auto& record : rrset.plan->single ? rrset.records.first(1) : rrset.records) {
      d_chosen.push_back({&record, &rrset, record.ttl});
    }
  }
}

const std::shared_ptr<void>& FailoverBackend::contentOf(const Chosen& chosen) noexcept
{
  const auto& [record, rrset, ttl] = chosen;
  if (rrset->plan != nullptr) {
    for (const auto& hinted : rrset->plan->hinted) {
      if (&rrset->records[hinted.record] == record) {
        return hinted.content([](const Owner& owner) { return owner.serving(); });
      }
    }
  }
  return record->content;
}

uint8_t FailoverBackend::scopeOf(const RRset& rrset) const noexcept
{
  // Not what each client has of its own, and not what an ALIAS leads to: its answer is made when some resolver has told.
  const bool kept = d_kept && !isPlaceholder(rrset) && !isClients(rrset) && rrset.type != QType::ALIAS;
  if (!d_varies && !rrset.volatileContent && (kept || !rrset.dependent())) {
    return 0;
  }
  // Any other value keeps an answer out of PowerDNS's packet and query cache (ueberbackend.cc, packethandler.cc), and is
  // the scope of an answer to a question with a client subnet (RFC 7871 §7.2.1).
  return isClients(rrset) ? std::max<uint8_t>(1, d_clientBits) : 1;
}
}
