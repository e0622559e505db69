// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <chrono>
#include "auditreport.hh"
#include "controlcommands.hh"
#include "backend/runtime.hh"

namespace failover::control
{
std::string audit(Runtimes runtimes, const Words& words)
{
  auto arguments = Words(words.begin() + 1, words.end());
  const bool json = takeJson(arguments);
  if (!arguments.empty()) {
    return "error: usage: failover-audit [json]\n";
  }
  if (runtimes.empty()) {
    return s_notServing;
  }
  Reports reports(runtimes, json);
  for (auto* runtime : runtimes) {
    const auto found = failover::audit(runtime->contents(), runtime->store().problems, runtime->host(), toMilliseconds(std::chrono::system_clock::now()));
    reports.add(
      *runtime, [&] { return auditText(found); }, [&] { return auditJson(found); });
  }
  return reports.text();
}
}
