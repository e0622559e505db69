// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hostfunction.hh"
#include "pdns/utility.hh"
#include "pdns/arguments.hh"
#include "pdns/auth-zonecache.hh"
#include "pdns/dnsbackend.hh"
#include "pdns/backends/gsql/gsqlbackend.hh"
#include "pdns/dnsparser.hh"
#include "pdns/dnssecinfra.hh"
#include "pdns/dynlistener.hh"
#include "pdns/logger.hh"
#include "pdns/ssqlite3.hh"

// All that differs between PowerDNS versions, and nothing else. PDNS_VERSION is that of the headers, 100 * major + minor:
// 407 (Debian 12), 409 (Debian 13), 501.
#if PDNS_VERSION >= 501
#include "pdns/logging.hh"
#endif

namespace failover::pdns_compat
{
// ---- names and ids ----

#if PDNS_VERSION >= 501
using ZoneName = ::ZoneName;
using ZoneId = domainid_t;
using OrderZoneId = domainid_t; // where the order of a zone's names is asked for
inline const DNSName& nameOf(const ZoneName& zone)
{
  return zone.operator const DNSName&();
}
inline void setZone(SOAData& soa, const ZoneName& zone)
{
  soa.zonename = zone.makeLowerCase();
}
#else
using ZoneName = DNSName;
using ZoneId = int;
using OrderZoneId = uint32_t;
inline const DNSName& nameOf(const ZoneName& zone)
{
  return zone;
}
inline void setZone(SOAData& soa, const ZoneName& zone)
{
  soa.qname = zone;
}
#endif

// From wire form, label by label: what the constructor for it takes changes even between patch releases (5.1.4, 5.1.5).
inline DNSName nameOf(std::string_view wire)
{
  DNSName name;
  for (size_t label = 0; label < wire.size() && wire[label] != 0; label += 1 + static_cast<unsigned char>(wire[label])) {
    name.appendRawLabel(wire.data() + label + 1, static_cast<unsigned char>(wire[label]));
  }
  return name.empty() ? g_rootdnsname : name;
}

// ---- logging ----

#if PDNS_VERSION >= 501
// For PowerDNS's own classes, which do not look whether they have one where logging-structured is set.
inline std::shared_ptr<Logr::Logger> logger(const std::string& subsystem)
{
  return g_slogStructured ? g_slog->withName(subsystem) : nullptr;
}
#endif

// One line of the log. subsystem: "failover" or with the launch suffix.
inline void log(Logger::Urgency urgency, const std::string& subsystem, const std::string& message)
{
#if PDNS_VERSION >= 501
  if (g_slogStructured) {
    logger(subsystem)->info(static_cast<Logr::Priority>(urgency), message);
    return;
  }
#endif
  g_log << urgency << '[' << subsystem << "] " << message << std::endl;
}

// ---- record contents ----

#if PDNS_VERSION >= 409
using Content = const DNSRecordContent;
inline void setContent(DNSRecord& record, const std::shared_ptr<void>& content)
{
  record.setContent(std::static_pointer_cast<Content>(content));
}
inline std::shared_ptr<DNSRecordContent> makeContent(uint16_t type, const std::string& text)
{
  return DNSRecordContent::make(type, QClass::IN, text);
}
#else
using Content = DNSRecordContent;
inline void setContent(DNSRecord& record, const std::shared_ptr<void>& content)
{
  record.d_content = std::static_pointer_cast<Content>(content);
}
inline std::shared_ptr<DNSRecordContent> makeContent(uint16_t type, const std::string& text)
{
  return DNSRecordContent::mastermake(type, QClass::IN, text);
}
#endif

// A copy of a record's content that nobody else has.
inline std::shared_ptr<void> freshContent(uint16_t type, const std::shared_ptr<void>& content)
{
  return makeContent(type, std::static_pointer_cast<Content>(content)->getZoneRepresentation());
}

// Throws what PowerDNS throws for a private key that it cannot use.
inline void parseKey(const std::string& content)
{
  DNSKEYRecordContent publicPart;
#if PDNS_VERSION >= 501
  (void)DNSCryptoKeyEngine::makeFromISCString(logger("failover"), publicPart, content);
#else
  (void)DNSCryptoKeyEngine::makeFromISCString(publicPart, content);
#endif
}

// ---- what the backend is made of ----

// PowerDNS's SQLite connection. file: made when it is not there. Throws SSqlException.
class Sqlite : public SSQLite3
{
public:
#if PDNS_VERSION >= 501
  explicit Sqlite(const std::string& file) :
    SSQLite3(logger("failover"), file, "")
  {
  }
#else
  explicit Sqlite(const std::string& file) :
    SSQLite3(file, "")
  {
  }
#endif
};

// GSQLBackend, with the virtual functions that changed in one form.
class SqlBackend : public GSQLBackend
{
public:
  explicit SqlBackend(const std::string& suffix) :
    GSQLBackend("failover", suffix)
  {
#if PDNS_VERSION >= 501
    d_slog = logger("failover" + suffix);
#endif
  }

#if PDNS_VERSION >= 501
  bool getSOA(const ZoneName& zone, ZoneId zoneId, SOAData& soa) final
  {
    return findSOA(zone, zoneId, soa);
  }
  // The API's own lookups: as stored, disabled records too.
  void APILookup(const QType& qtype, const DNSName& qname, ZoneId zoneId, bool includeDisabled) final
  {
    fromSql();
    GSQLBackend::APILookup(qtype, qname, zoneId, includeDisabled);
  }
#else
  bool getSOA(const ZoneName& zone, SOAData& soa) final
  {
    return findSOA(zone, -1, soa);
  }
#endif

#if PDNS_VERSION >= 409
  void getUpdatedPrimaries(std::vector<DomainInfo>& zones, std::unordered_set<DNSName>& catalogs, CatalogHashMap& hashes) final
  {
    GSQLBackend::getUpdatedPrimaries(zones, catalogs, hashes);
    zonesToNotify(zones);
  }
#else
  void getUpdatedMasters(std::vector<DomainInfo>& zones, std::unordered_set<DNSName>& catalogs, CatalogHashMap& hashes) final
  {
    GSQLBackend::getUpdatedMasters(zones, catalogs, hashes);
    zonesToNotify(zones);
  }
#endif

protected:
  // zoneId: -1 where it is not known.
  virtual bool findSOA(const ZoneName& zone, ZoneId zoneId, SOAData& soa) = 0;
#if PDNS_VERSION >= 501
  bool findSqlSOA(const ZoneName& zone, ZoneId zoneId, SOAData& soa)
  {
    return GSQLBackend::getSOA(zone, zoneId, soa);
  }
#else
  bool findSqlSOA(const ZoneName& zone, ZoneId /* zoneId */, SOAData& soa)
  {
    return GSQLBackend::getSOA(zone, soa);
  }
#endif
  // What get() returns next is SQL's.
  virtual void fromSql() = 0;
  // Secondaries of these are notified next.
  virtual void zonesToNotify(const std::vector<DomainInfo>& zones) = 0;

