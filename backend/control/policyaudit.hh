// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>
#include "audit.hh"

// PolicyAudit: the part of an audit that looks at every policy: whether it decides anything. Thread: one. Throws only
// std::bad_alloc.

namespace failover
{
class PolicyAudit
{
public:
  // Borrows all: must outlive this.
  PolicyAudit(const StoreContents& contents, const Host& host, Audit& audit);

  void run();

private:
  // What a policy that decides nothing could decide.
  struct Unused
  {
    const Policy* policy;
    size_t fits{0};      // record sets
    size_t dependent{0}; // those of them that lead to nodes
    int64_t decides{0};  // another policy, at the first of those
  };
  using ByName = std::unordered_map<WireName, std::vector<size_t>>; // places in d_unused

  void findUsed();
  void findUnused();
  void tryFits(const Zone& zone, const WireName& name, const RRset& rrset);
  void count(const ByName& policies, std::string_view name, const RRset& rrset);
  void report(const Unused& unused);
  void reportNodes(const Policy& policy);

  const StoreContents& d_contents;
  const Host& d_host;
  Audit& d_audit;
  std::map<int64_t, std::set<std::string, std::less<>>> d_used; // by policy, the nodes that it decides about
  std::vector<Unused> d_unused;
  ByName d_exact;
  ByName d_below;
};
}
