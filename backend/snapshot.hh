// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <unordered_set>
#include <vector>
#include "zone.hh"
#include "zonetable.hh"

// Snapshot: every zone of the store at one moment. Immutable. The next one is made from it by SnapshotEdit and
// shares all zones, and all shards of the table, that did not change: one changed zone among 100,000 copies a few
// hundred pointers.
// Thread: any, once published.

namespace failover
{
class Snapshot
{
public:
  // Null when there is no such zone. `apex` is lower-case wire form.
  [[nodiscard]] const Zone* zoneById(int64_t id) const noexcept;
  [[nodiscard]] const Zone* zoneByApex(std::string_view apex) const noexcept;
  // The one that PowerDNS asks for a name (lower-case wire form): the closest.
  [[nodiscard]] const Zone* zoneOf(std::string_view name) const noexcept;

  void forEachZone(const std::function<void(const Zone&)>& visit) const;
  // Those with redirects(): few, where most zones keep to themselves.
  void forEachRedirecting(const std::function<void(const Zone&)>& visit) const;

  [[nodiscard]] size_t zoneCount() const noexcept { return d_zoneCount; }
  [[nodiscard]] size_t recordCount() const noexcept { return d_recordCount; }

private:
  friend class SnapshotEdit;
  static constexpr size_t s_shards = 256;
  using Shards = std::array<std::shared_ptr<const ZoneTable>, s_shards>;
  static uint64_t hashOf(int64_t id) noexcept { return static_cast<uint64_t>(id) * 0x9e3779b97f4a7c15; } // to both halves
  static uint64_t hashOf(std::string_view apex) noexcept { return std::hash<std::string_view>{}(apex); }
  static void forEach(const Shards& shards, const std::function<void(const Zone&)>& visit);
  template <typename Key, typename Matches>
  static const Zone* find(const Shards& shards, Key key, Matches matches) noexcept
  {
    const auto hash = hashOf(key);
    const auto& shard = shards[hash % s_shards];
    return shard ? shard->find(hash, matches) : nullptr;
  }

  Shards d_byId;
  Shards d_byApex;
  Shards d_redirecting; // by id
  size_t d_zoneCount{0};
  size_t d_recordCount{0};
};

// Makes the next snapshot. Thread: one.
class SnapshotEdit
{
public:
  // From `base`, or from nothing when it is null.
  explicit SnapshotEdit(const Snapshot* base);

  // Puts a zone in, instead of one with the same id or apex. It may still be linked before finish().
  void put(std::shared_ptr<const Zone> zone);
  // Does nothing when there is none.
  void remove(int64_t id);
  [[nodiscard]] const Zone* find(int64_t id) const noexcept { return d_next->zoneById(id); }
  [[nodiscard]] const Zone* findByApex(std::string_view apex) const noexcept { return d_next->zoneByApex(apex); }

  // REQUIRES: called once, last.
  [[nodiscard]] std::shared_ptr<const Snapshot> finish();

private:
  // Shards that this edit has copied and may write to.
  using OwnShards = std::array<std::shared_ptr<ZoneTable>, Snapshot::s_shards>;
  static ZoneTable& writable(Snapshot::Shards& shards, OwnShards& own, uint64_t hash);

  std::shared_ptr<Snapshot> d_next;
  std::unordered_set<int64_t> d_put; // ids of zones whose records are not counted yet
  OwnShards d_ownIds;
  OwnShards d_ownApexes;
  OwnShards d_ownRedirecting;
};
}
