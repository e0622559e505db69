// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "pdnshost.hh"
#include <boost/algorithm/string/find.hpp>
#include "filteredtypes.hh"
#include "hostfunction.hh"
#include "pdnscompat.hh"
#include "recordroom.hh"
#include "servicehints.hh"
#include "pdns/arguments.hh"
#include "pdns/auth-zonecache.hh"
#include "pdns/logger.hh"
#include "pdns/pdnsexception.hh"
#include "pdns/qtype.hh"

namespace failover
{
namespace
{
  // An empty non-terminal has no type; PowerDNS calls that so when it copies a zone (pdnsutil b2b-migrate).
  constexpr std::string_view s_copiedNoType = "TYPE0";

  pdns_compat::ZoneName zoneOf(std::string_view wire)
  {
    return pdns_compat::ZoneName(pdns_compat::nameOf(wire));
  }

  // Turns PowerDNS's several kinds of exception into ours.
  template <typename Action>
  auto asRecordError(Action action) -> decltype(action())
  {
    try {
      return action();
    }
    catch (const PDNSException& error) {
      throw RecordError(error.reason);
    }
    catch (const RecordError&) {
      throw;
    }
    catch (const std::exception& error) {
      throw RecordError(error.what());
    }
  }

  void requireDataType(const std::string& text, uint16_t type)
  {
    // QType reads TYPE70000 as TYPE4464, and TYPE with anything behind it as some number.
    if (type == 0 || (DNSRecordContent::isUnknownType(text) && text.substr(4) != std::to_string(type))) {
      throw RecordError("type: '" + text + "' is not known");
    }
    // RFC 6895 §3.1: types of questions and of messages; no zone has data of them.
    constexpr uint16_t firstMeta = 128;
    constexpr uint16_t lastMeta = 255;
    if (type == QType::OPT || (type >= firstMeta && type <= lastMeta)) {
      throw RecordError("type: '" + text + "' is no type of data");
    }
  }

  // Most names have nothing that PowerDNS's parser is needed for. False, and `name` of no use, where it is.
  bool plainName(std::string_view text, WireName& name)
  {
    constexpr size_t longestLabel = 63;
    constexpr size_t longestName = 255; // RFC 1035 §2.3.4
    if (text.size() + 2 > longestName) {
      return false;
    }
    name.reserve(text.size() + 2);
    name += '\0';
    size_t label = 0; // where its length stands
    for (const char byte : text) {
      if (byte == '.') {
        if (name[label] == 0) {
          return false;
        }
        label = name.size();
        name += '\0';
        continue;
      }
      const bool upper = byte >= 'A' && byte <= 'Z';
      if ((!upper && !(byte >= 'a' && byte <= 'z') && !(byte >= '0' && byte <= '9') && byte != '-' && byte != '_' && byte != '*') || name[label] == longestLabel) {
        return false;
      }
      name += static_cast<char>(upper ? byte - 'A' + 'a' : byte);
      ++name[label];
    }
    if (name[label] != 0) {
      name += '\0';
    }
    return name.size() > 1;
  }

  // The n-th word of a record in presentation form, counted from 0.
  std::string word(const std::string& text, unsigned n)
  {
    size_t begin = 0;
    for (; n > 0; --n) {
      begin = text.find(' ', begin);
      if (begin == std::string::npos) {
        return {};
      }
      ++begin;
    }
    return text.substr(begin, text.find(' ', begin) - begin);
  }

