// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "zonesdraft.hh"
#include <algorithm>
#include <utility>
#include "zonefaults.hh"

namespace failover
{
namespace
{
  bool sameRows(const Zone& left, const Zone& right)
  {
    return left.fingerprint() == right.fingerprint() && left.apex() == right.apex();
  }
}

ZonesDraft::ZonesDraft(const Snapshot* before, const ZonesState& state) :
  d_before(before), d_state(state), d_edit(before), d_problems(state.problems), d_twins(state.twins)
{
}

void ZonesDraft::load(ZoneLoader& loader, const std::vector<int64_t>& ids, bool sameMeaning)
{
  // In the order of their ids, so that of two with one name the lower is there first.
  std::set<int64_t> due(ids.begin(), ids.end());
  due.merge(std::exchange(d_twins, {}));
  for (auto next = due.begin(); next != due.end(); ++next) {
    loadOne(loader, *next, sameMeaning, due);
  }
}

void ZonesDraft::loadOne(ZoneLoader& loader, int64_t id, bool sameMeaning, std::set<int64_t>& due)
{
  const auto* last = d_before != nullptr ? d_before->zoneById(id) : nullptr;
  auto [zone, problems] = loader.load(id, last);
  // A zone with records that link() found surplus is linked again, to find them again.
  const bool same = last != nullptr && zone && sameRows(*last, *zone) && sameMeaning && !last->hasUnserved();
  if (!same || d_edit.find(id) != last) {
    put(id, std::move(zone), problems, due);
  }
  if (d_edit.find(id) != last) {
    d_replaced.push_back(id);
  }
  d_problems.erase(id);
  if (!problems.empty()) {
    d_problems.emplace(id, std::move(problems));
  }
}

void ZonesDraft::put(int64_t id, std::shared_ptr<Zone> zone, Problems& problems, std::set<int64_t>& due)
{
  const auto* twin = zone ? d_edit.findByApex(zone->apex()) : nullptr;
  if (twin != nullptr && twin->id() < id) {
    d_twins.insert(id);
    problems = Problems();
    problems.add({"domains", "id " + std::to_string(id), "'" + toText(zone->apex()) + "' is the zone of id " + std::to_string(twin->id()) + " already"});
    zone.reset();
  }
  else if (twin != nullptr && twin->id() != id) {
    due.insert(twin->id()); // still to come: it is gone, has another name, or is the second now
  }
  d_fresh.erase(id);
  if (zone) {
    d_fresh.emplace(id, zone);
    d_edit.put(std::move(zone));
  }
  else {
    d_edit.remove(id);
  }
}

// Zones above a changed one that lead into it: when it comes, goes or changes, so does what they took for their own.
void ZonesDraft::collectAbove(std::string_view apex, std::set<int64_t>& zones) const
{
  for (auto above = parent(apex); !above.empty(); above = parent(above)) {
    if (const auto* zone = d_edit.findByApex(above); zone != nullptr && zone->leadsInto(apex)) {
      zones.insert(zone->id());
    }
  }
}

void ZonesDraft::link(ZoneLoader& loader, ZoneLinker& linker)
{
  std::set<int64_t> followers;
  for (const auto id : d_before != nullptr ? d_replaced : std::vector<int64_t>{}) { // at first there are none but new zones
    for (const auto* zone : {d_before != nullptr ? d_before->zoneById(id) : nullptr, std::as_const(d_edit).find(id)}) {
      if (zone != nullptr) {
        d_state.followers.collect(zone->apex(), followers);
        collectAbove(zone->apex(), followers);
      }
    }
  }
  for (const auto id : followers) {
    const auto* zone = d_edit.find(id);
    if (zone != nullptr && !d_fresh.contains(id) && linker.isOutdated(*zone)) {
      std::set<int64_t> none;
      loadOne(loader, id, false, none);
    }
  }
  for (const auto& [id, zone] : d_fresh) {
    if (d_edit.find(id) != zone.get()) {
      continue; // a twin has taken its place
    }
    std::vector<ZoneBuilder::Surplus> surplus;
    linker.link(*zone, surplus);
    for (const auto& row : surplus) {
      d_problems[id].add(surplusProblem(row));
    }
  }
}

std::shared_ptr<const Snapshot> ZonesDraft::finish(ZonesState& state)
{
  auto after = d_edit.finish();
  for (const auto id : d_replaced) {
    if (const auto* zone = d_before != nullptr ? d_before->zoneById(id) : nullptr) {
      state.followers.remove(id, zone->followed());
    }
    if (const auto* zone = after->zoneById(id)) {
      state.followers.add(id, zone->followed());
    }
  }
  state.problems = std::move(d_problems);
  state.twins = std::move(d_twins);
  return after;
}
}
