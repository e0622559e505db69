// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "explainreport.hh"
#include <algorithm>
#include "jsonparts.hh"
#include "statusreport.hh"
#include "texttable.hh"
#include "words.hh"

namespace failover
{
namespace
{
  using Existence = Explanation::Existence;

  // Of those that are named; a node that has just gone has none.
  std::vector<NodeStatus> named(const std::vector<std::string>& names, const std::vector<NodeStatus>& nodes)
  {
    std::vector<NodeStatus> found;
    std::copy_if(nodes.begin(), nodes.end(), std::back_inserter(found), [&](const NodeStatus& node) {
      return std::binary_search(names.begin(), names.end(), node.name);
    });
    return found;
  }

  std::string headOf(const Explanation& explanation)
  {
    auto text = explanation.name + " in zone " + explanation.zone;
    if (explanation.delegated) {
      return text + ": referred to the name servers of a delegation\n";
    }
    switch (explanation.existence) {
    case Existence::Name:
      break;
    case Existence::Empty:
      text += ": no records of its own (NODATA)";
      break;
    case Existence::Wildcard:
      text += ": answered by the wildcard " + explanation.at;
      break;
    case Existence::None:
      text += explanation.dname.empty() ? ": does not exist (NXDOMAIN)" : ": led elsewhere by the DNAME of " + explanation.dname;
      break;
    }
    return text + "\n";
  }

  std::string policyText(const ExplainedRRset& rrset)
  {
    if (!rrset.policy) {
      return "policy: " + rrset.policyWhy + "\n";
    }
    const auto& policy = *rrset.policy;
    auto text = "policy " + std::to_string(policy.id) + " '" + policy.pattern() + "': " + rrset.policyWhy + "\n  mode " + std::string(toString(policy.mode));
    if (policy.maxAnswers) {
      text += ", max_answers " + std::to_string(*policy.maxAnswers);
    }
    text += ", min_healthy " + std::to_string(policy.minHealthy) + ", when_down " + std::string(toString(policy.whenDown));
    if (policy.ttlMax) {
      text += ", ttl_max " + std::to_string(*policy.ttlMax);
    }
    if (policy.trickle > 0) {
      text += ", trickle " + std::to_string(policy.trickle);
    }
    if (policy.ramp > 0) {
      text += ", ramp_s " + std::to_string(policy.ramp);
    }
    return text + "\n";
  }

  std::string weightText(const ExplainedRecord& record)
  {
    if (!record.weight) {
      return "-";
    }
    return record.weightNow == *record.weight ? std::to_string(*record.weight) : std::to_string(record.weightNow) + " of " + std::to_string(*record.weight);
  }

  std::string rrsetText(const ExplainedRRset& rrset)
  {
    auto text = "\n" + rrset.type + ": " + (rrset.outcome == Outcome::Served ? "served: " : "down: ") + rrset.outcomeWhy + "\n" + policyText(rrset);
    std::vector<TableRow> rows{{"RECORD", "NODE", "TIER", "WEIGHT", "TTL", "ANSWERED"}};
    for (const auto& record : rrset.records) {
      const auto ttl = std::to_string(record.ttl) + (record.ttlWhy == "the record's own" ? "" : " (" + record.ttlWhy + ")");
      const std::string client = !record.forClient ? "" : *record.forClient ? "; this client's"
                                                                            : "; not this client's";
      rows.push_back({record.content, record.nodes.empty() ? "-" : commaSeparated(record.nodes), record.tier ? std::to_string(*record.tier) : "-", weightText(record), ttl, (record.in ? "in: " : "out: ") + record.why + client});
    }
    text += aligned(rows);
    return text + (rrset.unlisted > 0 ? "and " + std::to_string(rrset.unlisted) + " more\n" : "");
  }

  // A line per check, or one for a node without any.
  std::string nodesTable(const std::vector<NodeStatus>& nodes, std::chrono::system_clock::time_point now)
  {
    std::vector<TableRow> rows{{"NODE", "STATE", "FOR", "LAST CHECKED", "LAST RESULT"}};
    for (const auto& node : nodes) {
      const TableRow head{node.name, std::string(toString(node.state)), ago(node.since, now)};
      for (const auto& check : node.checks) {
        auto row = head;
        row.insert(row.end(), {ago(check.lastAt, now) + (check.runs > 0 ? " ago" : ""), check.url + ": " + (check.outcome.empty() ? "not run yet" : check.outcome)});
        rows.push_back(std::move(row));
      }
      if (node.checks.empty()) {
        rows.push_back(head);
        rows.back().insert(rows.back().end(), {"-", "no check"});
      }
    }
    return aligned(rows);
  }

