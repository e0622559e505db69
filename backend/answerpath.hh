// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <string_view>
#include <vector>
#include "snapshot.hh"

// AnswerPath: the names of the store at which the answer to a question is looked for: the name that was asked, those to
// which CNAME and DNAME lead from there, and the wildcards in the place of names that do not exist. PowerDNS passes the
// question along, too, when it looks for referrals, closest enclosers and additional records; what is found there is no
// answer to it. Worked out anew each time: what PowerDNS has in its query cache it does not look up here.
// Pure. Thread: any.

namespace failover
{
class AnswerPath
{
public:
  // Borrows snapshot: must outlive this. Names are lower-case wire form.
  AnswerPath(const Snapshot& snapshot, std::string_view asked);

  [[nodiscard]] bool includes(std::string_view name) const;

private:
  // As far as there can be: ten redirections (PacketHandler), and alternatives.
  static constexpr size_t s_maxNames = 64;

  void go(const WireName& name);
  void redirect(const Zone& zone, const RRset& cname);
  void add(WireName name);

  const Snapshot& d_snapshot;
  std::vector<WireName> d_names; // in the order in which they were found
};
}
