// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "statusreport.hh"
#include <algorithm>
#include "backend/counted.hh"
#include "moments.hh"
#include "proberreport.hh"
#include "texttable.hh"

namespace failover
{
namespace
{
  using std::chrono::sys_seconds;
  using std::chrono::system_clock;

  // "HTTP 503 (expected 200-399), 1/3 to down"
  std::string outcomeOf(const CheckStatus& check)
  {
    if (check.runs == 0) {
      return check.outcome.empty() ? "not run yet" : check.outcome;
    }
    auto text = check.outcome;
    if (check.warningOnly || check.doubted) {
      text += check.doubted ? " (does not count while we doubt ourselves)" : " (only warns)";
    }
    if (check.contrary > 0) {
      text += ", " + std::to_string(check.contrary) + "/" + std::to_string(check.needed) + (check.verdict == Verdict::Up ? " to down" : " to up");
    }
    return text;
  }

  Json::Value drainJson(const PlannedDrain& drain, sys_seconds now)
  {
    Json::Value json;
    json["starts"] = toText(drain.starts);
    json["ends"] = drain.ends ? Json::Value(toText(*drain.ends)) : Json::Value();
    json["running"] = drain.starts <= now;
    json["reason"] = drain.reason;
    return json;
  }

  // One per drain that is not over: "east: drain planned in 3 h". A forced state goes before the plan.
  std::string drainLines(const std::vector<NodeStatus>& nodes, sys_seconds now)
  {
    std::string text;
    for (const auto& node : nodes) {
      const bool isForced = node.admin == AdminState::Up || node.admin == AdminState::Down;
      for (const auto& drain : node.drains) {
        if (!isOver(drain, now)) {
          text += (text.empty() ? "\n" : "") + node.name + ": " + drainText(drain, now) + (isForced ? " (not while " + std::string(toString(node.state)) + ")" : "") + '\n';
        }
      }
    }
    return text;
  }
}

Json::Value utc(system_clock::time_point when)
{
  return when == system_clock::time_point{} ? Json::Value() : Json::Value(toText(inSeconds(when)));
}

Json::Value nodeJson(const NodeStatus& node)
{
  Json::Value json;
  json["name"] = node.name;
  json["state"] = std::string(toString(node.state));
  json["since"] = utc(node.since);
  json["reason"] = node.reason;
  return json;
}

Json::Value checkJson(const CheckStatus& check)
{
  Json::Value json;
  json["id"] = Json::Int64(check.id);
  json["url"] = check.url;
  json["address"] = check.address.empty() ? Json::Value() : Json::Value(check.address);
  json["verdict"] = std::string(toString(check.verdict));
  json["passed"] = check.passed;
  json["local_problem"] = check.localProblem;
  json["warning"] = check.warning;
  json["doubted"] = check.doubted;
  json["role"] = check.warningOnly ? "warn" : "decide";
  json["inverted"] = check.inverted;
  json["shared"] = check.isShared;
  json["outcome"] = check.outcome;
  json["latency_ms"] = Json::Int64(check.latency.count());
  json["contrary"] = check.contrary;
  json["needed"] = check.needed;
  json["streak"] = Json::UInt64(check.streak);
  json["runs"] = Json::UInt64(check.runs);
  json["last"] = utc(check.lastAt);
  return json;
}

std::string ago(system_clock::time_point then, system_clock::time_point now)
{
  if (then == system_clock::time_point{}) {
    return "-";
  }
  const auto seconds = std::max<int64_t>(0, std::chrono::duration_cast<std::chrono::seconds>(now - then).count());
  constexpr int64_t minute = 60;
  constexpr int64_t hour = 60 * minute;
  constexpr int64_t day = 24 * hour;
  if (seconds < 2 * minute) {
    return std::to_string(seconds) + " s";
  }
  if (seconds < 2 * hour) {
    return std::to_string(seconds / minute) + " min";
  }
  if (seconds < 2 * day) {
    return std::to_string(seconds / hour) + " h";
  }
  return std::to_string(seconds / day) + " d";
}

std::string drainText(const PlannedDrain& drain, sys_seconds now)
{
  std::string text = "drain ";
  if (drain.starts > now) {
    text += "planned in " + spelledRoughly(drain.starts - now) + (drain.ends ? " for " + spelled(*drain.ends - drain.starts) : "");
  }
  else {
    text += drain.ends ? "ends in " + spelledRoughly(*drain.ends - now) : "until resumed";
  }
  return text + (drain.reason.empty() ? "" : ": " + drain.reason);
}

std::string statusTable(const std::vector<NodeStatus>& nodes, const ProberStatus& prober, const StoreStatus& store, const AnswerTotals& answers, system_clock::time_point now)
{
  std::vector<TableRow> rows{{"NODE", "STATE", "FOR", "ANSWERS", "WHY"}};
  std::vector<TableRow> checks{{"NODE", "CHECK", "URL", "VERDICT", "LATENCY", "STREAK", "AGO", "LAST RESULT"}};
  for (const auto& node : nodes) {
    rows.push_back({node.name, std::string(toString(node.state)), ago(node.since, now), std::to_string(answers.count(nodeKey(node.name))), node.reason});
    for (const auto& check : node.checks) {
      const bool ran = check.runs > 0;
      checks.push_back({node.name, std::to_string(check.id), check.url + (check.address.empty() ? "" : " at " + check.address), std::string(toString(check.verdict)),
        ran ? std::to_string(check.latency.count()) + " ms" : "-",
        ran ? std::to_string(check.streak) + (check.passed ? " passed" : " failed") : "-",
        ago(check.lastAt, now), outcomeOf(check)});
    }
  }
  std::string text = frozenLine(prober.doubt, now) + (nodes.empty() ? "no nodes: add one with schema/add-node.sql\n" : aligned(rows));
  text += drainLines(nodes, inSeconds(now)) + nodeNotes(nodes, now);
  if (checks.size() > 1) {
    text += '\n' + aligned(checks);
  }
  text += outsideTables(prober, now);
  text += "\nstore " + store.database + ": " + counted(store.zones, "zone") + ", " + counted(store.records, "record") + "\n";
  for (const auto& fault : {store.readFault.empty() ? "" : "cannot be read: " + store.readFault, store.writeFault.empty() ? "" : "cannot be written: " + store.writeFault}) {
    if (!fault.empty()) {
      text += "store " + fault + '\n';
    }
  }
  for (const auto& problem : store.problems.listed()) {
    text += "store: " + problem.text() + '\n';
  }
  if (store.problems.unlisted() > 0) {
    text += "store: and " + counted(store.problems.unlisted(), "more bad row") + '\n';
  }
  return text;
}

Json::Value statusJson(const std::vector<NodeStatus>& nodes, const StoreStatus& store, const AnswerTotals& answers, system_clock::time_point now)
{
  Json::Value json;
  json["nodes"] = Json::arrayValue;
  for (const auto& node : nodes) {
    auto entry = nodeJson(node);
    entry["answers"] = Json::UInt64(answers.count(nodeKey(node.name)));
    addVerdict(entry, node, now);
    entry["drains"] = Json::arrayValue;
    for (const auto& drain : node.drains) {
      if (!isOver(drain, inSeconds(now))) {
        entry["drains"].append(drainJson(drain, inSeconds(now)));
      }
    }
    entry["checks"] = Json::arrayValue;
    for (const auto& check : node.checks) {
      entry["checks"].append(checkJson(check));
    }
    json["nodes"].append(std::move(entry));
  }
  auto& about = json["store"];
  about["database"] = store.database;
  about["ok"] = store.readFault.empty() && store.writeFault.empty();
  about["error"] = !store.readFault.empty() ? store.readFault : store.writeFault;
  about["zones"] = Json::UInt64(store.zones);
  about["records"] = Json::UInt64(store.records);
  about["dropped_events"] = Json::UInt64(store.droppedEvents);
  about["problems"] = Json::arrayValue;
  about["problems_total"] = Json::UInt64(store.problems.total());
  for (const auto& problem : store.problems.listed()) {
    about["problems"].append(problem.text());
  }
  return json;
}
}
