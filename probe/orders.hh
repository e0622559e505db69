// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>
#include "checkspec.hh"
#include "drainplan.hh"
#include "health.hh"

// Orders: all that the store tells the prober: which nodes there are and how to check them, what to ask to find out
// whether the fault is ours, who else has an opinion, and who wants to be told. Values; nothing here does anything.

namespace failover
{
// How many of a node's deciding checks must pass.
struct Requirement
{
  static constexpr unsigned s_all = 0;
  unsigned atLeast{s_all}; // s_all, or a count: 1 is "any"; more than there are counts as all
  bool operator==(const Requirement&) const = default;
};

// What an earlier run knew of a check.
struct RememberedCheck
{
  Verdict verdict{Verdict::Unknown};
  unsigned contrary{0}; // HealthTracker::contrary
  bool passed{false};   // the last result that counted
  uint64_t streak{0};   // how many like it
  bool operator==(const RememberedCheck&) const = default;
};

// What an earlier run knew of a node's falls.
struct RememberedFlaps
{
  unsigned count{0};
  std::chrono::system_clock::time_point changed{};   // when `count` last changed
  std::chrono::system_clock::time_point heldUntil{}; // epoch: not held
};

// A node as the store describes it.
struct NodeSpec
{
  std::string name;
  AdminState admin{AdminState::Auto};
  std::string adminReason;                             // shown while admin is not Auto; may be empty
  std::vector<PlannedDrain> drains;                    // obeyed while admin is Auto
  std::vector<CheckSpec> checks;                       // enabled ones; a node without checks is up
  std::vector<int64_t> sharedChecks;                   // ids of other nodes' checks that count here as well
  Requirement require;                                 // how many of all of them must pass
  std::shared_ptr<NodeHealth> health;                  // where the state is published; never null
  Verdict remembered{Verdict::Unknown};                // from an earlier run; where its checks start
  std::string rememberedReason;                        // why it was so; may be empty
  NodeState last{NodeState::Unknown};                  // what it was before; anything else will be news
  std::chrono::system_clock::time_point since{};       // of `last`; epoch when unknown
  RememberedFlaps flaps;                               // from an earlier run
  std::map<int64_t, RememberedCheck> rememberedChecks; // by check id; from an earlier run
};

// Another name server of the same operator, asked for its verdicts through PowerDNS's HTTP API.
struct PeerSpec
{
  std::string name;
  std::string url;        // http://host:port or https://host:port
  std::string displayUrl; // without credentials
  std::string address;    // where to connect instead of the url's host; empty: resolve it
  std::string apiKey;     // never logged, never shown
  std::chrono::milliseconds interval{1000};
  std::chrono::milliseconds timeout{800};
  std::string source; // as CheckSpec::source
  bool tlsVerify{true};
  std::string caFile;
  bool operator==(const PeerSpec&) const = default;
};

// Somebody who wants to be told.
struct NoticeSpec
{
  int64_t id{0};
  std::string url;                // http://, https://, or exec://program/argument/…
  std::string displayUrl;         // without credentials and queries
  std::string token;              // bearer token of a webhook; empty: none. Never logged, never shown
  std::string node;               // a node's name; empty: every node
  bool onDown{true};              // a node has left the answers (down, drained, forced-down)
  bool onUp{true};                // and has come back
  bool onFreeze{true};            // verdicts are frozen, and when they are no longer
  std::chrono::seconds delay{0};  // what is over by then is never told
  std::chrono::seconds repeat{0}; // while it lasts; 0: once
  bool tlsVerify{true};
  std::string caFile;
  std::string program;                // exec
  std::vector<std::string> arguments; // exec
  bool operator==(const NoticeSpec&) const = default;
};

struct Orders
{
  std::vector<NodeSpec> nodes;
  std::vector<CheckSpec> references; // "is it me?": what lies outside our nodes
  std::vector<PeerSpec> peers;
  std::vector<NoticeSpec> notices;
};

// What an outside job said of a push check.
struct PushReport
{
  int64_t check{0};
  bool up{false};
  std::chrono::system_clock::time_point at;    // when it said so
  std::chrono::system_clock::time_point until; // silence after that is a failure
  bool operator==(const PushReport&) const = default;
};
}
