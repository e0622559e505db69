// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "failoverbackend.hh"
#include <algorithm>
#include "runtimes.hh"
#include "wirename.hh"
#include "pdns/dnspacket.hh"

namespace failover
{
namespace
{
  // Rrsets beyond this make the first big answer of an instance allocate.
  constexpr size_t s_usualAnswer = 256;
  constexpr size_t s_usualWithheld = 16;

  // A packet's address and number are soon used again, its time of arrival is not. PowerDNS notes that over UDP only, and
  // uses it for nothing else over TCP. Never 0.
  uint64_t identityOf(DNSPacket& packet) noexcept
  {
    if (packet.d_dt.getTimeval().tv_sec == 0) {
      packet.d_dt.set();
    }
    const auto arrival = packet.d_dt.getTimeval();
    constexpr uint64_t microseconds = 1'000'000;
    const auto number = uint64_t{packet.d.id} << 48U | uint64_t{packet.getRemotePort()} << 32U;
    const auto identity = number ^ (static_cast<uint64_t>(arrival.tv_sec) * microseconds + static_cast<uint64_t>(arrival.tv_usec)) ^ reinterpret_cast<uintptr_t>(&packet);
    return std::max<uint64_t>(1, identity);
  }

  Settings settingsOf(const std::string& prefix)
  {
    try {
      return parseSettings([&](const std::string& key) { return ::arg()[prefix + "-" + key]; });
    }
    catch (const SettingsError& error) {
      throw PDNSException(prefix + "-" + error.what());
    }
  }
}

FailoverBackend::FailoverBackend(const std::string& suffix) :
  SqlBackend(suffix),
  d_settings(settingsOf("failover" + suffix)),
  d_pragmas{d_settings.journalMode, getArg("pragma-synchronous"), mustDo("pragma-foreign-keys")},
  d_dnssec(mustDo("dnssec")),
  d_runtime(runtimeFor(suffix, d_settings)),
  d_trace(::arg().parmIsset("consistent-backends") && ::arg().mustDo("consistent-backends")),
  d_random(std::random_device{}())
{
  if (d_runtime != nullptr) {
    d_answers = std::make_unique<Reader>(d_runtime->snapshots());
    d_details = std::make_unique<Reader>(d_runtime->snapshots());
    d_counts = d_runtime->answers().lease();
    d_asked = d_runtime->rotation().lease();
    d_chosen.reserve(s_usualAnswer);
    d_zoneIds.reserve(s_usualAnswer);
    d_withheld.reserve(s_usualWithheld);
  }
  else {
    try {
      reconnect();
    }
    catch (SSqlException& error) {
      throw PDNSException("failover" + suffix + "-database: " + error.txtReason());
    }
  }
}

void FailoverBackend::reconnect()
{
  connect(std::make_unique<SqlConnection>(d_settings.database, d_pragmas));
}

const Snapshot* FailoverBackend::newest(Reader* reader)
{
  return reader == nullptr || inTransaction() ? nullptr : reader->get();
}

std::string_view FailoverBackend::lowered(const DNSName& name, NameBuffer& buffer) noexcept
{
  const auto& storage = name.getStorage();
  const auto length = std::min(storage.size(), buffer.size());
  for (size_t i = 0; i < length; ++i) {
    buffer[i] = static_cast<char>(dns_tolower(static_cast<unsigned char>(storage[i]))); // label lengths are below 'A'
  }
  return {buffer.data(), length};
}

void FailoverBackend::lookup(const QType& qtype, const DNSName& qname, pdns_compat::ZoneId zoneId, DNSPacket* packet)
{
  if (packet != nullptr && inTransaction()) {
    // Never part of one: PowerDNS has left it open (4.7, rfc2136handler.cc, a prerequisite of a class that is none).
    abortTransaction();
  }
  if (packet != nullptr || d_storedZone != zoneId) {
    d_storedZone.reset();
  }
  const auto* snapshot = d_storedZone ? nullptr : newest(d_answers.get());
  if (snapshot == nullptr) {
    fromSql();
    GSQLBackend::lookup(qtype, qname, zoneId, packet);
    return;
  }
  d_source = Source::Snapshot;
  d_liveZone = nullptr;
  const auto question = packet != nullptr && qtype == QType::ANY ? identityOf(*packet) : 0;
  if (question != 0 && question == d_chosenFor && snapshot == d_withheldFrom && zoneId == d_askedZone && qname == d_askedName) {
    // PowerDNS asks for a name once to see whether it is delegated, and once to answer: it gets the same.
    d_next = 0;
    countAnswers(question, *snapshot, *snapshot->zoneById(zoneId), lowered(qname, d_nameBuffer), *packet);
    return;
  }
  d_chosenFor = 0;
  d_askedType = qtype;
  d_askedName = qname;
  d_askedZone = zoneId;
  d_chosen.clear();
  d_zoneIds.clear();
  d_next = 0;
  d_varies = false;
  d_kept = false;
  if (packet != nullptr || d_withheldFrom != snapshot) {
    d_withheld.clear();
    d_withheldFrom = snapshot;
  }
  const auto name = lowered(qname, d_nameBuffer);
  if (zoneId >= 0) {
    if (const auto* zone = snapshot->zoneById(zoneId)) {
      choose(*zone, name, qtype.getCode(), packet);
      if (question != 0) {
        countAnswers(question, *snapshot, *zone, name, *packet);
        d_chosenFor = question;
      }
    }
    return;
  }
  // Any zone, as SQL would look: each one that the name may lie in.
  for (auto apex = name; !apex.empty(); apex = parent(apex)) {
    if (const auto* zone = snapshot->zoneByApex(apex)) {
      choose(*zone, name, qtype.getCode(), packet);
    }
  }
}

bool FailoverBackend::get(DNSZoneRecord& record)
{
  if (d_source == Source::Sql) {
    return getStored(record);
  }
  while (d_next == d_chosen.size()) {
    if (!chooseNextName()) {
      return false;
    }
  }
  const auto& [chosen, rrset, ttl] = d_chosen[d_next];
  record.domain_id = static_cast<pdns_compat::ZoneId>(d_zoneIds[d_next]);
  const auto& content = contentOf(d_chosen[d_next]);
  ++d_next;
  record.auth = !d_dnssec || chosen->auth; // as GSQLBackend: without DNSSEC the column says nothing
  record.disabled = false;
  record.scopeMask = scopeOf(*rrset);
  record.signttl = 0;
  record.wildcardname.clear();
  record.dr.d_name = d_askedName; // in the case that was asked
  record.dr.d_type = rrset->type;
  record.dr.d_class = QClass::IN;
  record.dr.d_ttl = ttl;
  record.dr.d_clen = 0;
  record.dr.d_place = DNSResourceRecord::ANSWER;
  if (rrset->volatileContent) {
    // PowerDNS writes hints into such a record (doAdditionalProcessing), so it gets one of its own.
    pdns_compat::setContent(record.dr, pdns_compat::freshContent(rrset->type, content));
  }
  else {
    pdns_compat::setContent(record.dr, content);
  }
  return true;
}

// Records as text are what administration asks for (the API, dynamic updates): it must see what is stored.
bool FailoverBackend::get(DNSResourceRecord& record)
{
  if (d_source == Source::Snapshot) {
    fromSql();
    if (d_liveZone != nullptr) {
      GSQLBackend::list(pdns_compat::ZoneName(d_askedName), d_askedZone, false);
    }
    else {
      GSQLBackend::lookup(d_askedType, d_askedName, d_askedZone, nullptr);
    }
  }
  return GSQLBackend::get(record);
}

bool FailoverBackend::findSOA(const pdns_compat::ZoneName& zone, pdns_compat::ZoneId zoneId, SOAData& soa)
{
  if (newest(d_details.get()) == nullptr) {
    return findSqlSOA(zone, zoneId, soa);
  }
  lookup(QType(QType::SOA), pdns_compat::nameOf(zone), zoneId, nullptr);
  soa.db = nullptr;
  bool found = false;
  for (DNSZoneRecord record; get(record);) {
    fillSOAData(record, soa);
    pdns_compat::setZone(soa, zone);
    soa.db = this;
    found = true;
  }
  return found;
}
}
