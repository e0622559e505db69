// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstddef>
#include <string>
#include <vector>
#include "host.hh"

// CompiledCache: of a million records most lead to a few addresses. Those with equal type and content share one compiled
// content, which is made once. Contents are immutable, so records of any names and zones may share them; which may not,
// the host says (CompiledRecord::ownName).
// The cache is small and forgets: contents that repeat are few, the others do not stay.
// Thread: one.

namespace failover
{
class CompiledCache
{
public:
  // Borrows host: must outlive this.
  explicit CompiledCache(const Host& host) noexcept :
    d_host(host) { }

  // As Host::compile. Valid until the next call. Throws RecordError.
  [[nodiscard]] const CompiledRecord& compile(const RecordRow& row);

private:
  // Beyond the nodes of most stores; half a megabyte.
  static constexpr size_t s_slots = 4096;
  // Longer ones are texts, keys and signatures, which seldom repeat.
  static constexpr size_t s_longest = 100;

  struct Slot
  {
    std::string key;
    CompiledRecord record;
  };
  const Host& d_host;
  std::vector<Slot> d_slots;
  std::string d_key;
  CompiledRecord d_unshared; // the last one
};
}
