// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "network.hh"

namespace failover::curl
{
namespace
{
  constexpr size_t s_mostMultis = 32; // beyond that, files share the system's: slower, but bounded
}

Network::Network(Poller& poller) :
  d_poller(poller)
{
  d_multis.try_emplace("", poller);
}

Multi& Network::multiFor(const std::string& caFile)
{
  const auto known = d_multis.find(caFile);
  if (known != d_multis.end()) {
    return known->second;
  }
  return d_multis.size() < s_mostMultis ? d_multis.try_emplace(caFile, d_poller).first->second : d_multis.begin()->second;
}

Share& Network::shareFor(int64_t check, bool isLiteral) noexcept
{
  return (isLiteral ? d_literals : d_names)[static_cast<uint64_t>(check) % s_shares];
}

void Network::turn(Clock::time_point now)
{
  for (auto& [caFile, multi] : d_multis) {
    multi.turn(now);
  }
}

std::chrono::milliseconds Network::untilTurn(Clock::time_point now, std::chrono::milliseconds limit) const noexcept
{
  for (const auto& [caFile, multi] : d_multis) {
    limit = multi.untilTurn(now, limit);
  }
  return limit;
}
}