  void connect(std::unique_ptr<SSql> connection)
  {
#if PDNS_VERSION >= 409
    setDB(std::move(connection));
#else
    setDB(connection.release());
#endif
    allocateStatements();
  }
};

inline void report(std::unique_ptr<BackendFactory> factory)
{
#if PDNS_VERSION >= 409
  BackendMakers().report(std::move(factory));
#else
  BackendMakers().report(factory.release());
#endif
}

// ---- the SQL of GSQLBackend: names and columns that changed (gsqlstatements.cc) ----

#if PDNS_VERSION >= 409
#define PDNS_SQL_ALL_SECONDARIES "info-all-secondaries-query"
#define PDNS_SQL_ALL_PRIMARIES "info-all-primary-query"
#define PDNS_SQL_UPDATE_PRIMARIES "update-primary-query"
#define PDNS_SQL_AUTOPRIMARY "autoprimary"
#define PDNS_SQL_PRIMARIES ":primaries"
#define PDNS_SQL_CATALOG ", d.catalog"
#else
#define PDNS_SQL_ALL_SECONDARIES "info-all-slaves-query"
#define PDNS_SQL_ALL_PRIMARIES "info-all-master-query"
#define PDNS_SQL_UPDATE_PRIMARIES "update-master-query"
#define PDNS_SQL_AUTOPRIMARY "supermaster"
#define PDNS_SQL_PRIMARIES ":masters"
#define PDNS_SQL_CATALOG
#endif
#if PDNS_VERSION >= 501
#define PDNS_SQL_MEMBER_COLUMNS "d.id, d.name, d.type, d.options"
#define PDNS_SQL_PRODUCER_MEMBER "d.type IN ('MASTER', 'PRODUCER')"
#define PDNS_SQL_CONSUMER_MEMBER "d.type IN ('SLAVE', 'CONSUMER')"
#else
#define PDNS_SQL_MEMBER_COLUMNS "d.id, d.name, d.options"
#define PDNS_SQL_PRODUCER_MEMBER "d.type='MASTER'"
#define PDNS_SQL_CONSUMER_MEMBER "d.type='SLAVE'"
#endif

// ---- functions of the server whose names changed (hostfunction.hh) ----

// What a control command runs: the words of the command line, its name the first; the text to show.
using Command = std::string(const std::vector<std::string>& words);

// name: in capitals, as the control socket looks it up.
template <Command* command>
void registerCommand(const std::string& name, const char* help, const char* arguments)
{
#if PDNS_VERSION >= 501
  constexpr auto run = [](const std::vector<std::string>& words, Utility::pid_t, Logr::log_t) { return command(words); };
  constexpr auto mangled = "_ZN11DynListener12registerFuncERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEEPFS5_RKSt6vectorIS5_SaIS5_EEiRKSt10shared_ptrIN4Logr6LoggerEEES7_S7_";
#else
  constexpr auto run = [](const std::vector<std::string>& words, Utility::pid_t) { return command(words); };
  constexpr auto mangled = "_ZN11DynListener12registerFuncERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEEPFS5_RKSt6vectorIS5_SaIS5_EEiES7_S7_";
#endif
  using Register = void(const std::string&, DynListener::g_funk_t*, const std::string&, const std::string&);
  static auto* const registerFunc = hostFunction<Register>(mangled);
  if (registerFunc != nullptr) {
    registerFunc(name, run, help, arguments);
  }
}

// Keys and metadata that DNSSECKeeper has cached for the zone (dnssec-key-cache-ttl, domain-metadata-cache-ttl).
inline void forgetZoneMetadata(const ZoneName& zone)
{
#if PDNS_VERSION >= 501
  constexpr auto mangled = "_ZN12DNSSECKeeper11clearCachesERK8ZoneName";
#else
  constexpr auto mangled = "_ZN12DNSSECKeeper11clearCachesERK7DNSName";
#endif
  using Clear = void(const ZoneName&);
  static auto* const clear = hostFunction<Clear>(mangled);
  if (clear != nullptr) {
    clear(zone);
  }
}
}
