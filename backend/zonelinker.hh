// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <vector>
#include "following.hh"
#include "host.hh"
#include "policy.hh"
#include "zonebuilder.hh"

// ZoneLinker: the second half of making a zone, when all other zones of the store are there: finds the nodes behind host
// names and hints, which rrsets are alternatives, and which policy decides, and gives each rrset that depends on health its
// plan. Of a presigned zone nothing depends on health: its rrsets are signed whole.
// Thread: one at a time. Throws only std::bad_alloc.

namespace failover
{
class ZoneLinker
{
public:
  // Borrows owners and host: must outlive this. findZone: as it will be published.
  ZoneLinker(const OwnerMap& owners, std::shared_ptr<const Policies> policies, const Host& host, Following::FindZone findZone);

  // surplus: gets CNAME records that are no alternatives, since none of them leads to a node. REQUIRES: the zone has just
  // been built and is nobody else's yet.
  void link(Zone& zone, std::vector<ZoneBuilder::Surplus>& surplus);

  // Whether to link the zone anew would change which nodes its records depend on, or the names that have a say in it. The
  // zone is linked.
  [[nodiscard]] bool isOutdated(const Zone& zone);

private:
  using OwnerPtr = std::shared_ptr<const Owner>;
  struct Behind
  {
    OwnerPtr owner; // null: not to be judged, or no address at all
    std::vector<Following::Behind::Visit> visited;
  };

  const Behind& behind(const WireName& target);
  [[nodiscard]] bool isNodes(const WireName& target) const;
  OwnerPtr ownerOf(std::vector<Member> members);
  void adoptFollowed(Zone& zone);
  std::vector<WireName> followedBy(const Zone& zone);
  void linkRRset(Zone& zone, const Zone::Name& place, RRset& rrset, std::vector<ZoneBuilder::Surplus>& surplus);
  void addHints(Zone& zone, const RRset& rrset, Plan& plan) const;
  [[nodiscard]] Hinted hintedForms(Zone& zone, const RRset& rrset, const Lead& lead) const;
  void addCandidates(const RRset& rrset, Plan& plan) const;

  const OwnerMap& d_owners;
  const std::shared_ptr<const Policies> d_policies;
  const Host& d_host;
  const Following d_following;
  std::map<WireName, Behind> d_behind; // many records lead to one mail server
  std::map<std::vector<const NodeHealth*>, OwnerPtr> d_ownersOfNames;
};
}
