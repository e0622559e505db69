// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "auditreport.hh"
#include "backend/counted.hh"

namespace failover
{
namespace
{
  template <typename Visit>
  void forEachKind(const Audit& audit, Visit visit)
  {
    for (size_t i = 0; i < s_findingKinds; ++i) {
      const auto finding = static_cast<Finding>(i);
      if (audit.of(finding).total() > 0) {
        visit(kindOf(finding), audit.of(finding));
      }
    }
  }
}

std::string auditText(const Audit& audit)
{
  std::string text;
  forEachKind(audit, [&](const FindingKind& kind, const Listed<Audit::Entry>& entries) {
    text += std::string(toString(kind.severity)) + ": " + std::string(kind.name) + ": " + std::to_string(entries.total()) + "; " + std::string(kind.advice) + "\n";
    for (const auto& [where, what] : entries.listed()) {
      text += "  " + where + ": " + what + "\n";
    }
    text += entries.unlisted() > 0 ? "  and " + std::to_string(entries.unlisted()) + " more\n" : "";
  });
  if (text.empty()) {
    return "nothing found\n";
  }
  return text + counted(audit.count(Severity::Error), "error") + ", " + counted(audit.count(Severity::Warning), "warning") + ", " + counted(audit.count(Severity::Notice), "notice") + "\n";
}

Json::Value auditJson(const Audit& audit)
{
  Json::Value json;
  json["errors"] = Json::UInt64(audit.count(Severity::Error));
  json["warnings"] = Json::UInt64(audit.count(Severity::Warning));
  json["notices"] = Json::UInt64(audit.count(Severity::Notice));
  json["findings"] = Json::arrayValue;
  json["totals"] = Json::objectValue;
  forEachKind(audit, [&](const FindingKind& kind, const Listed<Audit::Entry>& entries) {
    json["totals"][std::string(kind.name)] = Json::UInt64(entries.total());
    for (const auto& [where, what] : entries.listed()) {
      Json::Value entry;
      entry["severity"] = std::string(toString(kind.severity));
      entry["kind"] = std::string(kind.name);
      entry["where"] = where;
      entry["what"] = what;
      entry["advice"] = std::string(kind.advice);
      json["findings"].append(std::move(entry));
    }
  });
  return json;
}
}
