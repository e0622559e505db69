// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <vector>
#include "probe/orders.hh"
#include "problems.hh"
#include "sqlite.hh"

// Rows of references, peers and notifications -> what the prober is told beside the nodes: what to ask to find out whether
// the fault is ours, who else has an opinion, and who wants to be told.

namespace failover
{
// The enabled ones, in the order of their keys.
struct Outside
{
  std::vector<CheckSpec> references;
  std::vector<PeerSpec> peers;
  std::vector<NoticeSpec> notices;
  Problems problems;
};

// A row that cannot be used keeps the version that `previous` has of it. Throws SqliteError. Thread: the database's.
[[nodiscard]] Outside loadOutside(Database& database, const Outside& previous);
}
