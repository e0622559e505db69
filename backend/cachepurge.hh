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
// An answer that depends on health is in no cache (FailoverBackend gives it a scopeMask), so a transition has little to
// remove: what was cached before its names began to depend on health. A change in the store reaches cached answers under
// the names of the zone, and under names of other zones whose CNAME or DNAME leads into it.
// Thread: any; never the one that answers a query.

namespace failover
{
// Names of the node are purged exactly; where a wildcard owns the record, everything below its parent; where denials
// list types that come and go, the zone: the denial of any name may carry one of the node's.
void purgeNode(Host& host, const Snapshot& snapshot, std::string_view node);

// Tells the host which of these zones are new or gone. before: null at the first load.
void announceZones(Host& host, const Snapshot* before, const Snapshot& after, const std::vector<int64_t>& ids);

// Has the host forget what it keeps of these zones, and purges what their change reaches. What a query read before the
// change may be kept after this: a second time some time later ends that.
void purgeZones(Host& host, const Snapshot& before, const Snapshot& after, const std::vector<int64_t>& ids);
}
