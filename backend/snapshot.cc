// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "snapshot.hh"

namespace failover
{
const Zone* Snapshot::zoneById(int64_t id) const noexcept
{
  return find(d_byId, id, [id](const Zone& zone) { return zone.id() == id; });
}

const Zone* Snapshot::zoneByApex(std::string_view apex) const noexcept
{
  return find(d_byApex, apex, [apex](const Zone& zone) { return zone.apex() == apex; });
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
  forEach(d_byId, visit);
}

void Snapshot::forEachRedirecting(const std::function<void(const Zone&)>& visit) const
{
  forEach(d_redirecting, visit);
}

void Snapshot::forEach(const Shards& shards, const std::function<void(const Zone&)>& visit)
{
  for (const auto& shard : shards) {
    if (shard) {
      shard->forEach(visit);
    }
  }
}

SnapshotEdit::SnapshotEdit(const Snapshot* base) :
  d_next(base != nullptr ? std::make_shared<Snapshot>(*base) : std::make_shared<Snapshot>())
{
}

// The edit's own copy of a shard, made at the first write.
ZoneTable& SnapshotEdit::writable(Snapshot::Shards& shards, OwnShards& own, uint64_t hash)
{
  auto& shard = own[hash % Snapshot::s_shards];
  if (!shard) {
    auto& current = shards[hash % Snapshot::s_shards];
    shard = current ? std::make_shared<ZoneTable>(*current) : std::make_shared<ZoneTable>();
    current = shard;
  }
  return *shard;
}

void SnapshotEdit::put(std::shared_ptr<const Zone> zone)
{
  remove(zone->id());
  if (const auto* namesake = d_next->zoneByApex(zone->apex())) { // deleted and made anew under another id
    remove(namesake->id());
  }
  ++d_next->d_zoneCount;
  const auto byId = Snapshot::hashOf(zone->id());
  const auto byApex = Snapshot::hashOf(std::string_view(zone->apex()));
  d_put.insert(zone->id());
  writable(d_next->d_byApex, d_ownApexes, byApex).insert(byApex, zone);
  if (!zone->redirects().empty()) {
    writable(d_next->d_redirecting, d_ownRedirecting, byId).insert(byId, zone);
  }
  writable(d_next->d_byId, d_ownIds, byId).insert(byId, std::move(zone));
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
  const auto isThis = [current](const Zone& zone) { return &zone == current; };
  const auto byId = Snapshot::hashOf(id);
  const auto byApex = Snapshot::hashOf(std::string_view(current->apex()));
  writable(d_next->d_byApex, d_ownApexes, byApex).erase(byApex, isThis);
  if (!current->redirects().empty()) {
    writable(d_next->d_redirecting, d_ownRedirecting, byId).erase(byId, isThis);
  }
  writable(d_next->d_byId, d_ownIds, byId).erase(byId, isThis); // last: it may be what keeps the zone
}

std::shared_ptr<const Snapshot> SnapshotEdit::finish()
{
  for (const auto id : d_put) {
    d_next->d_recordCount += find(id)->recordCount();
  }
  return std::move(d_next);
}
}
