// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "pdnsstatistics.hh"
#include <algorithm>
#include <cctype>
#include <map>
#include "runtime.hh"
#include "runtimes.hh"
#include "pdns/arguments.hh"
#include "pdns/pdnsexception.hh"
#include "pdns/statbag.hh"

extern StatBag S; // NOLINT: PowerDNS's name for it

namespace failover
{
namespace
{
  // Whether the first backend is made before any thread can read the statistics: to fill the zone cache (auth-main.cc,
  // mainthread), and without a listener that is there earlier still (main).
  bool isInTime()
  {
    return ::arg().asNum("zone-cache-refresh-interval") != 0 && ::arg()["tcp-control-address"].empty();
  }

  // /metrics shows a name as it is, '-' as '_'; Prometheus knows letters, digits and '_'
  // (https://prometheus.io/docs/concepts/data_model/).
  std::string statisticName(std::string text)
  {
    std::replace_if(
      text.begin(), text.end(), [](unsigned char character) { return std::isalnum(character) == 0 && character != '_'; }, '-');
    return text;
  }

  std::string metricName(std::string name)
  {
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
  }

  Runtime* runtimeOf(const std::string& suffix)
  {
    for (auto* runtime : allRuntimes()) {
      if (runtime->suffix() == (suffix.empty() ? suffix : suffix.substr(1))) {
        return runtime;
      }
    }
    return nullptr;
  }
}

void declareStatistics(const std::string& suffix)
{
  const auto count = [suffix](const std::string&) -> uint64_t {
    auto* runtime = runtimeOf(suffix);
    return runtime != nullptr ? runtime->answers().total() : 0;
  };
  S.declare(statisticName("failover" + suffix + "-answers"), "Number of records sent that lead to a node of the failover backend", count, StatType::counter);
}

void declareStatistics(const std::string& suffix, Runtime& runtime, const std::vector<std::string>& nodes)
{
  if (!isInTime()) {
    runtime.warn("PowerDNS's statistics have no node's answers, only their sum, with zone-cache-refresh-interval=0 or a tcp-control-address");
    return;
  }
  std::map<std::string, std::string> known; // what Prometheus calls a node's statistic, and the node
  for (const auto& node : nodes) {
    const auto name = statisticName("failover" + suffix + "-answers-" + node);
    const auto [place, isNew] = known.emplace(metricName(name), node);
    if (!isNew) {
      runtime.warn("PowerDNS's statistics have no answers of node " + node + ": its name is too much like " + place->second);
      continue;
    }
    const auto key = nodeKey(node);
    try {
      S.declare(
        name, "Number of records sent that lead to node " + node, [&runtime, key](const std::string&) -> uint64_t { return runtime.answers().count(key); }, StatType::counter);
    }
    catch (const PDNSException& error) { // another suffix has made the same name of its nodes
      runtime.warn("PowerDNS's statistics have no answers of node " + node + ": " + error.reason);
    }
  }
}
}
