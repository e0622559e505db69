// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>
#include "host.hh"
#include "snapshot.hh"

// Which cached answers of the host go when health or the store changes.
//
// A record that depends on health is in no cache (FailoverBackend gives it a scopeMask), so a transition has little to
// remove where rrsets never vanish: what was cached before their names began to depend on health. That a type is not
// there is cached, under the name that was asked: in a signed zone the denial of any name may say it, and an alias leads
// to it, from other zones too. A change in the store reaches cached answers under the names of the zone, and under names
// of other zones whose CNAME or DNAME leads into it.
// What was answered before a change may enter a cache after its purge; a second purge some time later ends that.
// Thread: any; never the one that answers a query.

namespace failover
{
// Names of the node are purged exactly; where a wildcard owns the record, everything below its parent; where rrsets come
// and go (Zone::typesVary), the zone, and what leads into it from others.
void purgeNode(Host& host, const Snapshot& snapshot, std::string_view node);

// Tells the host which of these zones are new or gone. before: null at the first load.
void announceZones(Host& host, const Snapshot* before, const Snapshot& after, const std::vector<int64_t>& ids);

// Has the host forget what it keeps of these zones, and purges what their change reaches.
void purgeZones(Host& host, const Snapshot& before, const Snapshot& after, const std::vector<int64_t>& ids);
}
