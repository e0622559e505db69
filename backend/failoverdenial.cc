// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "failoverbackend.hh"
#include <algorithm>
#include <boost/algorithm/string.hpp>

// FailoverBackend's denial of existence: the neighbours of a name that does not exist, from the snapshot's order
// names. They are stored as PowerDNS stores them: labels reversed, separated by blanks (backends/gsql).

namespace failover
{
namespace
{
  // Throws DBException: one that is no name is served nonetheless, since a chain without it would deny its owner.
  DNSName nameOf(const std::string& ordername)
  {
    try {
      return DNSName(boost::replace_all_copy(ordername, " ", ".")).labelReverse();
    }
    catch (const std::exception&) {
      throw DBException("records.ordername is no name; rectify the zone"); // which one the store's problems say
    }
  }
}

bool FailoverBackend::getBeforeAndAfterNamesAbsolute(pdns_compat::OrderZoneId id, const DNSName& qname, DNSName& unhashed, DNSName& before, DNSName& after)
{
  const auto* snapshot = newest(d_details.get());
  const auto* zone = snapshot != nullptr ? snapshot->zoneById(id) : nullptr;
  if (zone == nullptr || !d_dnssec || !zone->hasOrder()) {
    return GSQLBackend::getBeforeAndAfterNamesAbsolute(id, qname, unhashed, before, after);
  }
  const auto& order = zone->order();
  if (order.empty()) { // signed, but never rectified
    after.clear();
    if (before.empty()) {
      unhashed.clear();
    }
    else {
      before = qname;
    }
    return true;
  }
  const auto wanted = qname.labelReverse().toString(" ", false);
  const auto next = std::upper_bound(order.begin(), order.end(), wanted, [](const std::string& name, const Zone::OrderName& entry) { return name < entry.ordername; });
  after = nameOf(next != order.end() ? next->ordername : order.front().ordername);
  if (!before.empty()) { // the caller knows it
    before = qname;
    return true;
  }
  // Before the first one comes the last one; the order is a ring.
  const auto& previous = next != order.begin() ? *std::prev(next) : order.back();
  before = nameOf(previous.ordername);
  unhashed = DNSName(previous.name);
  return true;
}
}
