// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "zoneloader.hh"
#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <strings.h>
#include "columns.hh"
#include "zonefaults.hh"

namespace failover
{
namespace
{
  // Of the first `columns` columns of a row, and of which table it is (salt).
  uint64_t rowHash(const Statement& row, int columns, uint64_t salt)
  {
    constexpr uint64_t prime = 0x100000001b3; // of FNV-1a; any odd number would do
    for (int column = 0; column < columns; ++column) {
      salt = (salt ^ std::hash<std::string_view>{}(row.text(column))) * prime + static_cast<uint64_t>(row.isNull(column));
    }
    return salt ^ (salt >> 29);
  }

  std::string idText(int64_t id)
  {
    return "id " + std::to_string(id);
  }

  std::string nameAndType(const Statement& row, int name, int type)
  {
    const auto part = [&row](int column) { return row.isNull(column) ? std::string("NULL") : std::string(row.text(column)); };
    return "'" + part(name) + "' " + part(type);
  }

  // The only one, or null.
  const Record* soaOf(const Zone& zone) noexcept
  {
    const auto* const soa = rrsetOf(zone.find(zone.apex()), rrtype::soa);
    return soa == nullptr ? nullptr : soa->records.data();
  }
}

ZoneLoader::ZoneLoader(Database& database, const Host& host, const OwnerMap& owners) :
  d_host(host), d_owners(owners),
  d_domain(database, "SELECT name, type FROM domains WHERE id=?1"),
  d_metadata(database, "SELECT kind, content, id FROM domainmetadata WHERE domain_id=?1"),
  d_keys(database, "SELECT content, id, flags, active, published FROM cryptokeys WHERE domain_id=?1"),
  d_records(database, "SELECT id, name, type, content, prio, ttl, auth, ordername, disabled FROM records WHERE domain_id=?1 AND disabled IS NOT 1"),
  d_orphans(database, "SELECT id, name, type, count(*) OVER () FROM records WHERE domain_id=?1 ORDER BY id LIMIT 1")
{
}

std::vector<int64_t> ZoneLoader::allZones(Database& database)
{
  // From one id to the next by the index: reading every record to find the few ids would take as long as half a load.
  Statement ids(database,
    "WITH RECURSIVE used(id) AS (SELECT min(domain_id) FROM records UNION ALL"
    " SELECT (SELECT min(domain_id) FROM records WHERE domain_id > used.id) FROM used WHERE used.id IS NOT NULL)"
    " SELECT id FROM domains UNION SELECT id FROM used WHERE typeof(id) = 'integer'");
  std::vector<int64_t> all;
  while (ids.step()) {
    all.push_back(ids.integer(0));
  }
  return all;
}

Problems ZoneLoader::strayRecords(Database& database)
{
  // Text and BLOBs sort behind all numbers. Our triggers refuse them, but a database may have them from before.
  Statement rows(database, "SELECT id, name, type, domain_id FROM records WHERE domain_id IS NULL OR domain_id >= ''");
  Problems problems;
  while (rows.step()) {
    problems.add({"records", idText(rows.integer(0)), nameAndType(rows, 1, 2) + ": domain_id: " + (rows.isNull(3) ? "NULL" : "'" + std::string(rows.text(3)) + "'") + " is no zone's id"});
  }
  return problems;
}

void ZoneLoader::addOrphans(int64_t id, Result& result)
{
  d_orphans.reset();
  if (d_orphans.bind(1, id).step()) {
    result.problems.add({"records", idText(d_orphans.integer(0)), nameAndType(d_orphans, 1, 2) + ": domain_id: there is no zone " + std::to_string(id) + " (" + std::to_string(d_orphans.integer(3)) + " records have this domain_id)"});
    d_orphans.reset();
  }
}

ZoneLoader::Result ZoneLoader::load(int64_t id, const Zone* last)
{
  Result result;
  d_domain.reset();
  if (!d_domain.bind(1, id).step()) {
    addOrphans(id, result);
    return result;
  }
  WireName apex;
  try {
    if (id < 0 || id > std::numeric_limits<int32_t>::max()) {
      throw RecordError("id: PowerDNS knows ids from 0 to 2147483647");
    }
    apex = d_host.wireName(textColumn(d_domain, 0, "name"));
  }
  catch (const RecordError& error) {
    result.problems.add({"domains", idText(id), "'" + std::string(d_domain.text(0)) + "': " + error.what()});
    return result;
  }

  addKindProblem(id, result);
  ZoneBuilder builder(id, std::move(apex), d_owners);
  loadDetails(builder, result);
  loadRecords(builder, result, last != nullptr && last->apex() == builder.apex() ? last : nullptr);
  std::vector<ZoneBuilder::Surplus> surplus;
  result.zone = builder.build(surplus);
  for (const auto& row : surplus) {
    result.problems.add(surplusProblem(row));
  }
  findZoneFaults(*result.zone, result.problems);
  return result;
}

void ZoneLoader::addKindProblem(int64_t id, Result& result)
{
  constexpr std::array kinds{"NATIVE", "MASTER", "SLAVE", "PRODUCER", "CONSUMER", "PRIMARY", "SECONDARY"};
  const std::string kind(d_domain.text(1));
  if (std::none_of(kinds.begin(), kinds.end(), [&](const char* known) { return strcasecmp(known, kind.c_str()) == 0; })) {
    result.problems.add({"domains", idText(id), "'" + std::string(d_domain.text(0)) + "': type: '" + kind + "' is none of NATIVE, MASTER, SLAVE, PRODUCER, CONSUMER; PowerDNS takes it for NATIVE", RowProblem::Effect::Served});
  }
}

void ZoneLoader::loadDetails(ZoneBuilder& builder, Result& result)
{
  d_metadata.reset();
  d_metadata.bind(1, builder.id());
  while (d_metadata.step()) {
    builder.addRow(rowHash(d_metadata, 2, 1));
    const std::string kind(d_metadata.text(0));
    try {
      if (strcasecmp(kind.c_str(), "NSEC3PARAM") == 0) {
        (void)d_host.compile({d_metadata.integer(2), ".", kind, d_metadata.text(1), ""});
      }
    }
    catch (const RecordError& error) {
      // Without it PowerDNS would deny by NSEC over hashed names, which covers names that exist: rather no denial at all.
      result.problems.add({"domainmetadata", idText(d_metadata.integer(2)), "'" + toText(builder.apex()) + "' NSEC3PARAM: " + error.what() + "; until it is right, what does not exist is answered with SERVFAIL, and the zone is not transferred", RowProblem::Effect::Served});
    }
    builder.addMetadata(kind, std::string(d_metadata.text(1)));
  }
  d_keys.reset();
  d_keys.bind(1, builder.id());
  while (d_keys.step()) {
    builder.addRow(rowHash(d_keys, 5, 2));
    try {
      d_host.checkKey(d_keys.text(0));
      constexpr unsigned mostFlags = 65535; // RFC 4034 §2.1.1
      builder.addKey({std::string(d_keys.text(0)), numberColumn(d_keys, 1, "id", std::numeric_limits<unsigned>::max()), numberColumn(d_keys, 2, "flags", mostFlags), d_keys.integer(3) == 1, d_keys.integer(4) == 1});
    }
    catch (const RecordError& error) {
      result.problems.add({"cryptokeys", idText(d_keys.integer(1)), "'" + toText(builder.apex()) + "': " + error.what()});
    }
  }
}

void ZoneLoader::loadRecords(ZoneBuilder& builder, Result& result, const Zone* last)
{
  bool soaBroken = false;
  const bool withOrder = builder.wantsOrder();
  d_records.reset();
  d_records.bind(1, builder.id());
  while (d_records.step()) {
    auto effect = RowProblem::Effect::LeftOut;
    try {
      addRecord(builder, d_records.integer(0));
      effect = RowProblem::Effect::Served;
      if (withOrder && !d_records.isNull(7)) {
        requireOrdername();
      }
    }
    catch (const RecordError& error) {
      result.problems.add({"records", idText(d_records.integer(0)), nameAndType(d_records, 1, 2) + ": " + error.what(), effect});
      soaBroken |= d_records.text(2) == "SOA";
    }
    if (withOrder && effect == RowProblem::Effect::Served && !d_records.isNull(7)) { // any: a chain without it would deny its owner
      builder.addOrder(std::string(d_records.text(7)), std::string(d_records.text(1)));
    }
    // Last: reading a column as text hides that it was none. A BLOB may have the bytes of the text that it takes the place
    // of; then what became of the row tells the two apart.
    builder.addRow(rowHash(d_records, 9, effect == RowProblem::Effect::LeftOut ? 3 : 4));
  }
  d_records.reset();
  if (const auto* soa = soaBroken && !builder.hasSoa() && last != nullptr ? soaOf(*last) : nullptr) {
    CompiledRecord kept;
    kept.content = soa->content;
    kept.type = rrtype::soa;
    builder.addRecord(0, builder.apex(), std::move(kept), soa->ttl, soa->auth);
    result.problems.add({"domains", idText(builder.id()), "'" + toText(builder.apex()) + "': its SOA record is broken, and nothing would be served without it", RowProblem::Effect::Kept});
  }
}

void ZoneLoader::addRecord(ZoneBuilder& builder, int64_t id)
{
  requireEnabled(d_records, 8);
  const auto nameText = textColumn(d_records, 1, "name");
  const RecordRow row{id, nameText, textColumn(d_records, 2, "type"), d_records.text(3), d_records.text(4)};
  if (nameText.empty()) {
    throw RecordError(d_records.isNull(1) ? "name: is NULL" : "name: is empty; the root is '.'");
  }
  const auto name = d_host.wireName(nameText);
  if (!isWithin(name, builder.apex())) {
    throw RecordError("the name is not in zone '" + toText(builder.apex()) + "'");
  }
  auto record = d_host.compile(row);
  if (record.type == rrtype::soa && name != builder.apex()) {
    throw RecordError("an SOA record belongs to the name of its zone, '" + toText(builder.apex()) + "'");
  }
  builder.addRecord(id, name, std::move(record), ttlColumn(d_records, 5, d_host.defaultTtl()), d_records.text(6) == "1");
}

// Labels in reverse, between blanks (backends/gsql).
void ZoneLoader::requireOrdername()
{
  std::string name(textColumn(d_records, 7, "ordername"));
  std::replace(name.begin(), name.end(), ' ', '.');
  if (!name.empty()) { // empty: the apex
    try {
      (void)d_host.wireName(name);
    }
    catch (const RecordError& error) {
      throw RecordError("ordername: '" + std::string(d_records.text(7)) + "': " + error.what() + "; names beside it are answered with SERVFAIL where they do not exist; rectify the zone");
    }
  }
}
}
