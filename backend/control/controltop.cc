// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <charconv>
#include <chrono>
#include <optional>
#include "controlcommands.hh"
#include "backend/runtime.hh"
#include "topreport.hh"

namespace failover::control
{
namespace
{
  constexpr size_t s_usualLimit = 10;
  constexpr size_t s_largestLimit = 10'000;

  std::optional<size_t> limitOf(const std::string& word)
  {
    size_t limit = 0;
    const auto* const end = word.data() + word.size();
    const auto [stop, error] = std::from_chars(word.data(), end, limit);
    return stop == end && error == std::errc() && limit >= 1 && limit <= s_largestLimit ? std::optional(limit) : std::nullopt;
  }

  TopReport reportOf(Runtime& runtime, size_t limit)
  {
    std::vector<std::string> names;
    for (const auto& node : runtime.nodes()) {
      names.push_back(node.name);
    }
    const auto snapshot = runtime.snapshots().current();
    auto report = topOf(*snapshot, runtime.answers(), names, limit, runtime.host());
    report.since = runtime.startedAt();
    report.kept = runtime.rotation().interval();
    return report;
  }
}

std::string top(Runtimes runtimes, const Words& words)
{
  auto arguments = Words(words.begin() + 1, words.end());
  const bool json = takeJson(arguments);
  const auto limit = arguments.empty() ? s_usualLimit : limitOf(arguments.front());
  if (arguments.size() > 1 || !limit) {
    return "error: usage: failover-top [N] [json], N from 1 to " + std::to_string(s_largestLimit) + "\n";
  }
  if (runtimes.empty()) {
    return s_notServing;
  }
  Reports reports(runtimes, json);
  for (auto* runtime : runtimes) {
    const auto report = reportOf(*runtime, *limit);
    reports.add(
      *runtime, [&] { return topTable(report, std::chrono::system_clock::now()); }, [&] { return topJson(report); });
  }
  return reports.text();
}
}
