// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "askednames.hh"
#include <algorithm>

namespace failover
{
AskedNames::AskedNames(size_t room) :
  d_ring(new char[room]), // not initialized: so much of it is real memory as has been used
  d_mask(room - 1)
{
}

bool AskedNames::note(std::string_view name) noexcept
{
  // One question makes several lookups, and visit() leaves the newest name in the ring.
  if (d_newestSize != 0 && name == std::string_view(d_newest.data(), d_newestSize)) {
    return true;
  }
  auto place = d_end.load(std::memory_order_relaxed);
  if (name.size() > s_longestName || place + 1 + name.size() - d_begin.load(std::memory_order_acquire) > d_mask + 1) {
    return false;
  }
  at(place++) = static_cast<char>(name.size());
  for (const char byte : name) {
    at(place++) = byte;
  }
  std::copy(name.begin(), name.end(), d_newest.begin());
  d_newestSize = name.size();
  d_end.store(place, std::memory_order_release);
  return true;
}
}
