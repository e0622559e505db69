// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <algorithm>
#include <cstdint>
#include <forward_list>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>
#include "plan.hh"
#include "target.hh"
#include "wirename.hh"

// Zone: one zone of the store, compiled: names, their rrsets, and what DNSSEC needs. ZoneBuilder makes one of rows, then
// ZoneLinker gives its rrsets their plans; from then on it is immutable. Reading takes no lock and allocates nothing.
// Thread: any, once linked.

namespace failover
{
// Types that have a meaning here (IANA "Resource Record (RR) TYPEs"; ALIAS is PowerDNS's own).
namespace rrtype
{
  constexpr uint16_t a = 1;
  constexpr uint16_t ns = 2;
  constexpr uint16_t cname = 5;
  constexpr uint16_t soa = 6;
  constexpr uint16_t aaaa = 28;
  constexpr uint16_t dname = 39;
  constexpr uint16_t lua = 65402; // of PowerDNS, for private use (RFC 6895 §3.1)
  constexpr uint16_t ds = 43;
  constexpr uint16_t any = 255;
  constexpr uint16_t alias = 65401;
}

struct Record
{
  std::shared_ptr<void> content; // Host's own form
  const Owner* owner{nullptr};   // null: of no node, always served; kept alive by the zone
  uint32_t ttl{0};               // seconds
  bool auth{true};               // records.auth: false below a delegation
};

// The records of one type at one name.
struct RRset
{
  uint16_t type{0};            // 0: an empty non-terminal's placeholder
  bool volatileContent{false}; // CompiledRecord::volatileContent of some record
  const Plan* plan{nullptr};   // not null: health has a say, every answer is chosen afresh and no cache may keep it
  std::span<const Record> records;

  [[nodiscard]] bool dependent() const noexcept { return plan != nullptr; }
};

// Null when there is none of that type.
[[nodiscard]] inline const RRset* rrsetOf(std::span<const RRset> rrsets, uint16_t type) noexcept
{
  const auto found = std::find_if(rrsets.begin(), rrsets.end(), [type](const RRset& rrset) { return rrset.type == type; });
  return found != rrsets.end() ? &*found : nullptr;
}

// Where a record leads whose type leads to a host name.
struct Lead
{
  int64_t row{0};            // records.id
  uint32_t record{0};        // its place in the zone
  bool redirects{false};     // whoever looks for addresses goes on there (CNAME, ALIAS)
  WireName target;           // wire name
  std::vector<Target> hints; // the addresses in its content (RFC 9460 §7.3)
};

struct ZoneKey // a row of cryptokeys
{
  std::string content;
  unsigned id{0};
  unsigned flags{0};
  bool active{false};
  bool published{false};
};

class Zone
{
public:
  [[nodiscard]] int64_t id() const noexcept { return d_id; }
  [[nodiscard]] const WireName& apex() const noexcept { return d_apex; }
  [[nodiscard]] size_t recordCount() const noexcept { return d_records.size() - d_unserved; }
  // Whether a record is not served beside another of its name (ZoneLinker).
  [[nodiscard]] bool hasUnserved() const noexcept { return d_unserved != 0; }
  // Of the rows that it was made of, in whatever order: equal for equal rows.
  [[nodiscard]] uint64_t fingerprint() const noexcept { return d_fingerprint; }

  // The rrsets at a name (lower-case wire form), one per type; empty when the name is not in the zone.
  [[nodiscard]] std::span<const RRset> find(std::string_view name) const noexcept;

  // What answers for a name: its own rrsets, or those of the wildcard at its closest encloser (RFC 4592 §3.3.1;
  // PacketHandler::getBestWildcard). None when the name does not exist. at: becomes whose they are, the name's or the
  // wildcard's; nothing is allocated where it has room for it.
  [[nodiscard]] std::span<const RRset> answering(std::string_view name, WireName& at) const;
  // The closest name above that has a DNAME (RFC 6672; PacketHandler::getBestDNAMESynth); empty when there is none.
  [[nodiscard]] std::string_view dnameAbove(std::string_view name) const noexcept;

  // Its names, each once and in no order: 0 to nameCount() - 1, lower-case wire form.
  [[nodiscard]] size_t nameCount() const noexcept { return d_names.size(); }
  [[nodiscard]] WireName nameAt(size_t place) const { return fullName(d_names[place]); }
  // Every name: its part before the apex, and its rrsets.
  template <typename Visit>
  void forEachName(Visit visit) const
  {
    for (const auto& name : d_names) {
      visit(relative(name), std::span{d_rrsets.data() + name.firstRRset, name.rrsets});
    }
  }

