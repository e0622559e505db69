// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <map>
#include <unordered_map>
#include <unordered_set>
#include "audit.hh"
#include "backend/following.hh"
#include "nodestates.hh"

// RRsetAudit: the part of an audit that looks at every record set. Thread: one. Throws only std::bad_alloc.

namespace failover
{
class RRsetAudit
{
public:
  // Borrows all: must outlive this.
  RRsetAudit(const StoreContents& contents, const Host& host, int64_t now, Audit& audit);

  void run();
  // Whether a record's target is one of this owner's. REQUIRES: after run().
  [[nodiscard]] bool isLedTo(const Owner& owner) const { return d_owners.contains(&owner); }

private:
  void visitName(const Zone& zone, const WireName& name, std::span<const RRset> rrsets);
  void visitDependent(const WireName& name, const RRset& rrset);
  void countWithoutNode(const WireName& name, const RRset& rrset, bool besideNodes);
  void findRedundancy(const WireName& name, const RRset& rrset);
  void findTtl(const WireName& name, const RRset& rrset);
  void findTiers(const WireName& name, const RRset& rrset);
  void findLoop(const Zone& zone, const WireName& name, const RRset& rrset);
  [[nodiscard]] std::string where(const WireName& name, const RRset& rrset) const;

  const StoreContents& d_contents;
  const Host& d_host;
  const NodeStates d_states;
  const Following d_following;
  Audit& d_audit;
  std::unordered_set<const Owner*> d_owners; // that records lead to
  std::unordered_map<const NodeHealth*, std::chrono::milliseconds> d_failoverTimes;
  std::unordered_map<WireName, bool> d_loops; // by where a redirection leads
  size_t d_rrsetsWithoutNode{0};
  size_t d_recordsWithoutNode{0};
};
}
