// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "whatifreport.hh"
#include "backend/counted.hh"
#include "jsonparts.hh"
#include "texttable.hh"
#include "words.hh"

namespace failover
{
namespace
{
  std::string ofAll(size_t serving, const Redundancy& nodes)
  {
    return std::to_string(serving) + " of " + std::to_string(nodes.nodes);
  }

  const char* answerWhile(const AffectedRRset& rrset)
  {
    switch (rrset.whenDown) {
    case WhenDown::NoData:
      return "NODATA";
    case WhenDown::ServFail:
      return "SERVFAIL";
    case WhenDown::Last:
    case WhenDown::ServeAll:
      break;
    }
    if (rrset.hasTier) {
      return "the first tier with a node that serves";
    }
    if (rrset.whenDown == WhenDown::Last) {
      return "what was answered last";
    }
    return "as if every node served";
  }

  std::string listing(const std::string& head, const Listed<AffectedRRset>& rrsets, bool down)
  {
    if (rrsets.total() == 0) {
      return "\n" + head + ": none\n";
    }
    std::vector<TableRow> rows{{"NAME", "TYPE", "SERVING", "THEN", down ? "ANSWERED THEN" : ""}};
    for (const auto& rrset : rrsets.listed()) {
      rows.push_back({rrset.name, rrset.type, ofAll(rrset.before.serving, rrset.before), ofAll(rrset.after.serving, rrset.after), down ? answerWhile(rrset) : ""});
    }
    return "\n" + head + ": " + std::to_string(rrsets.total()) + "\n" + aligned(rows) + (rrsets.unlisted() > 0 ? "and " + std::to_string(rrsets.unlisted()) + " more\n" : "");
  }

  Json::Value listingJson(const Listed<AffectedRRset>& rrsets)
  {
    Json::Value json;
    json["total"] = Json::UInt64(rrsets.total());
    json["listed"] = Json::arrayValue;
    for (const auto& rrset : rrsets.listed()) {
      Json::Value entry;
      entry["name"] = rrset.name;
      entry["type"] = rrset.type;
      entry["nodes"] = Json::UInt64(rrset.before.nodes);
      entry["serving_before"] = Json::UInt64(rrset.before.serving);
      entry["serving_after"] = Json::UInt64(rrset.after.serving);
      entry["when_down"] = std::string(toString(rrset.whenDown));
      json["listed"].append(std::move(entry));
    }
    return json;
  }
}

std::string whatIfText(const WhatIf& whatIf)
{
  auto text = "if " + commaSeparated(whatIf.nodes) + " left the answers now, of " + counted(whatIf.rrsets, "record set") + " that lead to nodes:\n";
  if (!whatIf.idle.empty()) {
    text += commaSeparated(whatIf.idle) + (whatIf.idle.size() == 1 ? " does" : " do") + " not serve as it is\n";
  }
  text += listing("would be down", whatIf.down, true);
  text += listing("would be left with one serving node", whatIf.alone, false);
  if (whatIf.alreadyDown > 0) {
    text += "\nare down as it is: " + std::to_string(whatIf.alreadyDown) + "\n";
  }
  std::vector<TableRow> rows{{"NODE", "SHARE", "THEN"}};
  for (const auto& share : whatIf.shares) {
    rows.push_back({share.node.empty() ? "(no node)" : share.node, percent(share.before), percent(share.after)});
  }
  return text + "\n" + aligned(rows) + "SHARE: of the records in answers, where each record set is asked for as often as any other\n";
}

Json::Value whatIfJson(const WhatIf& whatIf)
{
  Json::Value json;
  json["nodes"] = arrayJson(whatIf.nodes);
  json["not_serving"] = arrayJson(whatIf.idle);
  json["rrsets"] = Json::UInt64(whatIf.rrsets);
  json["already_down"] = Json::UInt64(whatIf.alreadyDown);
  json["down"] = listingJson(whatIf.down);
  json["redundancy_lost"] = listingJson(whatIf.alone);
  json["weighting"] = "rrset";
  json["shares"] = Json::arrayValue;
  for (const auto& share : whatIf.shares) {
    Json::Value entry;
    entry["node"] = share.node.empty() ? Json::Value() : Json::Value(share.node);
    entry["before"] = shareJson(share.before);
    entry["after"] = shareJson(share.after);
    json["shares"].append(std::move(entry));
  }
  return json;
}

std::string wouldBeDown(const AffectedRRset& rrset)
{
  return rrset.name + " " + rrset.type + ": " + ofAll(rrset.after.serving, rrset.after) + (rrset.after.nodes == 1 ? " node" : " nodes") + " would serve; answered " + answerWhile(rrset);
}
}