  // Metadata values by kind; kinds compare without case, as the column does (COLLATE NOCASE).
  struct KindLess
  {
    using is_transparent = void;
    bool operator()(std::string_view left, std::string_view right) const noexcept;
  };
  using Metadata = std::map<std::string, std::vector<std::string>, KindLess>;
  [[nodiscard]] const Metadata& metadata() const noexcept { return d_metadata; }
  [[nodiscard]] const std::vector<ZoneKey>& keys() const noexcept { return d_keys; }

  // records.ordername in its order, for denial of existence; only kept for zones with keys or presigned ones.
  struct OrderName
  {
    std::string ordername;
    std::string name; // records.name, presentation form
  };
  [[nodiscard]] bool hasOrder() const noexcept { return d_hasOrder; }
  [[nodiscard]] const std::vector<OrderName>& order() const noexcept { return d_order; }

  // Whether health decides which types there are: an rrset may come and go (WhenDown::NoData).
  [[nodiscard]] bool typesVary() const noexcept { return d_typesVary; }

  // At or below a delegation of this zone: what stands there is no answer of its own, but glue (RFC 2181 §6.1).
  [[nodiscard]] bool isDelegated(std::string_view name) const noexcept;
  // Where the record leads; null for types that lead to no host name. REQUIRES: it is one of this zone's.
  [[nodiscard]] const Lead* leadOf(const Record& record) const noexcept;
  // The records of one of its rrsets as they are stored, with those that are left out of it (ZoneLinker).
  [[nodiscard]] std::span<const Record> stored(const RRset& rrset) const noexcept;
  // Whether some record leads to a host name at or below `apex`.
  [[nodiscard]] bool leadsInto(std::string_view apex) const noexcept;
  // Names that had a say in which nodes its records depend on (Following), of every way that leaves the zone.
  [[nodiscard]] const std::vector<WireName>& followed() const noexcept { return d_followed; }

  // Names with a record of this node, each once.
  void forEachNameOf(std::string_view node, const std::function<void(const WireName&)>& visit) const;

  // Names whose answers go on, or may go on, in another zone (CNAME, DNAME). That may lie below this one: a target that
  // is not here, or below a delegation, can be its.
  struct Redirect
  {
    WireName name;
    WireName target;
    bool below{false}; // the answers of every name below `name` do (DNAME)
  };
  [[nodiscard]] const std::vector<Redirect>& redirects() const noexcept { return d_redirects; }
  // Of dnameAbove(); null when there is none.
  [[nodiscard]] const Redirect* rewriting(std::string_view name) const noexcept;

private:
  friend class ZoneBuilder;
  friend class ZoneLinker;
  struct Name
  {
    uint32_t text; // where in d_text its part before the apex begins
    uint16_t length;
    uint16_t rrsets; // how many
    uint32_t firstRRset;
  };
  [[nodiscard]] std::string_view relative(const Name& name) const noexcept { return {d_text.data() + name.text, name.length}; }
  [[nodiscard]] WireName fullName(const Name& name) const { return std::string(relative(name)) + d_apex; }

  int64_t d_id{0};
  uint64_t d_fingerprint{0};
  WireName d_apex;
  std::string d_text;
  std::vector<Name> d_names;
  std::vector<uint32_t> d_index; // open addressing, a power of two; 0: free, else 1 + place in d_names
  std::vector<RRset> d_rrsets;
  std::vector<Record> d_records;
  std::vector<Lead> d_leads;       // by record
  std::forward_list<Plan> d_plans; // the rrsets point into it
  std::vector<std::shared_ptr<const Owner>> d_owners;
  std::vector<WireName> d_followed;
  size_t d_unserved{0};               // how many of d_records are in no rrset
  std::vector<uint32_t> d_ownedNames; // places in d_names of names with an owned record
  std::vector<Redirect> d_redirects;
  Metadata d_metadata;
  std::vector<ZoneKey> d_keys;
  std::vector<OrderName> d_order;
  bool d_hasOrder{false};
  bool d_presigned{false};
  bool d_typesVary{false};
  bool d_delegates{false}; // some name below the apex has NS records
};
}
