// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <map>
#include <string>
#include "host.hh"

// FaultLog: says that something does not work: each reason at once, then once a minute while it lasts, then that all is
// well again.
// Thread: one at a time. Time is an argument.

namespace failover
{
class FaultLog
{
public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::minutes s_repeat{1};
  static constexpr size_t s_mostReasons = 8; // further ones of the same outage are counted, not said

  // Borrows host. subject: what works or not ("store cannot be read").
  FaultLog(Host& host, std::string subject) :
    d_host(host), d_subject(std::move(subject)) { }

  void failed(const std::string& reason, Clock::time_point now)
  {
    ++d_failures;
    const auto said = d_nextLine.find(reason);
    if (said == d_nextLine.end() ? d_nextLine.size() < s_mostReasons : now >= said->second) {
      d_host.log(LogLevel::Error, d_subject + ": " + reason + (d_failures > 1 ? " (" + std::to_string(d_failures) + " times)" : "") + "; answers and probes go on from memory");
      d_nextLine[reason] = now + s_repeat;
    }
    d_reason = reason;
  }

  void worked()
  {
    if (d_failures > 0) {
      d_host.log(LogLevel::Info, d_subject + ": well again after " + std::to_string(d_failures) + " failures");
    }
    d_failures = 0;
    d_reason.clear();
    d_nextLine.clear();
  }

  // Empty while all is well.
  [[nodiscard]] const std::string& reason() const noexcept { return d_reason; }

private:
  Host& d_host;
  std::string d_subject;
  std::string d_reason;
  unsigned long d_failures{0};
  std::map<std::string, Clock::time_point> d_nextLine; // by reason, of this outage
};
}
