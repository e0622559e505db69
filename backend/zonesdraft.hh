// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <vector>
#include "followindex.hh"
#include "problems.hh"
#include "snapshot.hh"
#include "zonelinker.hh"
#include "zoneloader.hh"

// ZonesDraft: the zones of the next snapshot while a load reads them. First every changed zone is read, then all that are
// new are linked, and with them those whose records lead to a name that has changed.
// Thread: the database's. All functions throw SqliteError and std::bad_alloc; then the draft is of no use.

namespace failover
{
// What one load leaves to the next, besides the snapshot.
struct ZonesState
{
  std::map<int64_t, Problems> problems; // by zone; none are empty
  // Zones that are not served because one with a lower id has their name, perhaps spelt differently.
  std::set<int64_t> twins;
  FollowIndex followers;
};

class ZonesDraft
{
public:
  // before: the last snapshot, or null. Borrows all: must outlive this. state: of the last load; stays as it is.
  ZonesDraft(const Snapshot* before, const ZonesState& state);

  // Reads these zones, and those that have another's name. sameMeaning: equal rows make an equal zone.
  void load(ZoneLoader& loader, const std::vector<int64_t>& ids, bool sameMeaning);
  // Links what was read. REQUIRES: after load().
  void link(ZoneLoader& loader, ZoneLinker& linker);

  // A zone of the next snapshot, or null.
  [[nodiscard]] const Zone* findByApex(std::string_view apex) const noexcept { return d_edit.findByApex(apex); }

  // Zones that are now other objects, or gone.
  [[nodiscard]] const std::vector<int64_t>& replaced() const noexcept { return d_replaced; }
  // REQUIRES: called once, last. state: becomes that of this load, and gets its problems.
  [[nodiscard]] std::shared_ptr<const Snapshot> finish(ZonesState& state);

private:
  void collectAbove(std::string_view apex, std::set<int64_t>& zones) const;
  void loadOne(ZoneLoader& loader, int64_t id, bool sameMeaning, std::set<int64_t>& due);
  // Puts the zone in (none: removes what has its id), unless another one has its name. Adds to due what that concerns.
  void put(int64_t id, std::shared_ptr<Zone> zone, Problems& problems, std::set<int64_t>& due);

  const Snapshot* const d_before;
  const ZonesState& d_state;
  SnapshotEdit d_edit;
  std::map<int64_t, Problems> d_problems;
  std::set<int64_t> d_twins;
  std::vector<int64_t> d_replaced;
  std::map<int64_t, std::shared_ptr<Zone>> d_fresh; // read, and in the edit
};
}
