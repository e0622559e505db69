// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "policy.hh"
#include <array>

namespace failover
{
namespace
{
  // Indexed by the enumerators' values.
  constexpr std::array<std::string_view, 4> s_modes{"all", "priority", "weighted", "sticky"};
  constexpr std::array<std::string_view, 4> s_whenDowns{"serve-all", "nodata", "servfail", "last"};

  template <typename Enum, size_t N>
  bool find(const std::array<std::string_view, N>& words, std::string_view text, Enum& out) noexcept
  {
    for (size_t i = 0; i < N; ++i) {
      if (words[i] == text) {
        out = static_cast<Enum>(i);
        return true;
      }
    }
    return false;
  }
}

bool fromString(std::string_view text, Mode& out) noexcept
{
  return find(s_modes, text, out);
}
bool fromString(std::string_view text, WhenDown& out) noexcept
{
  return find(s_whenDowns, text, out);
}
std::string_view toString(Mode mode) noexcept
{
  return s_modes[static_cast<size_t>(mode)];
}
std::string_view toString(WhenDown whenDown) noexcept
{
  return s_whenDowns[static_cast<size_t>(whenDown)];
}

std::string Policy::pattern() const
{
  if (!below) {
    return toText(name);
  }
  const bool everything = parent(name).empty(); // the root
  return everything ? "*" : "*." + toText(name);
}

Policies::Policies(const std::vector<Policy>& rows)
{
  for (const auto& row : rows) {
    (row.below ? d_below : d_exact)[row.name].push_back(row);
  }
}

const Policy* Policies::find(const ByName& policies, std::string_view name, uint16_t type)
{
  const auto found = policies.find(WireName(name));
  const Policy* best = nullptr;
  if (found != policies.end()) {
    for (const auto& policy : found->second) {
      if (policy.type == type || (policy.type == 0 && best == nullptr)) {
        best = &policy;
      }
    }
  }
  return best;
}

const Policy* Policies::find(std::string_view name, std::string_view apex, uint16_t type) const
{
  const auto* policy = find(d_exact, name, type);
  for (auto above = name == apex ? name : parent(name); policy == nullptr && !above.empty(); above = parent(above)) {
    policy = find(d_below, above, type);
  }
  return policy;
}
}
