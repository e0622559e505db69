// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "policyaudit.hh"
#include "backend/counted.hh"
#include "backend/filteredtypes.hh"

namespace failover
{
namespace
{
  std::string where(const Policy& policy, const Host& host)
  {
    return "policy " + std::to_string(policy.id) + " '" + policy.pattern() + "'" + (policy.type != 0 ? " " + host.typeName(policy.type) : "");
  }
}

PolicyAudit::PolicyAudit(const StoreContents& contents, const Host& host, Audit& audit) :
  d_contents(contents), d_host(host), d_audit(audit)
{
}

void PolicyAudit::run()
{
  findUsed();
  for (const auto& [id, policy] : d_contents.policies->rows) {
    if (d_used.contains(id)) {
      reportNodes(policy);
    }
    else {
      (policy.below ? d_below : d_exact)[policy.name].push_back(d_unused.size());
      d_unused.push_back({.policy = &policy});
    }
  }
  if (!d_unused.empty()) {
    findUnused();
  }
  for (const auto& unused : d_unused) {
    report(unused);
  }
}

void PolicyAudit::findUsed()
{
  forEachRRset(*d_contents.snapshot, [this](const Zone& /* zone */, const WireName& /* name */, const RRset& rrset) {
    if (!rrset.dependent() || rrset.plan->policy == nullptr) {
      return;
    }
    auto& nodes = d_used[rrset.plan->policy->id];
    for (const auto& record : rrset.records) {
      for (const auto& member : record.owner != nullptr && !rrset.plan->policy->nodes.empty() ? record.owner->members() : std::span<const Member>{}) {
        nodes.insert(member.health->name());
      }
    }
  });
}

void PolicyAudit::findUnused()
{
  forEachRRset(*d_contents.snapshot, [this](const Zone& zone, const WireName& name, const RRset& rrset) {
    if (isFiltered(rrset.type)) {
      tryFits(zone, name, rrset);
    }
  });
}

// As Policies::find() looks for them, but to the end.
void PolicyAudit::tryFits(const Zone& zone, const WireName& name, const RRset& rrset)
{
  count(d_exact, name, rrset);
  for (auto above = name == zone.apex() ? std::string_view(name) : parent(name); !above.empty(); above = parent(above)) {
    count(d_below, above, rrset);
  }
}

void PolicyAudit::count(const ByName& policies, std::string_view name, const RRset& rrset)
{
  const auto found = policies.find(WireName(name));
  if (found == policies.end()) {
    return;
  }
  for (const auto place : found->second) {
    auto& unused = d_unused[place];
    if (unused.policy->type != 0 && unused.policy->type != rrset.type) {
      continue;
    }
    ++unused.fits;
    if (rrset.dependent()) {
      ++unused.dependent;
      unused.decides = unused.decides == 0 && rrset.plan->policy != nullptr ? rrset.plan->policy->id : unused.decides;
    }
  }
}

void PolicyAudit::report(const Unused& unused)
{
  if (unused.fits == 0) {
    d_audit.add(Finding::PolicyWithoutRecord, [&] { return Audit::Entry{where(*unused.policy, d_host), "fits no record"}; });
  }
  else if (unused.decides == 0) {
    d_audit.add(Finding::PolicyWithoutNode, [&] {
      return Audit::Entry{where(*unused.policy, d_host), "fits " + counted(unused.fits, "record set") + ", of which health has no say in any"};
    });
  }
  else {
    d_audit.add(Finding::PolicyShadowed, [&] {
      return Audit::Entry{where(*unused.policy, d_host), "fits " + counted(unused.dependent, "record set") + ", which others decide, such as policy " + std::to_string(unused.decides)};
    });
  }
}

void PolicyAudit::reportNodes(const Policy& policy)
{
  const auto& seen = d_used.at(policy.id);
  for (const auto& [node, rank] : policy.nodes) {
    if (!seen.contains(node)) {
      d_audit.add(Finding::PolicyNodeWithoutRecord, [&, &node = node, &rank = rank] {
        return Audit::Entry{where(policy, d_host) + ", node " + node, "has no record where this policy decides" + (rank.priority ? ", so tier " + std::to_string(*rank.priority) + " lacks it" : "")};
      });
    }
  }
}
}
