// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "zoneloader.hh"
#include <algorithm>
#include <array>
#include <limits>
#include <strings.h>
#include "columns.hh"
#include "zonefaults.hh"

namespace failover
{
namespace
{
  // Of all columns but domain_id, and of which table it is (salt).
  uint64_t rowHash(const Statement& row, int columns, uint64_t salt)
  {
    constexpr uint64_t prime = 0x100000001b3; // of FNV-1a; any odd number would do
    for (int column = 1; column < columns; ++column) {
      salt = (salt ^ row.hash(column)) * prime;
    }
    return salt ^ (salt >> 29);
  }

  // Columns of d_records, after domain_id.
  enum Column : int
  {
    Id = 1,
    Name,
    Type,
    Content,
    Prio,
    Ttl,
    Auth,
    Ordername,
    Disabled,
    Columns // how many
  };

  bool isOne(const Statement& row, int column)
  {
    return row.isInteger(column) ? row.integer(column) == 1 : row.text(column) == "1";
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

ZoneLoader::ZoneLoader(Database& database, const Host& host, const OwnerMap& owners, LoadProgress* progress) :
  d_host(host), d_owners(owners), d_progress(progress), d_compiled(host),
  d_domain(database, "SELECT id AS domain_id, name, type FROM domains WHERE true" ZONE_ROWS),
  d_metadata(database, "SELECT domain_id, kind, content, id FROM domainmetadata WHERE true" ZONE_ROWS),
  d_keys(database, "SELECT domain_id, content, id, flags, active, published FROM cryptokeys WHERE true" ZONE_ROWS),
  d_records(database, "SELECT domain_id, id, name, type, content, prio, ttl, auth, ordername, disabled FROM records WHERE disabled IS NOT 1" ZONE_ROWS),
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
  d_domain.seek(id);
  if (!d_domain.next()) {
    addOrphans(id, result);
    return result;
  }
  WireName apex;
  try {
    if (id < 0 || id > std::numeric_limits<int32_t>::max()) {
      throw RecordError("id: PowerDNS knows ids from 0 to 2147483647");
    }
    apex = d_host.wireName(textColumn(d_domain.row(), 1, "name"));
  }
  catch (const RecordError& error) {
    result.problems.add({"domains", idText(id), "'" + std::string(d_domain.row().text(1)) + "': " + error.what()});
    return result;
  }

  addKindProblem(id, result);
  ZoneBuilder builder(id, std::move(apex), d_owners);
  if (last != nullptr) {
    builder.reserve(*last);
  }
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
  const std::string kind(d_domain.row().text(2));
  if (std::none_of(kinds.begin(), kinds.end(), [&](const char* known) { return strcasecmp(known, kind.c_str()) == 0; })) {
    result.problems.add({"domains", idText(id), "'" + std::string(d_domain.row().text(1)) + "': type: '" + kind + "' is none of NATIVE, MASTER, SLAVE, PRODUCER, CONSUMER; PowerDNS takes it for NATIVE", RowProblem::Effect::Served});
  }
}

void ZoneLoader::loadDetails(ZoneBuilder& builder, Result& result)
{
  const auto& metadata = d_metadata.row();
  for (d_metadata.seek(builder.id()); d_metadata.next();) {
    builder.addRow(rowHash(metadata, 3, 1));
    const std::string kind(metadata.text(1));
    try {
      if (strcasecmp(kind.c_str(), "NSEC3PARAM") == 0) {
        (void)d_host.compile({metadata.integer(3), ".", kind, metadata.text(2), ""});
      }
    }
    catch (const RecordError& error) {
      // Without it PowerDNS would deny by NSEC over hashed names, which covers names that exist: rather no denial at all.
      result.problems.add({"domainmetadata", idText(metadata.integer(3)), "'" + toText(builder.apex()) + "' NSEC3PARAM: " + error.what() + "; until it is right, what does not exist is answered with SERVFAIL, and the zone is not transferred", RowProblem::Effect::Served});
    }
    builder.addMetadata(kind, std::string(metadata.text(2)));
  }
  const auto& key = d_keys.row();
  for (d_keys.seek(builder.id()); d_keys.next();) {
    builder.addRow(rowHash(key, 6, 2));
    try {
      d_host.checkKey(key.text(1));
      constexpr unsigned mostFlags = 65535; // RFC 4034 §2.1.1
      builder.addKey({std::string(key.text(1)), numberColumn(key, 2, "id", std::numeric_limits<unsigned>::max()), numberColumn(key, 3, "flags", mostFlags), key.integer(4) == 1, key.integer(5) == 1});
    }
    catch (const RecordError& error) {
      result.problems.add({"cryptokeys", idText(key.integer(2)), "'" + toText(builder.apex()) + "': " + error.what()});
    }
  }
}

void ZoneLoader::loadRecords(ZoneBuilder& builder, Result& result, const Zone* last)
{
  bool soaBroken = false;
  const bool withOrder = builder.wantsOrder();
  const auto& row = d_records.row();
  for (d_records.seek(builder.id()); d_records.next();) {
    auto effect = RowProblem::Effect::LeftOut;
    try {
      addRecord(builder);
      effect = RowProblem::Effect::Served;
      if (withOrder && !row.isNull(Ordername)) {
        requireOrdername();
      }
    }
    catch (const RecordError& error) {
      result.problems.add({"records", idText(row.integer(Id)), nameAndType(row, Name, Type) + ": " + error.what(), effect});
      soaBroken |= row.text(Type) == "SOA";
    }
    if (withOrder && effect == RowProblem::Effect::Served && !row.isNull(Ordername)) { // any: a chain without it would deny its owner
      builder.addOrder(std::string(row.text(Ordername)), std::string(row.text(Name)));
    }
    // Last: reading a column as text hides that it was none. A BLOB may have the bytes of the text that it takes the place
    // of; then what became of the row tells the two apart.
    builder.addRow(rowHash(row, Columns, effect == RowProblem::Effect::LeftOut ? 3 : 4));
    if (d_progress != nullptr) {
      d_progress->count();
    }
  }
  if (const auto* soa = soaBroken && !builder.hasSoa() && last != nullptr ? soaOf(*last) : nullptr) {
    CompiledRecord kept;
    kept.content = soa->content;
    kept.type = rrtype::soa;
    builder.addRecord(0, builder.apex(), kept, soa->ttl, soa->auth);
    result.problems.add({"domains", idText(builder.id()), "'" + toText(builder.apex()) + "': its SOA record is broken, and nothing would be served without it", RowProblem::Effect::Kept});
  }
}

void ZoneLoader::addRecord(ZoneBuilder& builder)
{
  const auto& columns = d_records.row();
  requireEnabled(columns, Disabled);
  const auto nameText = textColumn(columns, Name, "name");
  const RecordRow row{columns.integer(Id), nameText, textColumn(columns, Type, "type"), columns.text(Content), columns.text(Prio)};
  if (nameText.empty()) {
    throw RecordError(columns.isNull(Name) ? "name: is NULL" : "name: is empty; the root is '.'");
  }
  if (nameText != d_nameText) { // records of a name often stand together
    d_name = d_host.wireName(nameText);
    d_nameText = nameText;
  }
  if (!isWithin(d_name, builder.apex())) {
    throw RecordError("the name is not in zone '" + toText(builder.apex()) + "'");
  }
  const auto& record = d_compiled.compile(row);
  if (record.type == rrtype::soa && d_name != builder.apex()) {
    throw RecordError("an SOA record belongs to the name of its zone, '" + toText(builder.apex()) + "'");
  }
  builder.addRecord(row.id, d_name, record, ttlColumn(columns, Ttl, d_host.defaultTtl()), isOne(columns, Auth));
}

// Labels in reverse, between blanks (backends/gsql).
void ZoneLoader::requireOrdername()
{
  const auto text = textColumn(d_records.row(), Ordername, "ordername");
  std::string name(text);
  std::replace(name.begin(), name.end(), ' ', '.');
  if (!name.empty()) { // empty: the apex
    try {
      (void)d_host.wireName(name);
    }
    catch (const RecordError& error) {
      throw RecordError("ordername: '" + std::string(text) + "': " + error.what() + "; names beside it are answered with SERVFAIL where they do not exist; rectify the zone");
    }
  }
}
}