  // Where in the presentation form of such a record its host name stands; -1: nowhere.
  int targetWord(uint16_t type)
  {
    switch (type) {
    case QType::CNAME:
    case QType::DNAME:
    case QType::ALIAS:
      return 0;
    case QType::MX:    // preference, exchange
    case QType::HTTPS: // priority, target
    case QType::SVCB:
      return 1;
    case QType::SRV: // priority, weight, port, target
      return 3;
    default:
      return -1;
    }
  }
}

PdnsHost::PdnsHost(std::string subsystem) :
  d_subsystem(std::move(subsystem)), d_defaultTtl(static_cast<uint32_t>(::arg().asNum("default-ttl"))), d_upgradeTypes(::arg().mustDo("upgrade-unknown-types"))
{
}

void PdnsHost::log(LogLevel level, const std::string& message) noexcept
{
  const auto urgency = level == LogLevel::Error ? Logger::Error : level == LogLevel::Warning ? Logger::Warning
    : level == LogLevel::Info                                                                ? Logger::Info
                                                                                             : Logger::Debug;
  pdns_compat::log(urgency, d_subsystem, message);
}

WireName PdnsHost::wireName(std::string_view text) const
{
  if (WireName plain; plainName(text, plain)) {
    return plain;
  }
  return asRecordError([&] {
    const DNSName name = DNSName(std::string(text)).makeLowerCase();
    const auto& storage = name.getStorage();
    return WireName(storage.data(), storage.size());
  });
}

void PdnsHost::checkKey(std::string_view content) const
{
  // Keys on hardware: to look at one is to open its session, and one that is unplugged now is there later.
  if (boost::algorithm::ifind_first(content, "engine:")) {
    return;
  }
  try {
    asRecordError([&] { pdns_compat::parseKey(std::string(content)); });
  }
  catch (const RecordError&) {
    throw RecordError("content: is no private key that PowerDNS can use"); // its own words may show parts of the key
  }
}

std::string PdnsHost::typeName(uint16_t type) const
{
  return QType(type).toString();
}

std::string PdnsHost::contentText(uint16_t /* type */, const std::shared_ptr<void>& content) const
{
  return std::static_pointer_cast<pdns_compat::Content>(content)->getZoneRepresentation();
}

std::shared_ptr<void> PdnsHost::withoutHints(uint16_t type, const std::shared_ptr<void>& content, const std::vector<Target>& hints) const
{
  const auto text = servicehints::without(contentText(type, content), hints);
  try {
    return asRecordError([&] { return pdns_compat::makeContent(type, text); });
  }
  catch (const RecordError&) {
    return content; // PowerDNS cannot read what it printed itself: rather all hints than no record
  }
}

CompiledRecord PdnsHost::compile(const RecordRow& row) const
{
  return asRecordError([&] {
    CompiledRecord record;
    QType type;
    type = std::string(row.type);
    if (!row.type.empty() && row.type != s_copiedNoType) {
      requireDataType(std::string(row.type), type.getCode());
    }
    record.type = type.getCode();
    // The two columns and the missing quotes: as GSQLBackend::extractRecord and DNSBackend::get put them together.
    std::string text(row.content);
    if (d_upgradeTypes && DNSRecordContent::isUnknownType(std::string(row.type)) && type.isSupportedType()) {
      text = DNSRecordContent::upgradeContent(DNSName(std::string(row.name)), type, text);
      record.ownName = true;
    }
    else if (type == QType::MX || type == QType::SRV) {
      text = std::string(row.prio) + " " + text;
    }
    else if (type == QType::TXT && !text.empty() && text.front() != '"') {
      text = "\"" + text + "\"";
    }
    const auto content = pdns_compat::makeContent(record.type, text);
    if (!surelyHasRoom(text.size())) {
      requireRoom(*content);
    }
    record.content = content;
    record.filtered = isFiltered(record.type);
    record.redirects = record.type == QType::CNAME || record.type == QType::DNAME;
    if (record.type == QType::A || record.type == QType::AAAA) {
      record.target = addressTarget(content->getZoneRepresentation());
    }
    else if (const auto place = targetWord(record.type); place >= 0) {
      const auto presentation = content->getZoneRepresentation();
      const auto host = word(presentation, static_cast<unsigned>(place));
      // RFC 9460 §2.5: the target "." of a service binding is its owner.
      const bool ownName = host == "." && (record.type == QType::HTTPS || record.type == QType::SVCB);
      record.ownName = record.ownName || ownName;
      record.target = hostTarget(wireName(ownName ? row.name : std::string_view(host)));
      if (record.type == QType::HTTPS || record.type == QType::SVCB) {
        record.volatileContent = presentation.find("hint=auto") != std::string::npos;
        record.hints = servicehints::of(presentation);
      }
    }
    return record;
  });
}

void PdnsHost::purgeName(std::string_view name) noexcept
{
  static auto* const purge = hostFunction<uint64_t(const DNSName&)>("_Z20purgeAuthCachesExactRK7DNSName");
  if (purge != nullptr) {
    purge(pdns_compat::nameOf(name));
  }
}

void PdnsHost::purgeSuffix(std::string_view apex) noexcept
{
  static auto* const purge = hostFunction<uint64_t(const std::string&)>("_Z15purgeAuthCachesRKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE");
  if (purge != nullptr) {
    purge(pdns_compat::nameOf(apex).toString() + "$");
  }
}

void PdnsHost::purgeEverything() noexcept
{
  static auto* const purge = hostFunction<uint64_t()>("_Z15purgeAuthCachesv");
  if (purge != nullptr) {
    purge();
  }
}

void PdnsHost::zoneAdded(std::string_view apex, int64_t id) noexcept
{
  g_zoneCache.add(zoneOf(apex), static_cast<pdns_compat::ZoneId>(id));
}

void PdnsHost::zoneRemoved(std::string_view apex) noexcept
{
  g_zoneCache.remove(zoneOf(apex));
}

void PdnsHost::zoneChanged(std::string_view apex) noexcept
{
  pdns_compat::forgetZoneMetadata(zoneOf(apex));
}
}
