// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstddef>
#include <string>
#include <vector>
#include "dependents.hh"
#include "backend/host.hh"
#include "nodestates.hh"
#include "backend/policy.hh"
#include "backend/snapshot.hh"

// What if: how answers would change if some nodes left them at this moment. Nothing is changed. Pure. Thread: any.

namespace failover
{
struct AffectedRRset
{
  std::string name;
  std::string type;
  Redundancy before;
  Redundancy after;
  WhenDown whenDown{WhenDown::ServeAll}; // what is answered where it is down
  bool hasTier{false};                   // of its tiers, which then have too few nodes, one has some
};

struct WhatIf
{
  std::vector<std::string> nodes;
  std::vector<std::string> idle; // those of them that do not serve as it is
  size_t rrsets{0};              // that lead to nodes, but for the nodes' own host names
  size_t alreadyDown{0};
  Listed<AffectedRRset> down;  // they are served, and would be down
  Listed<AffectedRRset> alone; // more than one node serves, and one would

  // Of the records in answers, how many lead to a node: the mean over all rrsets that are answered.
  struct Share
  {
    std::string node; // empty: records of no node
    double before{0};
    double after{0};
  };
  std::vector<Share> shares; // by node
};

// nodes: existing ones. owners: every target of every node. now: milliseconds since 1970. Throws only std::bad_alloc.
[[nodiscard]] WhatIf whatIf(const Snapshot& snapshot, const std::vector<NodeSpec>& all, const OwnerMap& owners, const std::vector<std::string>& nodes, const Host& host, int64_t now);

// Which rrsets a drain of the node would leave with too few nodes, as things are now, but without the nodes that are to be
// drained at the same time.
[[nodiscard]] Listed<AffectedRRset> hitBy(const Snapshot& snapshot, const std::vector<NodeSpec>& all, const OwnerMap& owners, const std::string& node, const PlannedDrain& drain, const Host& host, int64_t now);
}
