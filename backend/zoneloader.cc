// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "zoneloader.hh"
#include <charconv>
#include <functional>

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

  // As PowerDNS reads the column (GSQLBackend::extractRecord): text, empty for NULL.
  uint32_t ttlOf(std::string_view text, const Host& host)
  {
    if (text.empty()) {
      return host.defaultTtl();
    }
    uint32_t ttl = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), ttl);
    if (error != std::errc{} || stop != text.data() + text.size()) {
      throw RecordError("ttl: '" + std::string(text) + "' is not a number of seconds");
    }
    return ttl;
  }
}

ZoneLoader::ZoneLoader(Database& database, const Host& host, const OwnerMap& owners, const Policies& policies) :
  d_database(database), d_host(host), d_owners(owners), d_policies(policies),
  d_domain(database, "SELECT name FROM domains WHERE id=?1"),
  d_metadata(database, "SELECT kind, content FROM domainmetadata WHERE domain_id=?1"),
  d_keys(database, "SELECT content, id, flags, active, published FROM cryptokeys WHERE domain_id=?1"),
  d_records(database, "SELECT id, name, type, content, prio, ttl, auth, ordername FROM records WHERE domain_id=?1 AND disabled=0")
{
}

std::vector<int64_t> ZoneLoader::allZones(Database& database)
{
  Statement domains(database, "SELECT id FROM domains");
  std::vector<int64_t> ids;
  while (domains.step()) {
    ids.push_back(domains.integer(0));
  }
  return ids;
}

ZoneLoader::Result ZoneLoader::load(int64_t id)
{
  Result result;
  d_domain.reset();
  if (!d_domain.bind(1, id).step()) {
    return result;
  }
  WireName apex;
  try {
    apex = d_host.wireName(d_domain.text(0));
  }
  catch (const RecordError& error) {
    result.problems.push_back({"domains", "id " + std::to_string(id), error.what()});
    return result;
  }

  ZoneBuilder builder(id, std::move(apex), d_owners, d_policies);
  d_metadata.reset();
  d_metadata.bind(1, id);
  while (d_metadata.step()) {
    builder.addRow(rowHash(d_metadata, 2, 1));
    builder.addMetadata(std::string(d_metadata.text(0)), std::string(d_metadata.text(1)));
  }
  d_keys.reset();
  d_keys.bind(1, id);
  while (d_keys.step()) {
    builder.addRow(rowHash(d_keys, 5, 2));
    builder.addKey({std::string(d_keys.text(0)), static_cast<unsigned>(d_keys.integer(1)), static_cast<unsigned>(d_keys.integer(2)), d_keys.integer(3) == 1, d_keys.integer(4) == 1});
  }
  const bool withOrder = builder.wantsOrder();
  d_records.reset();
  d_records.bind(1, id);
  while (d_records.step()) {
    addRecord(builder, result, withOrder);
  }
  d_records.reset();
  result.zone = builder.build();
  return result;
}

void ZoneLoader::addRecord(ZoneBuilder& builder, Result& result, bool withOrder)
{
  builder.addRow(rowHash(d_records, 8, 3));
  const RecordRow row{d_records.integer(0), d_records.text(1), d_records.text(2), d_records.text(3), d_records.text(4)};
  try {
    builder.addRecord(d_host.wireName(row.name), d_host.compile(row), ttlOf(d_records.text(5), d_host), d_records.text(6) == "1");
    if (withOrder && !d_records.isNull(7)) {
      builder.addOrder(std::string(d_records.text(7)), std::string(row.name));
    }
  }
  catch (const RecordError& error) {
    result.problems.push_back({"records", "id " + std::to_string(row.id), "'" + std::string(row.name) + "' " + std::string(row.type) + ": " + error.what()});
  }
}
}
