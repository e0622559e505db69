// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include "host.hh"

// FaultLog: says that something does not work: at once, then once a minute while it lasts, then that it is well again.
// Thread: one at a time. Time is an argument.

namespace failover
{
class FaultLog
{
public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::minutes s_repeat{1};

  // Borrows host. subject: what works or not ("store cannot be read").
  FaultLog(Host& host, std::string subject) :
    d_host(host), d_subject(std::move(subject)) { }

  void failed(const std::string& reason, Clock::time_point now)
  {
    ++d_failures;
    if (reason != d_reason || now >= d_nextLine) {
      d_host.log(LogLevel::Error, d_subject + ": " + reason + (d_failures > 1 ? " (" + std::to_string(d_failures) + " times)" : "") + "; answers and probes go on from memory");
      d_nextLine = now + s_repeat;
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
  }

  // Empty while all is well.
  [[nodiscard]] const std::string& reason() const noexcept { return d_reason; }

private:
  Host& d_host;
  std::string d_subject;
  std::string d_reason;
  unsigned long d_failures{0};
  Clock::time_point d_nextLine;
};
}
