// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "checktracker.hh"

namespace failover
{
namespace
{
  std::string counted(unsigned needed, bool passed)
  {
    const auto n = std::to_string(needed);
    const char* const word = passed ? (needed == 1 ? " success" : " successes") : (needed == 1 ? " failure" : " failures");
    return "after " + n + "/" + n + word + " of ";
  }
}

CheckTracker::CheckTracker(CheckSpec spec, const RememberedCheck& remembered) :
  d_spec(std::move(spec)), d_health(d_spec.rise, d_spec.fall, remembered.verdict, remembered.contrary)
{
  d_status.id = d_spec.id;
  d_status.url = d_spec.displayUrl;
  d_status.address = d_spec.address;
  d_status.warningOnly = d_spec.warningOnly;
  d_status.inverted = d_spec.inverted;
  d_status.passed = remembered.passed;
  d_status.streak = remembered.streak;
}

void CheckTracker::show(const CheckResult& result, std::chrono::system_clock::time_point at)
{
  d_status.outcome = result.text;
  d_status.latency = result.latency;
  d_status.lastAt = at;
  d_status.localProblem = result.isLocal();
  d_status.warning = result.passed() && result.warning;
  d_status.doubted = false;
  ++d_status.runs;
}

void CheckTracker::tally(bool passed) noexcept
{
  const bool same = d_status.streak != 0 && d_status.passed == passed;
  d_status.streak = same ? d_status.streak + 1 : 1;
  d_status.passed = passed;
}

Transition CheckTracker::turn()
{
  const bool isFirst = d_health.verdict() == Verdict::Unknown;
  const unsigned needed = d_health.needed();
  const auto transition = d_health.record(d_status.passed);
  if (transition == Transition::Changed) {
    d_decision = (isFirst ? "on the first check of " : counted(needed, d_status.passed)) + lastWord();
  }
  return transition;
}

Transition CheckTracker::record(const CheckResult& result, std::chrono::system_clock::time_point at)
{
  show(result, at);
  if (result.isLocal()) {
    return Transition::Unchanged;
  }
  tally(result.passed());
  return turn();
}

void CheckTracker::recordDoubted(const CheckResult& result, std::chrono::system_clock::time_point at)
{
  show(result, at);
  tally(false);
  d_status.doubted = true;
}

Transition CheckTracker::believe()
{
  d_status.doubted = false;
  return turn();
}

void CheckTracker::forgetFailures() noexcept
{
  if (verdict() != Verdict::Down) {
    d_health.forget();
  }
}

std::string CheckTracker::lastWord() const
{
  return d_status.outcome.empty() ? d_spec.label : d_spec.label + ": " + d_status.outcome;
}

CheckStatus CheckTracker::status() const
{
  auto status = d_status;
  status.verdict = d_health.verdict();
  status.contrary = d_health.contrary();
  status.needed = d_health.needed();
  return status;
}
}
