// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <functional>
#include <string_view>
#include <vector>
#include "target.hh"
#include "zone.hh"

// Following: which nodes stand behind a host name of the store, through CNAME and ALIAS, from zone to zone. A record that
// leads to such a name is down when every address behind it is.
// Pure. Thread: one at a time.

namespace failover
{
class Following
{
public:
  // Null when there is no such zone. `apex` is lower-case wire form.
  using FindZone = std::function<const Zone*(std::string_view apex)>;

  // Borrows owners: must outlive this. findZone: as it will be published.
  Following(const OwnerMap& owners, FindZone findZone);

  struct Behind
  {
    std::vector<Member> members; // each node once, in the order in which they were met
    bool always{false};          // an address belongs to no node, or the way leads out of the store: not to be judged
    bool loop{false};            // the way comes back to where it has been
    struct Visit
    {
      WireName name;
      int64_t zone; // that answers for it; -1: none of the store
    };
    std::vector<Visit> visited; // names that had a say, whether they exist or not
  };
  [[nodiscard]] Behind behind(std::string_view name) const;

private:
  // Longer chains than PowerDNS answers (PacketHandler: ten redirects) are not followed, nor are bushes of alternatives.
  static constexpr size_t s_maxDepth = 10;
  static constexpr size_t s_maxNames = 64;

  void follow(std::string_view name, std::vector<std::string_view>& path, Behind& behind) const;
  void followRecords(const Zone& zone, std::span<const RRset> rrsets, std::vector<std::string_view>& path, Behind& behind) const;
  [[nodiscard]] const Zone* zoneOf(std::string_view name) const;

  const OwnerMap& d_owners;
  const FindZone d_findZone;
};
}
