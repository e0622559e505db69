// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <dlfcn.h>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "pdns/utility.hh"
#include "pdns/dnsbackend.hh"
#include "pdns/backends/gsql/gsqlbackend.hh"
#include "pdns/dnsparser.hh"
#include "pdns/dynlistener.hh"
#include "pdns/ssqlite3.hh"

// All that differs between PowerDNS versions, and nothing else. PDNS_BUILD_VERSION ("4.7.3") is the version of the
// headers, which the build has compared with the installed server.

namespace failover::pdns_compat
{
// Zone ids and the functions that every version has under the same name.
using ZoneId = int;

inline std::shared_ptr<void> contentOf(const std::shared_ptr<DNSRecordContent>& content)
{
  return content;
}

inline void setContent(DNSRecord& record, const std::shared_ptr<void>& content)
{
  record.d_content = std::static_pointer_cast<DNSRecordContent>(content);
}

inline std::shared_ptr<DNSRecordContent> makeContent(uint16_t type, const std::string& text)
{
  return DNSRecordContent::mastermake(type, QClass::IN, text);
}

// A copy of a record's content that nobody else has.
inline std::shared_ptr<void> freshContent(uint16_t type, const std::shared_ptr<void>& content)
{
  return makeContent(type, std::static_pointer_cast<DNSRecordContent>(content)->getZoneRepresentation());
}

inline void report(std::unique_ptr<BackendFactory> factory)
{
  BackendMakers().report(factory.release());
}

// A symbol that pdns_server exports and pdnsutil, in some version, does not: linking to it would keep pdnsutil from
// loading the module (it uses RTLD_NOW). Null where it is missing. name: mangled.
template <typename Function>
Function* hostFunction(const char* name) noexcept
{
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

// name: in capitals, as the control socket looks it up.
inline void registerCommand(const std::string& name, DynListener::g_funk_t* function, const char* help, const char* arguments)
{
  using Register = void(const std::string&, DynListener::g_funk_t*, const std::string&, const std::string&);
  static auto* const registerFunc = hostFunction<Register>("_ZN11DynListener12registerFuncERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEEPFS5_RKSt6vectorIS5_SaIS5_EEiES7_S7_");
  if (registerFunc != nullptr) {
    registerFunc(name, function, help, arguments);
  }
}

inline void purgeExact(const DNSName& name)
{
  using Purge = uint64_t(const DNSName&);
  static auto* const purge = hostFunction<Purge>("_Z20purgeAuthCachesExactRK7DNSName");
  if (purge != nullptr) {
    purge(name);
  }
}

inline void purgeMatching(const std::string& match)
{
  using Purge = uint64_t(const std::string&);
  static auto* const purge = hostFunction<Purge>("_Z15purgeAuthCachesRKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE");
  if (purge != nullptr) {
    purge(match);
  }
}

inline void purgeAll()
{
  using Purge = uint64_t();
  static auto* const purge = hostFunction<Purge>("_Z15purgeAuthCachesv");
  if (purge != nullptr) {
    purge();
  }
}

// Keys and metadata that DNSSECKeeper has cached for the zone (dnssec-key-cache-ttl, domain-metadata-cache-ttl).
inline void forgetZoneMetadata(const DNSName& zone)
{
  using Clear = void(const DNSName&);
  static auto* const clear = hostFunction<Clear>("_ZN12DNSSECKeeper11clearCachesERK7DNSName");
  if (clear != nullptr) {
    clear(zone);
  }
}
}
