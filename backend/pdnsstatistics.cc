// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "pdnsstatistics.hh"
#include <algorithm>
#include <cctype>
#include <chrono>
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

  uint64_t probeOverdue(Runtime& runtime)
  {
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
    return static_cast<uint64_t>(std::max<int64_t>(now - runtime.prober().counters().turnsBy.load(), 0));
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
  const auto declare = [&suffix](const char* name, const char* help, uint64_t (*read)(Runtime&), StatType type) {
    S.declare(
      statisticName("failover" + suffix + "-" + name), help, [suffix, read](const std::string&) -> uint64_t {
        auto* runtime = runtimeOf(suffix);
        return runtime != nullptr ? read(*runtime) : 0;
      },
      type);
  };
  declare(
    "answers", "Number of records sent that lead to a node of the failover backend", [](Runtime& runtime) -> uint64_t { return runtime.answers().total(); }, StatType::counter);
  declare(
    "probes", "Number of runs of checks that the failover backend has begun", [](Runtime& runtime) { return runtime.prober().counters().runs.load(); }, StatType::counter);
  declare(
    "probe-stalls", "Number of times that the failover backend's probing stood still", [](Runtime& runtime) { return runtime.prober().counters().stalls.load(); }, StatType::counter);
  declare(
    "doubted-failures", "Number of failed checks that did not count, since the fault seemed to be this server's", [](Runtime& runtime) { return runtime.prober().counters().doubted.load(); }, StatType::counter);
  declare(
    "notifications-dropped", "Number of notifications of the failover backend that nobody will get", [](Runtime& runtime) { return runtime.prober().counters().noticesDropped.load(); }, StatType::counter);
  declare(
    "frozen", "1 while the failover backend's verdicts are frozen, since the fault seems to be this server's", [](Runtime& runtime) -> uint64_t { return runtime.prober().counters().frozen.load() ? 1 : 0; }, StatType::gauge);
  declare("probe-overdue-ms", "Milliseconds that the failover backend's probe thread is late", &probeOverdue, StatType::gauge);
}

void declareStatistics(const std::string& suffix, Runtime& runtime, const std::vector<std::string>& nodes)
{
  if (!isInTime()) {
    runtime.warn("PowerDNS's statistics have no node's answers and verdict, and peers cannot see ours, with zone-cache-refresh-interval=0 or a tcp-control-address");
    return;
  }
  std::map<std::string, std::string> known; // what Prometheus calls a node's statistic, and the node
  for (const auto& node : nodes) {
    const auto name = statisticName("failover" + suffix + "-answers-" + node);
    const auto [place, isNew] = known.emplace(metricName(name), node);
    if (!isNew) {
      runtime.warn("PowerDNS's statistics have no answers and no verdict of node " + node + ": its name is too much like " + place->second);
      continue;
    }
    const auto key = nodeKey(node);
    try {
      S.declare(
        name, "Number of records sent that lead to node " + node, [&runtime, key](const std::string&) -> uint64_t { return runtime.answers().count(key); }, StatType::counter);
      S.declare(
        statisticName("failover" + suffix + "-verdict-" + node), "What this server's checks say of node " + node + ": 0 unknown, 1 up, 2 down", [&runtime, node](const std::string&) -> uint64_t { return static_cast<uint64_t>(runtime.ownVerdict(node)); }, StatType::gauge);
    }
    catch (const PDNSException& error) { // another suffix has made the same name of its nodes
      runtime.warn("PowerDNS's statistics have no answers and no verdict of node " + node + ": " + error.reason);
    }
  }
}
}
