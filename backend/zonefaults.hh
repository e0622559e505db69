// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include "problems.hh"
#include "zonebuilder.hh"

// What is wrong with a zone as a whole though each row of it is well formed: no SOA at its apex, a CNAME beside other
// data. A zone without any record is well: it has just been made, or waits for its first transfer.
// Pure. Thread: any.

namespace failover
{
// Adds to `problems`. Throws only std::bad_alloc.
void findZoneFaults(const Zone& zone, Problems& problems);

// Of a record that is not served, since its name has one of its type at most.
[[nodiscard]] RowProblem surplusProblem(const ZoneBuilder::Surplus& row);
}
