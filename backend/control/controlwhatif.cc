// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <chrono>
#include <map>
#include "controlcommands.hh"
#include "backend/runtime.hh"
#include "whatifreport.hh"

namespace failover::control
{
namespace
{
  using ByRuntime = std::map<Runtime*, std::vector<std::string>>;

  // The nodes that there are, for who has asked for another.
  std::string existing(Runtimes runtimes)
  {
    constexpr size_t most = 50;
    std::string text;
    size_t number = 0;
    for (const auto* runtime : runtimes) {
      for (const auto& node : runtime->nodes()) {
        if (++number <= most) {
          text += (text.empty() ? "" : ", ") + node.name;
        }
      }
    }
    return "nodes: " + (text.empty() ? "none" : text) + (number > most ? ", …" : "") + "\n";
  }

  // NODE[,NODE…] by backend. Returns what is wrong with them; empty when nothing is.
  std::string parse(Runtimes runtimes, const std::string& word, ByRuntime& nodes)
  {
    for (size_t begin = 0; begin <= word.size();) {
      const auto end = std::min(word.find(',', begin), word.size());
      const auto found = findNode(runtimes, word.substr(begin, end - begin));
      if (found.runtime == nullptr) {
        return found.error + existing(runtimes);
      }
      auto& names = nodes[found.runtime];
      if (std::find(names.begin(), names.end(), found.node.name) == names.end()) {
        names.push_back(found.node.name);
      }
      begin = end + 1;
    }
    return {};
  }
}

std::string whatif(Runtimes runtimes, const Words& words)
{
  auto arguments = Words(words.begin() + 1, words.end());
  const bool json = takeJson(arguments);
  if (arguments.size() != 1) {
    return "error: usage: failover-whatif NODE[,NODE...] [json]\n";
  }
  if (runtimes.empty()) {
    return s_notServing;
  }
  ByRuntime nodes;
  if (const auto fault = parse(runtimes, arguments.front(), nodes); !fault.empty()) {
    return fault;
  }
  Reports reports(runtimes, json);
  for (auto* runtime : runtimes) {
    if (!nodes.contains(runtime)) {
      continue;
    }
    const auto contents = runtime->contents();
    const auto found = whatIf(*contents.snapshot, contents.nodes->nodes, *contents.nodes->owners, nodes[runtime], runtime->host(), toMilliseconds(std::chrono::system_clock::now()));
    reports.add(
      *runtime, [&] { return whatIfText(found); }, [&] { return whatIfJson(found); });
  }
  return reports.text();
}
}
