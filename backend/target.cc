// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "target.hh"
#include <algorithm>
#include <arpa/inet.h>

namespace failover
{
Target hostTarget(std::string_view wireName)
{
  Target target{"n"};
  target += wireName;
  return target;
}

std::optional<Target> addressTarget(const std::string& text)
{
  char bytes[sizeof(in6_addr)];
  if (inet_pton(AF_INET, text.c_str(), bytes) == 1) {
    return "4" + std::string(bytes, sizeof(in_addr));
  }
  if (inet_pton(AF_INET6, text.c_str(), bytes) == 1) {
    return "6" + std::string(bytes, sizeof(in6_addr));
  }
  return std::nullopt;
}

bool Owner::includes(std::string_view node) const noexcept
{
  return std::any_of(d_nodes.begin(), d_nodes.end(), [&](const auto& health) { return health->name() == node; });
}
}
