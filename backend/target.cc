// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "target.hh"
#include <algorithm>
#include <array>
#include <arpa/inet.h>
#include <limits>

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

std::string targetText(const Target& target)
{
  if (target.front() == 'n') {
    return toText(std::string_view(target).substr(1));
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(target.front() == '4' ? AF_INET : AF_INET6, target.data() + 1, text.data(), text.size());
  return text.data();
}

bool Owner::includes(std::string_view node) const noexcept
{
  return std::any_of(d_members.begin(), d_members.end(), [&](const Member& member) { return member.health->name() == node; });
}

int64_t Owner::turnedAt() const noexcept
{
  int64_t cameBack = std::numeric_limits<int64_t>::max();
  int64_t left = 0;
  for (const auto& member : d_members) {
    if (member.health->serving()) {
      cameBack = std::min(cameBack, member.health->turnedAt());
    }
    left = std::max(left, member.health->turnedAt());
  }
  return cameBack != std::numeric_limits<int64_t>::max() ? cameBack : left;
}

uint32_t Owner::ttlBound(int64_t now) const noexcept
{
  const int64_t unbounded = std::numeric_limits<uint32_t>::max();
  const auto secondsUntil = [now, unbounded](int64_t when, int64_t least) { return when == 0 ? unbounded : std::clamp((when - now) / 1000, least, unbounded); };
  int64_t bound = -1;
  for (const auto& member : d_members) {
    if (member.health->serving()) { // the target serves until the last of them has left
      bound = std::max(bound, std::min(secondsUntil(member.health->fallsAt(), 1), secondsUntil(member.health->drainsAt(), 0)));
    }
  }
  return static_cast<uint32_t>(bound < 0 ? unbounded : bound);
}
}
