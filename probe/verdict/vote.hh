// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <span>
#include <string>
#include <vector>
#include "probe/health.hh"

// Vote: what several name servers say of one node. Pure. Thread: any.

namespace failover
{
// What a peer says of the node.
struct PeerView
{
  std::string peer;
  Verdict verdict{Verdict::Unknown};
  bool fresh{false}; // it has answered lately, its own probing goes on, and it is not frozen
};

struct Vote
{
  Verdict verdict{Verdict::Unknown};    // what holds
  unsigned counted{0};                  // views that count: fresh, and not Unknown
  unsigned down{0};                     // of these: that say Down
  unsigned needed{0};                   // Down ones that make it Down; 0: there was no vote, one's own view decides alone
  bool ownDisagrees{false};             // one's own view counted and lost
  std::vector<std::string> disagreeing; // peers whose view counted and lost
};

// own: what our own checks say, Unknown when they say nothing yet.
// - Without a peer's view that counts there is no vote: `own` holds, even Unknown.
// - Down as soon as `quorum` views say so, or all of them where fewer than that count; else Up. Hence whoever is unsure is
//   outvoted by whoever knows, one Down against one Up is Up at a quorum of 2, and one Down is enough at a quorum of 1.
// quorum: 0 counts as 1. Throws only std::bad_alloc.
[[nodiscard]] Vote countVote(Verdict own, std::span<const PeerView> views, unsigned quorum);

// "2 of 3 say down", with ", ns2 disagrees" or ", ns2 and ns3 disagree" where some do; we are "this server". Empty where
// there was no vote. Throws only std::bad_alloc.
[[nodiscard]] std::string toText(const Vote& vote);
}
