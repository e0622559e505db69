// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "proberloop.hh"

// The part of the prober's loop for push checks: nothing is asked; an outside job reports, and promises when it will do so
// again. A report decides at once; so does silence beyond the promise, which is down for an inverted check too.

namespace failover
{
namespace
{
  CheckResult pushed(Outcome outcome, std::string text)
  {
    CheckResult result;
    result.outcome = outcome;
    result.text = std::move(text);
    return result;
  }

  std::string promise(const PushReport& report)
  {
    return std::to_string(std::chrono::round<std::chrono::seconds>(report.until - report.at).count()) + " s";
  }
}

void Prober::Loop::takeReports()
{
  std::optional<std::vector<PushReport>> taken;
  {
    const std::lock_guard lock(d_mutex);
    taken = std::exchange(d_newReports, std::nullopt);
  }
  if (!taken) {
    return;
  }
  d_reports.clear();
  for (auto& report : *taken) {
    d_reports.insert_or_assign(report.check, report);
  }
  applyReports();
}

void Prober::Loop::applyReports()
{
  for (const auto& node : d_roster.nodes()) {
    for (const auto& probe : node->probes) {
      const auto found = d_reports.find(probe->tracker.spec().id);
      if (probe->tracker.spec().kind == CheckKind::Push && found != d_reports.end() && probe->report != found->second) {
        applyReport(*probe, found->second);
      }
    }
  }
}

void Prober::Loop::applyReport(Probe& probe, const PushReport& report)
{
  // How long it still holds is taken from the wall clock once; then a clock that is set anew changes nothing.
  const auto now = Moment::now();
  const auto left = std::min(report.until - now.wall, report.until - report.at);
  probe.report = report;
  d_queue.remove(probe);
  probe.due = now.steady + std::max(std::chrono::duration_cast<Clock::duration>(left), Clock::duration::zero());
  d_queue.push(probe);
  if (left > std::chrono::system_clock::duration::zero()) { // else silence speaks at once
    const auto said = report.up ? pushed(Outcome::Passed, "reported up for " + promise(report)) : pushed(Outcome::BadStatus, "reported down");
    count(probe, probe.tracker.spec().inverted ? said.inverted() : said);
  }
}

void Prober::Loop::missReport(Probe& probe)
{
  probe.due = Clock::time_point::max();
  count(probe, pushed(Outcome::Timeout, "no report within the " + promise(*probe.report) + " that the last one promised"));
}
}
