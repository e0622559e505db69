// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

// The record types that leave the answers with their node, as policies.type names them.
// Thread: any; constant.

namespace failover
{
struct FilteredType
{
  std::string_view name;
  uint16_t code; // IANA "Resource Record (RR) TYPEs"
};
constexpr std::array s_filteredTypes{
  FilteredType{"A", 1},
  FilteredType{"CNAME", 5},
  FilteredType{"MX", 15},
  FilteredType{"AAAA", 28},
  FilteredType{"SRV", 33},
  FilteredType{"SVCB", 64},
  FilteredType{"HTTPS", 65},
  FilteredType{"ALIAS", 65401}, // of PowerDNS, for private use (RFC 6895 §3.1)
};

constexpr bool isFiltered(uint16_t code) noexcept
{
  return std::any_of(s_filteredTypes.begin(), s_filteredTypes.end(), [code](const auto& type) { return type.code == code; });
}

// Types whose target whoever looks for addresses goes on with: several records are alternatives.
constexpr bool redirects(uint16_t code) noexcept
{
  return code == 5 || code == 65401;
}
}
