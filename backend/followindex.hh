// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>
#include "wirename.hh"

// FollowIndex: which zones have looked at names of other zones to find the nodes behind their records (Zone::followed), so
// that a changed zone leads to those that it concerns, and to no others.
// Thread: one at a time. Throws only std::bad_alloc.

namespace failover
{
class FollowIndex
{
public:
  void add(int64_t zone, const std::vector<WireName>& names);
  void remove(int64_t zone, const std::vector<WireName>& names);
  // Adds to `zones` those that have looked at `apex` or a name below it, whether or not there is such a zone.
  void collect(std::string_view apex, std::set<int64_t>& zones) const;

private:
  // By the name's labels, the last first, so that what is below a name stands behind it.
  std::map<std::string, std::set<int64_t>> d_zones;
};
}
