// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <chrono>
#include "controlcommands.hh"
#include "backend/runtime.hh"
#include "proberreport.hh"
#include "statusreport.hh"

namespace failover::control
{
std::string status(Runtimes runtimes, const Words& words)
{
  auto arguments = Words(words.begin() + 1, words.end());
  const bool json = takeJson(arguments);
  if (arguments.size() > 1) {
    return "error: usage: failover-status [NODE] [json]\n";
  }
  if (runtimes.empty()) {
    return s_notServing;
  }
  Runtime* only = nullptr;
  Found found;
  if (!arguments.empty()) {
    found = findNode(runtimes, arguments.front());
    if (found.runtime == nullptr) {
      return found.error;
    }
    only = found.runtime;
  }
  const auto now = std::chrono::system_clock::now();
  Reports reports(runtimes, json);
  for (auto* runtime : runtimes) {
    if (only != nullptr && runtime != only) {
      continue;
    }
    const auto nodes = only != nullptr ? std::vector{found.node} : runtime->nodes();
    const auto about = only != nullptr ? ProberStatus{} : runtime->prober().about();
    const auto asJson = [&] {
      auto report = statusJson(nodes, runtime->store(), runtime->answers(), now);
      if (only == nullptr) {
        addProber(report, about, runtime->prober().counters());
      }
      return report;
    };
    reports.add(
      *runtime, [&] { return statusTable(nodes, about, runtime->store(), runtime->answers(), now); }, asJson);
  }
  return reports.text();
}

std::string reload(Runtimes runtimes, const Words& words)
{
  if (words.size() != 1) {
    return "error: usage: failover-reload\n";
  }
  std::string text;
  for (auto* runtime : runtimes) {
    text += (runtimes.size() > 1 ? "[" + runtime->suffix() + "] " : "") + runtime->reload() + "\n";
  }
  return text.empty() ? s_notServing : text;
}
}
