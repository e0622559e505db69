// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <string>
#include "fuzz.hh"
#include "probe/peers/peerstatistics.hh"

// What a peer answers to GET /api/v1/servers/localhost/statistics.

using namespace failover;
using namespace failover::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
  constexpr size_t whyLimit = 200;
  PeerReport report;
  report.verdicts["before"] = Verdict::Down;
  std::string why;
  if (!readPeerStatistics(textOf(data, size), report, why)) {
    must(!why.empty());
    mustBeShowable(why, whyLimit);
    must(report.verdicts.size() == 1 && !report.frozen && !report.overdue);
    return 0;
  }
  must(why.empty());
  for (const auto& [node, verdict] : report.verdicts) {
    must(!node.empty() && statisticPart(node) == node);
    mustBeShowable(node, 63);
    must(!toString(verdict).empty());
  }
  must(!report.overdue || (report.overdue->count() >= 0 && *report.overdue <= std::chrono::hours(24)));
  return 0;
}
