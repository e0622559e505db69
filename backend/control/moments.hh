// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <ctime>
#include <stdexcept>
#include <string>

// Moments and durations as an operator types and reads them. Pure: the time and the time zone are arguments.
// Thread: any.

namespace failover
{
// Names the word and the rule that it breaks.
class MomentError : public std::runtime_error
{
public:
  using std::runtime_error::runtime_error;
};

// A time zone.
struct TimeZone
{
  std::tm (*toLocal)(std::time_t);
  // The moment of a local time; tm_isdst decides between two. Of a time that the zone leaves out: any other.
  std::time_t (*toTime)(std::tm);
};
// What this process's TZ says.
[[nodiscard]] const TimeZone& systemTimeZone() noexcept;

// "90s", "30m", "2h", "1d", "1h30m": from a second to 366 days. Throws MomentError.
[[nodiscard]] std::chrono::seconds parseDuration(const std::string& text);

// "now", "+DURATION", "HH:MM" (the next such local time), "YYYY-MM-DDTHH:MM[:SS]" (local, or with a Z UTC; not past).
// Of a local time that comes twice the first that is still to come. Throws MomentError.
[[nodiscard]] std::chrono::sys_seconds parseMoment(const std::string& text, std::chrono::system_clock::time_point now, const TimeZone& zone);

// "1 h 30 min", all of it. Throws only std::bad_alloc.
[[nodiscard]] std::string spelled(std::chrono::seconds duration);
// The same, without what is small beside the rest: "2 d 3 h". Throws only std::bad_alloc.
[[nodiscard]] std::string spelledRoughly(std::chrono::seconds duration);
}
