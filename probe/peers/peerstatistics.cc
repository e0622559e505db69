// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <charconv>
#include <memory>
#include <utility>
#include <json/reader.h>
#include <json/value.h>
#include "peerstatistics.hh"
#include "probe/printable.hh"

namespace failover
{
namespace
{
  using std::chrono::milliseconds;

  constexpr std::string_view s_verdict = "failover-verdict-";
  constexpr std::string_view s_frozen = "failover-frozen";
  constexpr std::string_view s_overdue = "failover-probe-overdue-ms";
  constexpr size_t s_nameLimit = 63;    // bytes of a node's name, as the schema has it
  constexpr int s_depthLimit = 8;       // PowerDNS nests four deep
  constexpr size_t s_valuesPerItem = 4; // an object of three members
  constexpr size_t s_whyLimit = 120;    // bytes of the parser's own words
  constexpr milliseconds s_oldest = std::chrono::hours(24);

  bool isPlain(char c) noexcept
  {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
  }

  // How many JSON values there can be in `body`, without reading them: each is the first in a container or follows a
  // comma. jsoncpp makes a hundred bytes of each, even of two bytes such as "0,".
  size_t valuesAtMost(std::string_view body) noexcept
  {
    size_t count = 1;
    bool quoted = false;
    for (size_t i = 0; i < body.size(); ++i) {
      if (quoted && body[i] == '\\') {
        ++i;
      }
      else if (body[i] == '"') {
        quoted = !quoted;
      }
      else if (!quoted && (body[i] == ',' || body[i] == '[' || body[i] == '{')) {
        ++count;
      }
    }
    return count;
  }

  // False, and `why` says where, when `body` is not one JSON text (RFC 8259).
  bool parse(std::string_view body, Json::Value& out, std::string& why)
  {
    Json::CharReaderBuilder builder;
    Json::CharReaderBuilder::strictMode(&builder.settings_);
    builder["stackLimit"] = s_depthLimit;
    const std::unique_ptr<Json::CharReader> reader(builder.newCharReader());
    try {
      return reader->parse(body.data(), body.data() + body.size(), &out, &why);
    }
    catch (const Json::Exception& e) { // nested too deep
      why = e.what();
      return false;
    }
  }

  // Borrowed from `value`; empty when it is no string.
  std::string_view textOf(const Json::Value* value) noexcept
  {
    const char* begin = nullptr;
    const char* end = nullptr;
    if (value == nullptr || !value->isString() || !value->getString(&begin, &end)) {
      return {};
    }
    return {begin, static_cast<size_t>(end - begin)};
  }

  std::string_view member(const Json::Value& object, std::string_view name) noexcept
  {
    return textOf(object.find(name.data(), name.data() + name.size()));
  }

  Verdict toVerdict(std::string_view value) noexcept
  {
    if (value == "1") {
      return Verdict::Up;
    }
    return value == "2" ? Verdict::Down : Verdict::Unknown;
  }

  std::optional<milliseconds> toOverdue(std::string_view value) noexcept
  {
    uint64_t number = 0; // as StatBag counts
    const auto* const end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, number);
    if (stop != end || error != std::errc()) {
      return std::nullopt;
    }
    return milliseconds(std::min<uint64_t>(number, s_oldest.count()));
  }

  void take(std::string_view name, std::string_view value, PeerReport& report)
  {
    if (name == s_frozen) {
      report.frozen = value != "0";
    }
    else if (name == s_overdue) {
      report.overdue = toOverdue(value);
    }
    else if (name.starts_with(s_verdict)) {
      const auto node = name.substr(s_verdict.size());
      const bool isName = !node.empty() && node.size() <= s_nameLimit
        && std::ranges::all_of(node, [](char c) { return isPlain(c) || c == '-'; });
      if (isName) {
        report.verdicts.insert_or_assign(std::string(node), toVerdict(value));
      }
    }
  }
}

std::string statisticPart(std::string_view node)
{
  std::string out(node);
  std::ranges::replace_if(
    out, [](char c) { return !isPlain(c); }, '-');
  return out;
}

bool readPeerStatistics(std::string_view body, PeerReport& out, std::string& why)
{
  if (body.size() > s_peerBodyLimit || valuesAtMost(body) > s_peerItemLimit * s_valuesPerItem) {
    why = "more statistics than " + std::to_string(s_peerItemLimit);
    return false;
  }
  Json::Value root;
  std::string error;
  if (!parse(body, root, error)) {
    why = "statistics are not JSON: " + printable(error, s_whyLimit);
    return false;
  }
  if (!root.isArray() || root.size() > s_peerItemLimit) {
    why = root.isArray() ? "more statistics than " + std::to_string(s_peerItemLimit) : "statistics are no JSON array";
    return false;
  }
  PeerReport report;
  for (const auto& item : root) {
    if (!item.isObject()) {
      why = "statistics have an item that is no JSON object";
      return false;
    }
    if (member(item, "type") == "StatisticItem") { // others hold tables (MapStatisticItem, RingStatisticItem)
      take(member(item, "name"), member(item, "value"), report);
    }
  }
  out = std::move(report);
  return true;
}
}
