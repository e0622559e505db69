// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include "expectation.hh"
#include "backend/host.hh"
#include "nodestates.hh"
#include "backend/snapshot.hh"

// Explanation: how a question is answered now, and why: the policy, each record, its nodes, and the TTL. Pure: the snapshot,
// the nodes' states and the time are arguments.

namespace failover
{
struct ExplainedRecord
{
  std::string content;
  std::vector<std::string> nodes; // those behind it, if any
  std::optional<uint32_t> tier;   // where the policy's mode counts tiers
  std::optional<uint32_t> weight; // where it counts weights
  uint32_t weightNow{0};          // less than the weight while the node comes back
  bool in{false};                 // whether answers may have it
  std::string why;                // in, or out
  double chance{0};               // to be in an answer
  std::optional<bool> forClient;  // whether the client that was asked about gets it
  uint32_t ttl{0};                // seconds
  std::string ttlWhy;
};

struct ExplainedRRset
{
  std::string type;
  std::optional<Policy> policy;
  std::string policyType; // empty: every type
  std::string policyWhy;
  Outcome outcome{Outcome::Served};
  Redundancy nodes;
  std::string outcomeWhy;
  std::vector<ExplainedRecord> records; // the first of them
  size_t unlisted{0};                   // how many more there are
};

struct Explanation
{
  enum class Existence : uint8_t
  {
    Name,     // it has records
    Empty,    // it has none, but there are names below it
    Wildcard, // a wildcard answers for it
    None      // NXDOMAIN
  };
  std::string name;
  std::string zone;
  Existence existence{Existence::None};
  std::string at; // the name, or the wildcard, whose records answer
  bool delegated{false};
  std::string dname;                  // of which the name is below; empty: of none
  std::vector<ExplainedRRset> rrsets; // those of the question that health has a say in
  std::vector<std::string> others;    // types of the other rrsets there
  std::vector<std::string> nodes;     // all that were named, by name
};

struct ExplainQuestion
{
  WireName name;
  std::string type;   // its mnemonic; empty: every type
  uint64_t client{0}; // clientKey(); 0: none
};

// zone: Snapshot::zoneOf() the question's name. Throws only std::bad_alloc.
[[nodiscard]] Explanation explain(const Zone& zone, const ExplainQuestion& question, const NodeStates& states, const Host& host);
}
