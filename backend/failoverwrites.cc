// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "failoverbackend.hh"

// FailoverBackend's writes: each is PowerDNS's own, and returns when the snapshot has it, so that whoever changed
// something finds it in the very next answer.

namespace failover
{
bool FailoverBackend::written(bool result)
{
  if (d_runtime != nullptr && !inTransaction()) { // inside one, commitTransaction() does it for all
    d_runtime->storeWritten();
  }
  return result;
}

bool FailoverBackend::commitTransaction()
{
  return written(GSQLBackend::commitTransaction());
}

bool FailoverBackend::createDomain(const pdns_compat::ZoneName& domain, DomainInfo::DomainKind kind, const vector<ComboAddress>& masters, const string& account)
{
  return written(GSQLBackend::createDomain(domain, kind, masters, account));
}

bool FailoverBackend::deleteDomain(const pdns_compat::ZoneName& domain)
{
  return written(GSQLBackend::deleteDomain(domain));
}

bool FailoverBackend::setDomainMetadata(const pdns_compat::ZoneName& name, const std::string& kind, const std::vector<std::string>& meta)
{
  return holds(name) && written(GSQLBackend::setDomainMetadata(name, kind, meta));
}

bool FailoverBackend::addDomainKey(const pdns_compat::ZoneName& name, const KeyData& key, int64_t& id)
{
  return holds(name) && written(GSQLBackend::addDomainKey(name, key, id));
}

bool FailoverBackend::removeDomainKey(const pdns_compat::ZoneName& name, unsigned int id)
{
  return holds(name) && written(GSQLBackend::removeDomainKey(name, id));
}

bool FailoverBackend::activateDomainKey(const pdns_compat::ZoneName& name, unsigned int id)
{
  return holds(name) && written(GSQLBackend::activateDomainKey(name, id));
}

bool FailoverBackend::deactivateDomainKey(const pdns_compat::ZoneName& name, unsigned int id)
{
  return holds(name) && written(GSQLBackend::deactivateDomainKey(name, id));
}

bool FailoverBackend::publishDomainKey(const pdns_compat::ZoneName& name, unsigned int id)
{
  return holds(name) && written(GSQLBackend::publishDomainKey(name, id));
}

bool FailoverBackend::unpublishDomainKey(const pdns_compat::ZoneName& name, unsigned int id)
{
  return holds(name) && written(GSQLBackend::unpublishDomainKey(name, id));
}
}
