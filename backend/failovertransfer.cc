// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "failoverbackend.hh"
#include <strings.h>
#include "probe/printable.hh"
#include "recordroom.hh"

// FailoverBackend's part in transfers.
//
// Lists of a whole zone are as stored, for administration and by default for transfers, too: the serial does not move
// with health, so a secondary would keep the records of one moment. A zone with the metadata X-FAILOVER-AXFR "live" is
// transferred as it would be answered.
//
// Of all that lists a zone in a server, only an outgoing transfer (tcpreceiver.cc) fetches parsed records; the API's
// export and rectifying fetch text. So list() leaves open what is listed until the first get().

namespace failover
{
namespace
{
  constexpr std::string_view s_kind = "X-FAILOVER-AXFR";

  bool equal(const std::string& text, const char* word) noexcept
  {
    return strcasecmp(text.c_str(), word) == 0;
  }

  // Throws as parsing it does, and RecordError. Costs nothing for all but very long ones.
  void requireRoomOf(const DNSResourceRecord& row)
  {
    if (!surelyHasRoom(row.content.size())) {
      requireRoom(*pdns_compat::makeContent(row.qtype.getCode(), row.content));
    }
  }
}

// Null: it is transferred as stored.
const Zone* FailoverBackend::findLive(const pdns_compat::ZoneName& apex, pdns_compat::ZoneId zoneId)
{
  const auto* snapshot = newest(d_answers.get());
  const auto* zone = snapshot != nullptr ? snapshot->zoneById(zoneId) : nullptr;
  if (zone == nullptr) {
    return nullptr;
  }
  const auto wish = zone->metadata().find(s_kind);
  if (wish == zone->metadata().end() || wish->second.empty() || equal(wish->second.front(), "stored")) {
    return nullptr;
  }
  if (!equal(wish->second.front(), "live")) {
    d_runtime->warn("zone " + apex.toLogString() + ": metadata " + std::string(s_kind) + " '" + printable(wish->second.front(), 100) + "' is neither live nor stored; taken for stored");
    return nullptr;
  }
  return zone;
}

bool FailoverBackend::list(const pdns_compat::ZoneName& target, pdns_compat::ZoneId zoneId, bool includeDisabled)
{
  d_liveZone = includeDisabled ? nullptr : findLive(target, zoneId);
  if (d_liveZone == nullptr) {
    fromSql();
    d_storedZone = zoneId; // what the transfer looks up on its way (addresses for SVCB's automatic hints) belongs to it
    return GSQLBackend::list(target, zoneId, includeDisabled);
  }
  d_source = Source::Snapshot;
  d_storedZone.reset();
  d_askedName = pdns_compat::nameOf(target);
  d_askedZone = zoneId;
  d_chosen.clear();
  d_chosenFor = 0;
  d_next = 0;
  d_withheld.clear(); // it is no question's denial
  d_liveName = 0;
  return true;
}

// As DNSBackend::get, except that a row which PowerDNS cannot parse does not end a whole transfer: it is left out, as it is
// from the snapshot, whose log names it.
bool FailoverBackend::getStored(DNSZoneRecord& record)
{
  for (DNSResourceRecord row; GSQLBackend::get(row);) {
    if (row.qtype == QType::TXT && !row.content.empty() && row.content.front() != '"') {
      row.content = '"' + row.content + '"';
    }
    try {
      requireRoomOf(row);
      record.dr = DNSRecord(row);
    }
    catch (const std::exception&) {
      continue;
    }
    catch (const PDNSException&) {
      continue;
    }
    record.auth = row.auth;
    record.domain_id = row.domain_id;
    record.scopeMask = row.scopeMask;
    return true;
  }
  return false;
}

bool FailoverBackend::chooseNextName()
{
  if (d_liveZone == nullptr || d_liveName == d_liveZone->nameCount()) {
    return false;
  }
  d_chosen.clear();
  d_zoneIds.clear();
  d_next = 0;
  const auto name = d_liveZone->nameAt(d_liveName);
  ++d_liveName;
  d_askedName = pdns_compat::nameOf(name);
  choose(*d_liveZone, name, QType::ANY, nullptr);
  return true;
}

// PowerDNS has compared serials in the store. Who is notified then asks for the new one, and would take an older one of
// ours to mean that nothing is new, for good: PowerDNS does not notify twice.
void FailoverBackend::zonesToNotify(const std::vector<DomainInfo>& zones)
{
  if (!zones.empty()) {
    written(true);
  }
}

bool FailoverBackend::listSubZone(const pdns_compat::ZoneName& zone, pdns_compat::ZoneId zoneId)
{
  fromSql();
  return GSQLBackend::listSubZone(zone, zoneId);
}
}
