// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "proberreport.hh"
#include "backend/counted.hh"
#include "moments.hh"
#include "statusreport.hh"
#include "texttable.hh"

namespace failover
{
namespace
{
  using std::chrono::system_clock;

  std::string required(Requirement require)
  {
    return require.atLeast == Requirement::s_all ? "all" : require.atLeast == 1 ? "any"
                                                                                : std::to_string(require.atLeast);
  }

  std::string viewOf(const PeerStatus& peer)
  {
    return peer.frozen ? "frozen" : peer.fresh ? "fresh"
                                               : "none";
  }
}

std::string frozenLine(const DoubtStatus& doubt, system_clock::time_point now)
{
  return doubt.frozen ? "FROZEN for " + ago(doubt.since, now) + ", the fault seems to be ours: " + doubt.reason + "\n\n" : "";
}

std::string nodeNotes(const std::vector<NodeStatus>& nodes, system_clock::time_point now)
{
  std::string text;
  const auto note = [&text](const NodeStatus& node, const std::string& what) { text += (text.empty() ? "\n" : "") + node.name + ": " + what + '\n'; };
  for (const auto& node : nodes) {
    if (node.heldUntil > now) {
      note(node, "held down for " + spelledRoughly(std::chrono::ceil<std::chrono::seconds>(node.heldUntil - now)) + " more after " + counted(node.flaps.count, "fall"));
    }
    else if (node.flaps.count > 1) {
      note(node, "fell " + std::to_string(node.flaps.count) + " times lately");
    }
    if (node.vote.needed > 0 && (node.vote.ownDisagrees || !node.vote.disagreeing.empty())) {
      note(node, toText(node.vote));
    }
    if (node.require.atLeast != Requirement::s_all) {
      note(node, "needs " + required(node.require) + " of its checks");
    }
  }
  return text;
}

std::string outsideTables(const ProberStatus& prober, system_clock::time_point now)
{
  std::string text;
  if (!prober.doubt.references.empty()) {
    std::vector<TableRow> rows{{"REFERENCE", "URL", "VERDICT", "LATENCY", "AGO", "LAST RESULT"}};
    for (const auto& check : prober.doubt.references) {
      rows.push_back({std::to_string(check.id), check.url + (check.address.empty() ? "" : " at " + check.address), std::string(toString(check.verdict)),
        check.runs > 0 ? std::to_string(check.latency.count()) + " ms" : "-", ago(check.lastAt, now), check.runs > 0 ? check.outcome : "not run yet"});
    }
    text += '\n' + aligned(rows);
  }
  if (!prober.peers.empty()) {
    std::vector<TableRow> rows{{"PEER", "URL", "VIEW", "AGO", "LAST RESULT"}};
    for (const auto& peer : prober.peers) {
      rows.push_back({peer.name, peer.url, viewOf(peer), ago(peer.heardAt, now), peer.outcome.empty() ? "not asked yet" : peer.outcome});
    }
    text += '\n' + aligned(rows);
  }
  return text;
}

void addProber(Json::Value& report, const ProberStatus& prober, const ProberCounters& counters)
{
  auto& frozen = report["frozen"];
  if (prober.doubt.frozen) {
    frozen["since"] = utc(prober.doubt.since);
    frozen["reason"] = prober.doubt.reason;
  }
  report["references"] = Json::arrayValue;
  for (const auto& check : prober.doubt.references) {
    report["references"].append(checkJson(check));
  }
  report["peers"] = Json::arrayValue;
  for (const auto& peer : prober.peers) {
    Json::Value json;
    json["name"] = peer.name;
    json["url"] = peer.url;
    json["view"] = viewOf(peer);
    json["outcome"] = peer.outcome;
    json["heard"] = utc(peer.heardAt);
    report["peers"].append(std::move(json));
  }
  auto& notices = report["notifications"];
  notices["sent"] = Json::UInt64(counters.noticesSent.load(std::memory_order_relaxed));
  notices["failed"] = Json::UInt64(counters.noticesFailed.load(std::memory_order_relaxed));
  notices["dropped"] = Json::UInt64(counters.noticesDropped.load(std::memory_order_relaxed));
  auto& probes = report["probes"];
  probes["runs"] = Json::UInt64(counters.runs.load(std::memory_order_relaxed));
  probes["doubted"] = Json::UInt64(counters.doubted.load(std::memory_order_relaxed));
  probes["stalls"] = Json::UInt64(counters.stalls.load(std::memory_order_relaxed));
}

void addVerdict(Json::Value& node, const NodeStatus& status, system_clock::time_point now)
{
  node["own"] = std::string(toString(status.own));
  node["require"] = required(status.require);
  node["falls"] = status.flaps.count;
  node["held_until"] = status.heldUntil > now ? utc(std::chrono::ceil<std::chrono::seconds>(status.heldUntil)) : Json::Value();
  auto& vote = node["vote"];
  if (status.vote.needed > 0) {
    vote["views"] = status.vote.counted;
    vote["down"] = status.vote.down;
    vote["needed"] = status.vote.needed;
    vote["disagreeing"] = Json::arrayValue;
    for (const auto& peer : status.vote.disagreeing) {
      vote["disagreeing"].append(peer);
    }
  }
}
}
