// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include "checks/checkresult.hh"
#include "checkspec.hh"
#include "health.hh"
#include "prober.hh"

// CheckTracker: what one check has said so far. Pure: results and times are arguments.
// Thread: compatible (no lock inside); the prober guards it.

namespace failover
{
class CheckTracker
{
public:
  // remembered: from an earlier run. Throws only std::bad_alloc.
  CheckTracker(CheckSpec spec, const RememberedCheck& remembered);

  // Counts a result that came in at `at`. A local problem is shown, but never counted. Throws only std::bad_alloc.
  Transition record(const CheckResult& result, std::chrono::system_clock::time_point at);
  // Shows a failure that does not count for now, since it may be our own. Throws only std::bad_alloc.
  void recordDoubted(const CheckResult& result, std::chrono::system_clock::time_point at);
  // It counts after all. REQUIRES: the last result was doubted. Throws only std::bad_alloc.
  Transition believe();
  // Whether one more failure turns the verdict to Down.
  [[nodiscard]] bool isAboutToFall() const noexcept { return verdict() != Verdict::Down && contraryLeft() == 1; }
  // Failures so far are forgotten: it takes `fall` of them afresh.
  void forgetFailures() noexcept;

  [[nodiscard]] const CheckSpec& spec() const noexcept { return d_spec; }
  [[nodiscard]] Verdict verdict() const noexcept { return d_health.verdict(); }
  [[nodiscard]] bool pending() const noexcept { return d_health.pending(); }
  // How many more results that contradict the verdict turn it.
  [[nodiscard]] unsigned contraryLeft() const noexcept { return d_health.needed() - d_health.contrary(); }
  [[nodiscard]] bool hasWarning() const noexcept { return d_status.warning; }
  [[nodiscard]] bool hasLocalProblem() const noexcept { return d_status.localProblem; }
  [[nodiscard]] bool hasRun() const noexcept { return d_status.runs != 0; }
  // How the verdict came about: "after 3/3 failures of https://…: HTTP 503 (expected 200-399)",
  // "on the first check of https://…: HTTP 200"; empty while it is the initial one.
  [[nodiscard]] const std::string& decision() const noexcept { return d_decision; }
  // "https://…: HTTP 200", or the URL alone before the first run. Throws only std::bad_alloc.
  [[nodiscard]] std::string lastWord() const;
  // Throws only std::bad_alloc.
  [[nodiscard]] CheckStatus status() const;

private:
  void show(const CheckResult& result, std::chrono::system_clock::time_point at);
  void tally(bool passed) noexcept;
  Transition turn();

  const CheckSpec d_spec;
  HealthTracker d_health;
  CheckStatus d_status; // without verdict, contrary and needed, which d_health knows
  std::string d_decision;
};
}