  Json::Value nodesJson(const std::vector<NodeStatus>& nodes)
  {
    Json::Value json(Json::arrayValue);
    for (const auto& node : nodes) {
      auto entry = nodeJson(node);
      entry["checks"] = Json::arrayValue;
      for (const auto& check : node.checks) {
        Json::Value last;
        last["id"] = Json::Int64(check.id);
        last["url"] = check.url;
        last["verdict"] = std::string(toString(check.verdict));
        last["outcome"] = check.outcome;
        last["last"] = utc(check.lastAt);
        entry["checks"].append(std::move(last));
      }
      json.append(std::move(entry));
    }
    return json;
  }

  const char* wordOf(Outcome outcome)
  {
    switch (outcome) {
    case Outcome::Down:
      return "down";
    case Outcome::NoData:
      return "nodata";
    case Outcome::ServFail:
      return "servfail";
    case Outcome::Served:
      break;
    }
    return "served";
  }

  Json::Value policyJson(const Policy& policy, const std::string& type)
  {
    Json::Value json;
    json["id"] = Json::Int64(policy.id);
    json["name"] = policy.pattern();
    json["type"] = type.empty() ? Json::Value() : Json::Value(type);
    json["mode"] = std::string(toString(policy.mode));
    json["max_answers"] = policy.maxAnswers ? Json::Value(*policy.maxAnswers) : Json::Value();
    json["min_healthy"] = policy.minHealthy;
    json["when_down"] = std::string(toString(policy.whenDown));
    json["ttl_max"] = policy.ttlMax ? Json::Value(*policy.ttlMax) : Json::Value();
    json["trickle"] = policy.trickle;
    json["ramp_s"] = policy.ramp;
    return json;
  }

  Json::Value recordJson(const ExplainedRecord& record)
  {
    Json::Value json;
    json["content"] = record.content;
    json["nodes"] = arrayJson(record.nodes);
    json["tier"] = record.tier ? Json::Value(*record.tier) : Json::Value();
    json["weight"] = record.weight ? Json::Value(*record.weight) : Json::Value();
    json["weight_now"] = record.weight ? Json::Value(record.weightNow) : Json::Value();
    json["in"] = record.in;
    json["reason"] = record.why;
    json["chance"] = shareJson(record.chance);
    json["client"] = record.forClient ? Json::Value(*record.forClient) : Json::Value();
    json["ttl"] = record.ttl;
    json["ttl_reason"] = record.ttlWhy;
    return json;
  }

  Json::Value rrsetJson(const ExplainedRRset& rrset)
  {
    Json::Value json;
    json["type"] = rrset.type;
    json["policy"] = rrset.policy ? policyJson(*rrset.policy, rrset.policyType) : Json::Value();
    json["policy_reason"] = rrset.policyWhy;
    json["outcome"] = wordOf(rrset.outcome);
    json["outcome_reason"] = rrset.outcomeWhy;
    json["nodes"] = Json::UInt64(rrset.nodes.nodes);
    json["serving"] = Json::UInt64(rrset.nodes.serving);
    json["records"] = Json::arrayValue;
    for (const auto& record : rrset.records) {
      json["records"].append(recordJson(record));
    }
    json["records_unlisted"] = Json::UInt64(rrset.unlisted);
    return json;
  }
}

std::string explanationText(const Explanation& explanation, const std::vector<NodeStatus>& nodes, std::chrono::system_clock::time_point now)
{
  auto text = headOf(explanation);
  for (const auto& rrset : explanation.rrsets) {
    text += rrsetText(rrset);
  }
  if (!explanation.others.empty()) {
    text += "\nno record leads to a node, always answered: " + commaSeparated(explanation.others) + "\n";
  }
  else if (explanation.rrsets.empty() && !explanation.delegated && explanation.existence != Existence::None && explanation.existence != Existence::Empty) {
    text += "\nno records of this type (NODATA)\n";
  }
  if (!explanation.nodes.empty()) {
    text += "\n" + nodesTable(named(explanation.nodes, nodes), now);
  }
  return text;
}

Json::Value explanationJson(const Explanation& explanation, const std::vector<NodeStatus>& nodes)
{
  Json::Value json;
  json["name"] = explanation.name;
  json["zone"] = explanation.zone;
  constexpr const char* words[] = {"name", "empty", "wildcard", "none"}; // by Existence
  json["exists"] = words[static_cast<size_t>(explanation.existence)];
  json["wildcard"] = explanation.existence == Existence::Wildcard ? Json::Value(explanation.at) : Json::Value();
  json["dname"] = explanation.dname.empty() ? Json::Value() : Json::Value(explanation.dname);
  json["delegated"] = explanation.delegated;
  json["rrsets"] = Json::arrayValue;
  for (const auto& rrset : explanation.rrsets) {
    json["rrsets"].append(rrsetJson(rrset));
  }
  json["other_types"] = arrayJson(explanation.others);
  json["nodes"] = nodesJson(named(explanation.nodes, nodes));
  return json;
}
}
