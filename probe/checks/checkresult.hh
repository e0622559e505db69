// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

// CheckResult: what one run of a check came to. A failed check is a value, never an exception.

namespace failover
{
enum class Outcome : uint8_t
{
  Passed,
  Refused,
  Timeout,
  Tls,         // handshake or certificate
  BadStatus,   // an HTTP status that is not expected
  BadBody,     // a body that is not as expected
  Protocol,    // an answer that is not HTTP, or too much of it
  Network,     // reset, closed, unreachable
  LocalProblem // our own fault: says nothing about the node, so the verdict stays
};

struct CheckResult
{
  Outcome outcome{Outcome::LocalProblem};
  std::string text;                     // for people: one printable line, bounded, without credentials
  std::chrono::milliseconds latency{0}; // from the start of the run to its end
  bool warning{false};                  // it passes, but `text` says something to see to

  [[nodiscard]] bool passed() const noexcept { return outcome == Outcome::Passed; }
  // The same seen the other way round: what a check that must fail makes of it. A local problem stays one.
  [[nodiscard]] CheckResult inverted() const
  {
    auto other = *this;
    other.warning = false;
    if (!isLocal()) {
      other.outcome = passed() ? Outcome::BadStatus : Outcome::Passed;
      other.text += passed() ? " (must fail)" : " (as it must)";
    }
    return other;
  }
  [[nodiscard]] bool isLocal() const noexcept { return outcome == Outcome::LocalProblem; }
};
}
