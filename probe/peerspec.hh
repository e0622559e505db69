// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstdint>
#include <string>
#include "orders.hh"

// A row of `peers` -> PeerSpec. Pure. Thread: any.

namespace failover
{
// As stored: text stays text, NULL is an empty string.
struct PeerRow
{
  std::string name;
  std::string url;
  std::string address;
  std::string apiKey;
  int64_t intervalMs{1000};
  int64_t timeoutMs{800};
  std::string source;
  bool tlsVerify{true};
  std::string caFile;
};

// Throws CheckSpecError naming the column, the value (never of api_key) and the rule.
[[nodiscard]] PeerSpec parsePeer(const PeerRow& row);
}
