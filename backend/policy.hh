// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>
#include "wirename.hh"

// Policy: how an rrset is answered when health leaves it no choice. Policies: which one is an rrset's.
// Thread: any, once built.

namespace failover
{
// What to answer while no record of an rrset serves.
enum class WhenDown : uint8_t
{
  ServeAll, // every record: dead servers are no worse than none, and our checks may be what is broken
  NoData    // NODATA (RFC 2308 §2.2), as if there were no such rrset
};

// As policies.when_down has it. False, and `out` untouched, for any other text.
[[nodiscard]] bool fromString(std::string_view text, WhenDown& out) noexcept;

// A row of policies.
struct Policy
{
  WireName name;     // without the "*." of a row that is for all names below
  bool below{false}; // for every name below `name`, not for `name` itself
  uint16_t type{0};  // 0: every type
  WhenDown whenDown{WhenDown::ServeAll};
  bool operator==(const Policy&) const = default;
};

class Policies
{
public:
  Policies() = default;
  explicit Policies(const std::vector<Policy>& rows);

  // Of an rrset (its owner's lower-case wire name). The policy with the longest name that fits the name and the type
  // decides; of two with one name, that which names the type.
  [[nodiscard]] WhenDown whenDown(std::string_view name, uint16_t type) const;

private:
  using ByType = std::vector<Policy>; // few
  using ByName = std::unordered_map<WireName, ByType>;
  static const Policy* find(const ByName& policies, std::string_view name, uint16_t type);

  ByName d_exact;
  ByName d_below;
};
}
