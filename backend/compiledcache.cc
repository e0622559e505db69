// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "compiledcache.hh"
#include <functional>

namespace failover
{
const CompiledRecord& CompiledCache::compile(const RecordRow& row)
{
  constexpr size_t longestPrio = 9; // its length is one character of the key, which tells where the content begins
  if (row.content.size() > s_longest || row.prio.size() > longestPrio) {
    d_unshared = d_host.compile(row);
    return d_unshared;
  }
  d_key.assign(row.type).push_back('\0');
  d_key += static_cast<char>(row.prio.size());
  d_key.append(row.prio).append(row.content);
  d_slots.resize(s_slots); // at the first call
  auto& slot = d_slots[std::hash<std::string>{}(d_key) % s_slots];
  if (slot.key == d_key) {
    return slot.record;
  }
  auto record = d_host.compile(row);
  if (record.ownName) {
    d_unshared = std::move(record);
    return d_unshared;
  }
  slot.key = d_key;
  slot.record = std::move(record);
  return slot.record;
}
}
