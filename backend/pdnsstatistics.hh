// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <string>
#include <vector>

// Ours among PowerDNS's own statistics (pdns_control show, the API, /metrics):
//   failover-answers        answers that led to a node
//   failover-answers-NODE   to this node
//   failover-verdict-NODE   what this server's own checks say of it: 0 unknown, 1 up, 2 down. Peers read these three
//   failover-frozen         1: verdicts are frozen, since the fault seems to be ours
//   failover-probe-overdue-ms   how late the probe thread's loop is
//   failover-probes         runs of checks; failover-probe-stalls, failover-doubted-failures: those that did not count
// With `launch=failover:name` each begins with failover-name-.
//
// StatBag has no lock: PowerDNS declares everything before it makes its threads, which then read. Therefore nodes that the
// store gets later are not among the statistics before the next start. Settings are declared early enough. So is the first
// backend made, to fill the zone cache, unless zone-cache-refresh-interval=0 says that there is none (5.1 then makes it after
// its threads) or tcp-control-address has a thread of its own before.

namespace failover
{
class Runtime;

// The sum. suffix: "" or "-name". Thread: the one that declares settings.
void declareStatistics(const std::string& suffix);
// Of each of these nodes; nothing, and a line in the log, where it is too late. Thread: any.
void declareStatistics(const std::string& suffix, Runtime& runtime, const std::vector<std::string>& nodes);
}
