// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "followindex.hh"

namespace failover
{
namespace
{
  // The labels in reverse, each with its length, without the root's: names below have this one's key at their beginning.
  std::string keyOf(std::string_view name)
  {
    std::string key;
    for (; name.size() > 1; name = parent(name)) {
      key.insert(0, name.substr(0, 1 + static_cast<unsigned char>(name.front())));
    }
    return key;
  }
}

void FollowIndex::add(int64_t zone, const std::vector<WireName>& names)
{
  for (const auto& name : names) {
    d_zones[keyOf(name)].insert(zone);
  }
}

void FollowIndex::remove(int64_t zone, const std::vector<WireName>& names)
{
  for (const auto& name : names) {
    if (const auto found = d_zones.find(keyOf(name)); found != d_zones.end()) {
      found->second.erase(zone);
      if (found->second.empty()) {
        d_zones.erase(found);
      }
    }
  }
}

void FollowIndex::collect(std::string_view apex, std::set<int64_t>& zones) const
{
  const auto key = keyOf(apex);
  for (auto name = d_zones.lower_bound(key); name != d_zones.end() && name->first.starts_with(key); ++name) {
    zones.insert(name->second.begin(), name->second.end());
  }
}
}
