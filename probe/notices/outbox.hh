// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>
#include "notice.hh"
#include "probe/orders.hh"

// Outbox: messages that wait for their targets, and when to try.
// Pure: time is an argument. Thread: compatible (no lock inside); the loop's.
//
// A target gets its messages in their order, one at a time. Where one fails, the target is left alone for 1 s, twice as
// long with each further failure in a row, up to 5 min; a message is tried ten times, and not after an hour.

namespace failover
{
struct NoticeCounters
{
  uint64_t sent{0};
  uint64_t failed{0};  // tries
  uint64_t dropped{0}; // messages that nobody gets: too many, too old, tried too often
  size_t waiting{0};   // those in flight are not among them
};

class Outbox
{
public:
  using TimePoint = std::chrono::steady_clock::time_point;
  static constexpr size_t s_mostWaiting = 1000; // messages to all; one more, and the oldest is dropped
  static constexpr size_t s_mostInFlight = 8;   // to all
  static constexpr unsigned s_mostTries = 10;
  static constexpr std::chrono::hours s_mostAge{1};
  static constexpr std::chrono::seconds s_firstPause{1};
  static constexpr std::chrono::seconds s_longestPause{300};

  struct Delivery
  {
    uint64_t serial{0};
    NoticeSpec spec;
    Notice notice;
  };

  // From now on these targets, all of them. One whose id and url are as before keeps what waits for it, and is tried at
  // once if anything else about it has changed. What waits for others is no more. Throws only std::bad_alloc.
  void adopt(const std::vector<NoticeSpec>& specs, TimePoint now);
  // Nothing when there is no such target, nor for a reminder of what the target is yet to be told. Throws only std::bad_alloc.
  void post(int64_t target, Notice notice, TimePoint now);

  // The next message that may leave; to be settled. Throws only std::bad_alloc.
  std::optional<Delivery> take(TimePoint now);
  // What became of it. Returns how many tries in a row had failed before. Throws only std::bad_alloc.
  unsigned settle(uint64_t serial, bool delivered, TimePoint now);
  // When take() is wanted; nothing: not before something else happens. Throws nothing.
  [[nodiscard]] std::optional<TimePoint> nextTry() const noexcept;
  [[nodiscard]] const NoticeCounters& counters() const noexcept { return d_counters; }

private:
  struct Message
  {
    uint64_t serial{0}; // by age
    Notice notice;
    TimePoint posted;
    unsigned tries{0};
  };
  struct Target
  {
    NoticeSpec spec;
    std::deque<Message> waiting; // the oldest first
    std::optional<Message> flying;
    unsigned failures{0}; // in a row
    TimePoint nextTry{};
    std::optional<TimePoint> readyAt; // as in d_ready
  };

  // Keeps d_ready in step: after any change of what waits, flies or may be tried.
  void arrange(Target& target);
  void dropFirst(Target& target) noexcept;
  void dropOldest();
  void dropStale(Target& target, TimePoint now);
  void retryLater(Target& target, Message message, TimePoint now);

  std::map<int64_t, Target> d_targets;             // by id
  std::set<std::pair<TimePoint, int64_t>> d_ready; // targets with something to send and nothing in flight
  std::map<uint64_t, int64_t> d_flights;           // serial to target, which may be gone
  uint64_t d_lastSerial{0};
  NoticeCounters d_counters;
};

// How long a target is left alone after so many failures in a row. REQUIRES: failures >= 1.
[[nodiscard]] std::chrono::seconds pauseAfter(unsigned failures) noexcept;
}
