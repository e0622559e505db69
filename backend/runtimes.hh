// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <string>
#include <vector>
#include "settings.hh"

// The runtimes of this process, one per launch suffix. They are made with the first backend instance of a serving
// process and never destroyed, since PowerDNS's threads may still ask while the process exits; their own threads are
// stopped at exit().

namespace failover
{
class Runtime;

// The runtime of a suffix ("" or "-name"), made and started when it is the first call for it. Null in a process that
// does not serve (pdnsutil). Throws PDNSException when the store cannot be used. Thread: any; waits while another thread
// makes it.
Runtime* runtimeFor(const std::string& suffix, const Settings& settings);

// In the order of launch. Thread: any.
std::vector<Runtime*> allRuntimes();
}
