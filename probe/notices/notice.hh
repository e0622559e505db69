// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include "probe/health.hh"

// Notice: one message to somebody who wants to be told. A value. Thread: any.

namespace failover
{
struct Notice
{
  enum class Event : uint8_t
  {
    Down,   // a node has left the answers
    Up,     // and has come back
    Freeze, // verdicts are frozen: it looks as if the fault were ours
    Thaw    // and are no longer
  };

  Event event{Event::Down};
  std::string node; // empty: every node, as it is with Freeze and Thaw
  NodeState from{NodeState::Unknown};
  NodeState to{NodeState::Unknown};
  std::string reason;
  std::chrono::system_clock::time_point at{};    // when it came to this
  std::chrono::system_clock::time_point since{}; // when the trouble began, which an Up or a Thaw ends
  unsigned repeat{0};                            // how many messages before this one said the same
};

// The body of a message: a JSON object on one line (interface):
//   "event"   "down", "up", "freeze" or "thaw"
//   "node"    its name; null with freeze and thaw
//   "from"    what it was before it left or came back, as failover-status calls it; null with freeze and thaw
//   "to"      what it is; null with freeze and thaw
//   "reason"  why, in words
//   "at"      when it came to what it is (RFC 3339, UTC)
//   "since"   when the trouble began: "at" minus "since" of an "up" is how long the node was out
//   "repeat"  0; 1, 2, … in reminders that it still is as it was
//   "server"  which name server says so
// At most 4 KiB; nothing in it is secret. Throws only std::bad_alloc.
[[nodiscard]] std::string noticeBody(const Notice& notice, const std::string& server);
}
