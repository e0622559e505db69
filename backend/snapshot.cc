// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "snapshot.hh"

namespace failover
{
namespace
{
  template <typename Shard, typename Key>
  const Zone* findIn(const std::shared_ptr<const Shard>& shard, Key key) noexcept
  {
    if (!shard) {
      return nullptr;
    }
    const auto found = shard->find(key);
    return found == shard->end() ? nullptr : found->second.get();
  }

  // The edit's own copy of a shard, made at the first write.
  template <typename Shard>
  Shard& writable(std::shared_ptr<const Shard>& current, std::shared_ptr<Shard>& own)
  {
    if (!own) {
      own = current ? std::make_shared<Shard>(*current) : std::make_shared<Shard>();
      current = own;
    }
    return *own;
  }
}

const Zone* Snapshot::zoneById(int64_t id) const noexcept
{
  return findIn(d_byId[shardOf(id)], id);
}

const Zone* Snapshot::zoneByApex(std::string_view apex) const noexcept
{
  return findIn(d_byApex[shardOf(apex)], apex);
}

const Zone* Snapshot::zoneOf(std::string_view name) const noexcept
{
  for (; !name.empty(); name = parent(name)) {
    if (const auto* zone = zoneByApex(name)) {
      return zone;
    }
  }
  return nullptr;
}

void Snapshot::forEachZone(const std::function<void(const Zone&)>& visit) const
{
  for (const auto& shard : d_byId) {
    if (shard) {
      for (const auto& [id, zone] : *shard) {
        visit(*zone);
      }
    }
  }
}

SnapshotEdit::SnapshotEdit(const Snapshot* base) :
  d_next(base != nullptr ? std::make_shared<Snapshot>(*base) : std::make_shared<Snapshot>())
{
}

Snapshot::IdShard& SnapshotEdit::idShard(int64_t id)
{
  const auto shard = Snapshot::shardOf(id);
  return writable(d_next->d_byId[shard], d_ownIds[shard]);
}

Snapshot::ApexShard& SnapshotEdit::apexShard(std::string_view apex)
{
  const auto shard = Snapshot::shardOf(apex);
  return writable(d_next->d_byApex[shard], d_ownApexes[shard]);
}

void SnapshotEdit::put(std::shared_ptr<const Zone> zone)
{
  remove(zone->id());
  if (const auto* namesake = d_next->zoneByApex(zone->apex())) { // deleted and made anew under another id
    remove(namesake->id());
  }
  ++d_next->d_zoneCount;
  apexShard(zone->apex()).emplace(zone->apex(), zone);
  const auto id = zone->id();
  d_put.insert(id);
  idShard(id).emplace(id, std::move(zone));
}

void SnapshotEdit::remove(int64_t id)
{
  const auto* current = find(id);
  if (current == nullptr) {
    return;
  }
  --d_next->d_zoneCount;
  if (d_put.erase(id) == 0) {
    d_next->d_recordCount -= current->recordCount();
  }
  auto& apexes = apexShard(current->apex());
  auto& ids = idShard(id);
  const auto keep = ids.find(id)->second; // the apex shard's key points into the zone
  apexes.erase(std::string_view(keep->apex()));
  ids.erase(id);
}

std::shared_ptr<const Snapshot> SnapshotEdit::finish()
{
  for (const auto id : d_put) {
    d_next->d_recordCount += find(id)->recordCount();
  }
  return std::move(d_next);
}
}
