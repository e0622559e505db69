// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <algorithm>
#include <cstddef>
#include <vector>
#include "backend/snapshot.hh"
#include "backend/target.hh"
#include "backend/zone.hh"

// What reports on the whole store walk over, and how they keep short. Thread: any.

namespace failover
{
// The first few of many; the others are counted.
template <typename T>
class Listed
{
public:
  explicit Listed(size_t most = 20) noexcept :
    d_most(most) { }

  // make(): the entry; called only where it is kept.
  template <typename Make>
  void add(Make make)
  {
    if (++d_total <= d_most) {
      d_listed.push_back(make());
    }
  }
  [[nodiscard]] size_t total() const noexcept { return d_total; }
  [[nodiscard]] size_t unlisted() const noexcept { return d_total - d_listed.size(); }
  [[nodiscard]] const std::vector<T>& listed() const noexcept { return d_listed; }

private:
  size_t d_most;
  size_t d_total{0};
  std::vector<T> d_listed;
};

// Whether some record leads to a node: else it is dependent for its hints at most.
[[nodiscard]] inline bool leadsToNodes(const RRset& rrset)
{
  return std::any_of(rrset.records.begin(), rrset.records.end(), [](const Record& record) { return record.owner != nullptr; });
}

// Whether an rrset is the addresses of a node's own host name. They lead to that node alone because that is what the name
// is for: no finding, and nothing to be said when the node leaves.
[[nodiscard]] inline bool isOwnName(const WireName& name, const RRset& rrset, const OwnerMap& owners)
{
  const auto own = owners.find(hostTarget(name));
  return (rrset.type == rrtype::a || rrset.type == rrtype::aaaa) && own != owners.end() && own->second->members().size() == 1
    && std::all_of(rrset.records.begin(), rrset.records.end(), [&](const Record& record) { return record.owner != nullptr && record.owner->identity() == own->second->identity(); });
}

// visit(zone, name, rrset): every rrset that is answered as such, once; glue is not.
template <typename Visit>
void forEachRRset(const Snapshot& snapshot, Visit visit)
{
  snapshot.forEachZone([&](const Zone& zone) {
    zone.forEachName([&](std::string_view relative, std::span<const RRset> rrsets) {
      const auto name = WireName(relative) += zone.apex();
      if (zone.isDelegated(name)) {
        return;
      }
      for (const auto& rrset : rrsets) {
        visit(zone, name, rrset);
      }
    });
  });
}
}
