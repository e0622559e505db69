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

CheckTracker::CheckTracker(CheckSpec spec, Verdict initial) :
  d_spec(std::move(spec)), d_health(d_spec.rise, d_spec.fall, initial)
{
  d_status.id = d_spec.id;
  d_status.url = d_spec.displayUrl;
  d_status.address = d_spec.address;
}

Transition CheckTracker::record(const CheckResult& result, std::chrono::system_clock::time_point at)
{
  d_status.outcome = result.text;
  d_status.latency = result.latency;
  d_status.lastAt = at;
  d_status.localProblem = result.isLocal();
  ++d_status.runs;
  if (result.isLocal()) {
    return Transition::Unchanged;
  }
  const bool same = d_status.streak != 0 && d_status.passed == result.passed();
  d_status.streak = same ? d_status.streak + 1 : 1;
  d_status.passed = result.passed();

  const bool isFirst = d_health.verdict() == Verdict::Unknown;
  const unsigned needed = d_health.needed();
  const auto transition = d_health.record(result.passed());
  if (transition == Transition::Changed) {
    d_decision = (isFirst ? "on the first check of " : counted(needed, result.passed())) + lastWord();
  }
  return transition;
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
