// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "topreport.hh"
#include <algorithm>
#include <array>
#include <cstdio>
#include <set>
#include <string_view>
#include <tuple>
#include "backend/counted.hh"
#include "statusreport.hh"
#include "texttable.hh"

namespace failover
{
namespace
{
  struct MoreFrequent
  {
    bool operator()(const TopAnswer& left, const TopAnswer& right) const noexcept
    {
      return left.answers != right.answers ? left.answers > right.answers
                                           : std::tie(left.name, left.type, left.node) < std::tie(right.name, right.type, right.node);
    }
  };
  // A name that lies in two zones is there once.
  using Best = std::set<TopAnswer, MoreFrequent>;

  // The nodes that an rrset leads to, each once.
  std::vector<std::string_view> nodesOf(const RRset& rrset)
  {
    std::vector<std::string_view> names;
    for (const auto& record : rrset.records) {
      if (record.owner == nullptr) {
        continue;
      }
      for (const auto& member : record.owner->members()) {
        const auto& name = member.health->name();
        if (std::find(names.begin(), names.end(), name) == names.end()) {
          names.push_back(name);
        }
      }
    }
    return names;
  }

  void addAnswers(const RRset& rrset, const WireName& name, const AnswerTotals& answers, const Host& host, size_t limit, Best& best)
  {
    std::vector<std::pair<std::string_view, uint64_t>> counts;
    uint64_t sum = 0;
    for (const auto node : nodesOf(rrset)) {
      counts.emplace_back(node, answers.count(answerKey(name, rrset.type, node)));
      sum += counts.back().second;
    }
    for (const auto& [node, count] : counts) {
      if (count == 0 || (best.size() == limit && count < best.rbegin()->answers)) {
        continue;
      }
      best.insert({count, toText(name), host.typeName(rrset.type), std::string(node), sum});
      if (best.size() > limit) {
        best.erase(std::prev(best.end()));
      }
    }
  }

  double share(uint64_t part, uint64_t whole) noexcept
  {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
  }

  std::string percent(uint64_t part, uint64_t whole)
  {
    if (whole == 0) {
      return "-";
    }
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.1f %%", 100 * share(part, whole));
    return text.data();
  }
}

TopReport topOf(const Snapshot& snapshot, const AnswerTotals& answers, const std::vector<std::string>& nodes, size_t limit, const Host& host)
{
  TopReport report;
  report.total = answers.total();
  report.uncounted = answers.uncounted();
  for (const auto& node : nodes) {
    report.nodes.emplace_back(node, answers.count(nodeKey(node)));
  }
  Best best;
  snapshot.forEachZone([&](const Zone& zone) {
    zone.forEachName([&](std::string_view relative, std::span<const RRset> rrsets) {
      for (const auto& rrset : rrsets) {
        if (rrset.dependent()) {
          addAnswers(rrset, std::string(relative) + zone.apex(), answers, host, limit, best);
        }
      }
    });
  });
  report.top.assign(best.begin(), best.end());
  return report;
}

std::string topTable(const TopReport& report, std::chrono::system_clock::time_point now)
{
  std::vector<TableRow> nodes{{"NODE", "ANSWERS", "SHARE"}};
  for (const auto& [name, count] : report.nodes) {
    nodes.push_back({name, std::to_string(count), percent(count, report.total)});
  }
  std::vector<TableRow> top{{"NAME", "TYPE", "NODE", "ANSWERS", "SHARE"}};
  for (const auto& answer : report.top) {
    top.push_back({answer.name, answer.type, answer.node, std::to_string(answer.answers), percent(answer.answers, answer.ofRRset)});
  }
  auto text = top.size() > 1 ? aligned(top) + '\n' : std::string();
  text += nodes.size() > 1 ? aligned(nodes) + '\n' : std::string();
  text += counted(report.total, "answer") + " in " + ago(report.since, now) + "\n";
  if (report.uncounted > 0) {
    text += std::to_string(report.uncounted) + " of them are missing above: more names were asked for than there was room to count\n";
  }
  if (report.kept.count() > 0) {
    text += "each was chosen afresh, and may have been sent for " + std::to_string(report.kept.count()) + " ms\n";
  }
  return text;
}

Json::Value topJson(const TopReport& report)
{
  Json::Value json;
  json["since"] = utc(report.since);
  json["answers"] = Json::UInt64(report.total);
  json["uncounted"] = Json::UInt64(report.uncounted);
  json["kept_ms"] = Json::Int64(report.kept.count());
  json["nodes"] = Json::arrayValue;
  for (const auto& [name, count] : report.nodes) {
    Json::Value entry;
    entry["name"] = name;
    entry["answers"] = Json::UInt64(count);
    entry["share"] = share(count, report.total);
    json["nodes"].append(std::move(entry));
  }
  json["top"] = Json::arrayValue;
  for (const auto& answer : report.top) {
    Json::Value entry;
    entry["name"] = answer.name;
    entry["type"] = answer.type;
    entry["node"] = answer.node;
    entry["answers"] = Json::UInt64(answer.answers);
    entry["share"] = share(answer.answers, answer.ofRRset);
    json["top"].append(std::move(entry));
  }
  return json;
}
}
