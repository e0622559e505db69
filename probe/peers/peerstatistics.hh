// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include "probe/health.hh"

// PeerStatistics: what another name server says of the nodes, among PowerDNS's statistics:
//   failover-verdict-NODE   0 unknown, 1 up, 2 down
//   failover-frozen         1: it doubts its own view, and its verdicts are those from before
//   failover-probe-overdue-ms   how late its prober's loop is. A duration: clocks of two machines differ
// Pure. Thread: any.

namespace failover
{
// What is read at most: bytes of a body, and items in it.
constexpr size_t s_peerBodyLimit = 4 * 1024 * 1024;
constexpr size_t s_peerItemLimit = 100000;

struct PeerReport
{
  std::map<std::string, Verdict> verdicts; // by statisticPart() of the node's name
  bool frozen{false};
  std::optional<std::chrono::milliseconds> overdue; // at most a day; nothing: it does not say
};

// A node's name as it stands in the names of statistics, which know letters, digits, '_' and '-': any other character of
// it is a '-'. Throws only std::bad_alloc.
[[nodiscard]] std::string statisticPart(std::string_view node);

// Reads the body of GET /api/v1/servers/localhost/statistics. Statistics that are not ours are passed over; so are values
// of ours that nobody of our kind writes: such a verdict is Unknown, such a duration is none, and frozen is all but "0".
// False, with `out` as it was and `why` one bounded printable line, when the body is not PowerDNS's. Throws only std::bad_alloc.
[[nodiscard]] bool readPeerStatistics(std::string_view body, PeerReport& out, std::string& why);
}
