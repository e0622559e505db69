// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>
#include "zone.hh"

// ZoneTable: zones by a hash of their id or apex. One vector with open addressing: with 100,000 zones each step to another
// place in memory is a cache miss for nearly every query, and std::unordered_map takes four.
// Thread: one writes; any read what is not written any more.

namespace failover
{
class ZoneTable
{
public:
  using ZonePtr = std::shared_ptr<const Zone>;

  // The zone with this hash for which matches(zone) holds, or null.
  template <typename Matches>
  [[nodiscard]] const Zone* find(uint64_t hash, Matches matches) const noexcept
  {
    const auto slot = place(hash, matches);
    return slot < d_slots.size() ? d_slots[slot].zone.get() : nullptr;
  }

  // REQUIRES: there is none that is equal.
  void insert(uint64_t hash, ZonePtr zone)
  {
    constexpr size_t least = 4;
    if (4 * (d_count + 1) > 3 * d_slots.size()) { // short ways to a free slot
      auto old = std::exchange(d_slots, std::vector<Slot>(d_slots.empty() ? least : 2 * d_slots.size()));
      for (auto& slot : old) {
        if (slot.zone) {
          d_slots[freeSlot(slot.hash)] = std::move(slot);
        }
      }
    }
    d_slots[freeSlot(hash)] = {hash, std::move(zone)};
    ++d_count;
  }

  // Does nothing where there is none.
  template <typename Matches>
  void erase(uint64_t hash, Matches matches) noexcept
  {
    auto gap = place(hash, matches);
    if (gap >= d_slots.size()) {
      return;
    }
    --d_count;
    // What has been moved on because of a zone before it moves back: no search ends before it.
    const auto mask = d_slots.size() - 1;
    for (auto slot = (gap + 1) & mask; d_slots[slot].zone; slot = (slot + 1) & mask) {
      if (((slot - home(d_slots[slot].hash)) & mask) >= ((slot - gap) & mask)) {
        d_slots[gap] = std::move(d_slots[slot]);
        gap = slot;
      }
    }
    d_slots[gap] = {};
  }

  template <typename Visit>
  void forEach(Visit visit) const
  {
    for (const auto& slot : d_slots) {
      if (slot.zone) {
        visit(*slot.zone);
      }
    }
  }

private:
  struct Slot
  {
    uint64_t hash{0};
    ZonePtr zone; // null: free
  };
  // By the upper half: the lower one has chosen the table (Snapshot).
  [[nodiscard]] size_t home(uint64_t hash) const noexcept { return static_cast<size_t>(hash >> 32) & (d_slots.size() - 1); }
  [[nodiscard]] size_t freeSlot(uint64_t hash) const noexcept
  {
    auto slot = home(hash);
    while (d_slots[slot].zone) {
      slot = (slot + 1) & (d_slots.size() - 1);
    }
    return slot;
  }
  // d_slots.size() or more where there is none.
  template <typename Matches>
  [[nodiscard]] size_t place(uint64_t hash, Matches matches) const noexcept
  {
    if (d_slots.empty()) {
      return 0;
    }
    auto slot = home(hash);
    while (d_slots[slot].zone && (d_slots[slot].hash != hash || !matches(*d_slots[slot].zone))) {
      slot = (slot + 1) & (d_slots.size() - 1);
    }
    return d_slots[slot].zone ? slot : d_slots.size();
  }

  std::vector<Slot> d_slots; // a power of two, at most three quarters taken
  size_t d_count{0};
};
}
