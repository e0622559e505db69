// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "zonefaults.hh"
#include <algorithm>

namespace failover
{
namespace
{
  // What may stand beside a CNAME: what DNSSEC says about the name (RFC 4034 §3, §4), and a placeholder.
  bool goesWithCname(uint16_t type) noexcept
  {
    constexpr uint16_t sig = 24;
    constexpr uint16_t key = 25;
    constexpr uint16_t rrsig = 46;
    constexpr uint16_t nsec = 47;
    return type == 0 || type == rrtype::cname || type == sig || type == key || type == rrsig || type == nsec;
  }
}

void findZoneFaults(const Zone& zone, Problems& problems)
{
  if (zone.recordCount() > 0 && rrsetOf(zone.find(zone.apex()), rrtype::soa) == nullptr) {
    problems.add({"domains", "id " + std::to_string(zone.id()), "'" + toText(zone.apex()) + "' has records, but no SOA record at its apex: nothing of it is served"});
  }
  zone.forEachName([&](std::string_view relative, std::span<const RRset> rrsets) {
    if (rrsets.size() > 1 && rrsetOf(rrsets, rrtype::cname) != nullptr
      && !std::all_of(rrsets.begin(), rrsets.end(), [](const RRset& rrset) { return goesWithCname(rrset.type); })) {
      problems.add({"records", "'" + toText(std::string(relative) + zone.apex()) + "' CNAME", "other data stands beside it, which only questions for CNAME and ANY can find (RFC 1034, section 3.6.2)", RowProblem::Effect::Served});
    }
  });
}

RowProblem surplusProblem(const ZoneBuilder::Surplus& row)
{
  const std::string type = row.type == rrtype::soa ? "SOA" : row.type == rrtype::cname ? "CNAME"
                                                                                       : "DNAME";
  const std::string alternatives = row.type == rrtype::cname ? ", unless they lead to nodes" : "";
  return {"records", "id " + std::to_string(row.row), "'" + toText(row.name) + "' " + type + ": a name has one " + type + " record at most" + alternatives + "; that of id " + std::to_string(row.keptRow) + ", which was there before, is served"};
}
}
