// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "failoverbackend.hh"
#include <algorithm>
#include <set>
#include <span>

// FailoverBackend's details of zones: keys and metadata, from the snapshot, for each signed answer and each transfer;
// administration, which may follow another process closely, first waits for the snapshot to catch up.

namespace failover
{
std::optional<const Zone*> FailoverBackend::findZone(const pdns_compat::ZoneName& apex)
{
  const auto* snapshot = newest(d_details.get());
  return snapshot == nullptr ? std::nullopt : std::optional(snapshot->zoneByApex(lowered(pdns_compat::nameOf(apex), d_nameBuffer)));
}

bool FailoverBackend::holds(const pdns_compat::ZoneName& apex)
{
  if (const auto zone = findZone(apex)) {
    return *zone != nullptr;
  }
  DomainInfo info;
  return getDomainInfo(apex, info, false);
}

// PowerDNS fills its zone cache from here. Of two rows of domains with one name (one with a final dot, say) the cache must
// have the one that is served: asked for the other's id, there is nothing to be found.
void FailoverBackend::getAllDomains(std::vector<DomainInfo>* domains, bool getSerial, bool includeDisabled)
{
  const auto others = static_cast<std::ptrdiff_t>(domains->size()); // of other backends
  GSQLBackend::getAllDomains(domains, getSerial, includeDisabled);
  const auto ours = std::span(*domains).subspan(static_cast<size_t>(others));
  std::set<int64_t> twins;
  for (const auto& info : ours) {
    const auto zone = findZone(info.zone);
    const auto isServed = [&](const DomainInfo& other) { return static_cast<int64_t>(other.id) == (*zone)->id(); };
    // One that has just been made anew, under another id, is alone with its name.
    if (zone && *zone != nullptr && !isServed(info) && std::any_of(ours.begin(), ours.end(), isServed)) {
      twins.insert(static_cast<int64_t>(info.id));
    }
  }
  const auto isTwin = [&twins](const DomainInfo& info) { return twins.contains(static_cast<int64_t>(info.id)); };
  domains->erase(std::remove_if(domains->begin() + others, domains->end(), isTwin), domains->end());
}

bool FailoverBackend::getDomainMetadata(const pdns_compat::ZoneName& name, const std::string& kind, std::vector<std::string>& meta)
{
  const auto zone = findZone(name);
  if (!zone) {
    return holds(name) && GSQLBackend::getDomainMetadata(name, kind, meta);
  }
  if (*zone == nullptr || (!d_dnssec && isDnssecDomainMetadata(kind))) {
    return false;
  }
  const auto& metadata = (*zone)->metadata();
  if (const auto found = metadata.find(std::string_view(kind)); found != metadata.end()) {
    meta.insert(meta.end(), found->second.begin(), found->second.end());
  }
  return true;
}

bool FailoverBackend::getAllDomainMetadata(const pdns_compat::ZoneName& name, std::map<std::string, std::vector<std::string>>& meta)
{
  const auto zone = findZone(name);
  if (!zone) {
    return holds(name) && GSQLBackend::getAllDomainMetadata(name, meta);
  }
  if (*zone == nullptr) {
    return false;
  }
  for (const auto& [kind, values] : (*zone)->metadata()) {
    if (d_dnssec || !isDnssecDomainMetadata(kind)) {
      meta[kind] = values;
    }
  }
  return true;
}

bool FailoverBackend::getDomainKeys(const pdns_compat::ZoneName& name, std::vector<KeyData>& keys)
{
  const auto zone = findZone(name);
  if (!zone) {
    return holds(name) && GSQLBackend::getDomainKeys(name, keys);
  }
  if (*zone == nullptr || !d_dnssec) {
    return false;
  }
  for (const auto& key : (*zone)->keys()) {
    keys.push_back({key.content, key.id, key.flags, key.active, key.published});
  }
  return true;
}

bool FailoverBackend::getDomainInfo(const pdns_compat::ZoneName& name, DomainInfo& info, bool getSerial)
{
  if (getSerial && d_runtime != nullptr && !inTransaction()) { // a NOTIFY, which anybody may send, wants no serial
    d_runtime->catchUp();
  }
  return GSQLBackend::getDomainInfo(name, info, getSerial);
}
}
