// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "policy.hh"

namespace failover
{
bool fromString(std::string_view text, WhenDown& out) noexcept
{
  if (text == "serve-all") {
    out = WhenDown::ServeAll;
  }
  else if (text == "nodata") {
    out = WhenDown::NoData;
  }
  else {
    return false;
  }
  return true;
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

WhenDown Policies::whenDown(std::string_view name, uint16_t type) const
{
  const auto* policy = find(d_exact, name, type);
  for (auto above = parent(name); policy == nullptr && !above.empty(); above = parent(above)) {
    policy = find(d_below, above, type);
  }
  return policy != nullptr ? policy->whenDown : WhenDown::ServeAll;
}
}
