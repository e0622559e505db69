// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>
#include "wirename.hh"

// Policy: which records of an rrset are answered, and what while too few nodes serve. Policies: which one is an rrset's.
// Thread: any, once built.

namespace failover
{
// Which of the records whose nodes serve.
enum class Mode : uint8_t
{
  All,      // every one
  Priority, // those of the first tier that has enough serving nodes
  Weighted, // some, drawn by weight
  Sticky    // some, drawn by weight and the client's address: a client keeps its own
};

// What to answer while an rrset is down.
enum class WhenDown : uint8_t
{
  ServeAll, // as if every node served: dead servers are no worse than none, and our checks may be what is broken
  NoData,   // NODATA (RFC 2308 §2.2), as if there were no such rrset
  ServFail, // SERVFAIL (RFC 1035 §4.1.1), so that resolvers ask another name server of the zone
  Last      // the records of the nodes that serve, and of the one that left last
};

// As policies.mode and policies.when_down have them. False, and `out` untouched, for any other text.
[[nodiscard]] bool fromString(std::string_view text, Mode& out) noexcept;
[[nodiscard]] bool fromString(std::string_view text, WhenDown& out) noexcept;
[[nodiscard]] std::string_view toString(Mode mode) noexcept;
[[nodiscard]] std::string_view toString(WhenDown whenDown) noexcept;

// A row of policies, and those of policy_nodes that belong to it.
struct Policy
{
  int64_t id{0};
  WireName name{};   // without the "*." of a row that is for all names below
  bool below{false}; // for every name below `name`, and for `name` itself only as a zone's apex
  uint16_t type{0};  // 0: every type
  Mode mode{Mode::All};
  std::optional<uint32_t> maxAnswers{}; // records; nothing: defaultAnswers()
  uint32_t minHealthy{1};               // nodes
  WhenDown whenDown{WhenDown::ServeAll};
  std::optional<uint32_t> ttlMax{}; // seconds
  uint8_t trickle{0};               // per cent of the answers, to the next tier
  uint32_t ramp{0};                 // seconds until the weight of a node that came back is full

  struct Rank // instead of the node's own
  {
    std::optional<uint16_t> priority;
    std::optional<uint16_t> weight;
    bool operator==(const Rank&) const = default;
  };
  std::map<std::string, Rank, std::less<>> nodes{};

  bool operator==(const Policy&) const = default;
  // "*.example.org", as people write it.
  [[nodiscard]] std::string pattern() const;
};

class Policies
{
public:
  Policies() = default;
  // REQUIRES: no two have one name (and `below`) and type.
  explicit Policies(const std::vector<Policy>& rows);

  [[nodiscard]] bool empty() const noexcept { return d_exact.empty() && d_below.empty(); }
  // Of an rrset: its owner's lower-case wire name, and its zone's. The policy with the longest name that fits the name and
  // the type decides; of two with one name, that which names the type. Null when there is none. Lives as long as this.
  [[nodiscard]] const Policy* find(std::string_view name, std::string_view apex, uint16_t type) const;

private:
  using ByType = std::vector<Policy>; // few
  using ByName = std::unordered_map<WireName, ByType>;
  static const Policy* find(const ByName& policies, std::string_view name, uint16_t type);

  ByName d_exact;
  ByName d_below;
};
}
