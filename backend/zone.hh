// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>
#include "host.hh"
#include "policy.hh"
#include "target.hh"
#include "wirename.hh"

// Zone: one zone of the store, compiled: names, their rrsets, and what DNSSEC needs. Immutable; ZoneBuilder
// makes one. Reading takes no lock and allocates nothing.
// Thread: any, once built.

namespace failover
{
// Types that a zone is built by (RFC 1035, RFC 6672).
namespace rrtype
{
  constexpr uint16_t ns = 2;
  constexpr uint16_t cname = 5;
  constexpr uint16_t soa = 6;
  constexpr uint16_t dname = 39;
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
  bool dependent{false};       // some record has an owner: every answer is chosen afresh and no cache may keep it
  bool volatileContent{false}; // CompiledRecord::volatileContent of some record
  WhenDown whenDown{WhenDown::ServeAll};
  std::span<const Record> records;
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
  [[nodiscard]] size_t recordCount() const noexcept { return d_records.size(); }
  // Of the rows that it was made of, in whatever order: equal for equal rows.
  [[nodiscard]] uint64_t fingerprint() const noexcept { return d_fingerprint; }

  // The rrsets at a name (lower-case wire form), one per type; empty when the name is not in the zone.
  [[nodiscard]] std::span<const RRset> find(std::string_view name) const noexcept;

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

  // Names with a record of this node, each once.
  void namesOf(std::string_view node, std::vector<WireName>& out) const;

  // Names whose answers go on, or may go on, in another zone (CNAME, DNAME). That may lie below this one: a target that
  // is not here, or below a delegation, can be its.
  struct Redirect
  {
    WireName name;
    WireName target;
    bool below{false}; // the answers of every name below `name` do (DNAME)
  };
  [[nodiscard]] const std::vector<Redirect>& redirects() const noexcept { return d_redirects; }

private:
  friend class ZoneBuilder;
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
  std::vector<std::shared_ptr<const Owner>> d_owners;
  std::vector<uint32_t> d_ownedNames; // places in d_names of names with an owned record
  std::vector<Redirect> d_redirects;
  Metadata d_metadata;
  std::vector<ZoneKey> d_keys;
  std::vector<OrderName> d_order;
  bool d_hasOrder{false};
  bool d_typesVary{false};
};

// Collects the rows of one zone. Thread: one. Use: construct, add everything, build() once.
class ZoneBuilder
{
public:
  // owners: which node a target belongs to. Borrows both until build().
  ZoneBuilder(int64_t id, WireName apex, const OwnerMap& owners, const Policies& policies);

  // Counts a row into the fingerprint: a hash of all that stands in it.
  void addRow(uint64_t hash) noexcept { d_zone->d_fingerprint += hash; }

  // row: records.id. REQUIRES: the name is within the zone. Throws nothing but bad_alloc.
  void addRecord(int64_t row, const WireName& name, CompiledRecord record, uint32_t ttl, bool auth);
  [[nodiscard]] int64_t id() const noexcept { return d_zone->d_id; }
  [[nodiscard]] const WireName& apex() const noexcept { return d_zone->d_apex; }
  [[nodiscard]] bool hasSoa() const noexcept { return d_hasSoa; }
  void addMetadata(std::string kind, std::string content);
  void addKey(ZoneKey key);
  // Whether denial of existence can be asked for, so that ordernames are worth keeping. REQUIRES: metadata and
  // keys have been added.
  [[nodiscard]] bool wantsOrder() const;
  void addOrder(std::string ordername, std::string name);

  // Of a type that a name has one record of (SOA, CNAME, DNAME), the one with the lowest row is kept: it was there first,
  // and gsqlite3 would answer with it.
  struct Surplus
  {
    int64_t row;
    int64_t keptRow;
    WireName name;
    uint16_t type;
  };
  // surplus: gets the others.
  [[nodiscard]] std::shared_ptr<const Zone> build(std::vector<Surplus>& surplus);

private:
  struct Entry
  {
    int64_t row;
    uint32_t name;
    CompiledRecord compiled;
    Record record;
  };
  uint32_t nameIndex(std::string_view relative);
  void adopt(Entry& entry);
  void applyPolicies();
  void sortEntries();
  void dropSurplus(std::vector<Surplus>& surplus);
  void keepRedirect(const WireName& name, const CompiledRecord& record);
  [[nodiscard]] bool staysInside(const Zone::Redirect& redirect) const;
  // At or below a delegation of this zone. REQUIRES: the rrsets are there.
  [[nodiscard]] bool isDelegated(std::string_view name) const;
  [[nodiscard]] bool presigned() const;

  const OwnerMap& d_owners;
  const Policies& d_policies;
  std::shared_ptr<Zone> d_zone;
  std::vector<Entry> d_entries;
  bool d_hasSoa{false};
};
}
