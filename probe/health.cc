// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <array>
#include "health.hh"

namespace failover
{
namespace
{
  // Indexed by the enumerators' values.
  constexpr std::array<std::string_view, 6> s_states{"unknown", "up", "down", "drained", "forced-up", "forced-down"};
  constexpr std::array<std::string_view, 3> s_verdicts{"unknown", "up", "down"};
  constexpr std::array<std::string_view, 4> s_admins{"auto", "up", "down", "drain"};

  template <typename Enum, size_t N>
  bool find(const std::array<std::string_view, N>& names, std::string_view text, Enum& out) noexcept
  {
    for (size_t i = 0; i < N; ++i) {
      if (names[i] == text) {
        out = static_cast<Enum>(i);
        return true;
      }
    }
    return false;
  }
}

HealthTracker::HealthTracker(unsigned rise, unsigned fall, Verdict initial, unsigned contrary) noexcept :
  d_rise(rise), d_fall(fall), d_verdict(initial)
{
  d_contrary = std::min(contrary, needed() - 1);
}

unsigned HealthTracker::needed() const noexcept
{
  switch (d_verdict) {
  case Verdict::Up:
    return d_fall;
  case Verdict::Down:
    return d_rise;
  case Verdict::Unknown:
    break;
  }
  return 1;
}

Transition HealthTracker::record(bool passed) noexcept
{
  const Verdict said = passed ? Verdict::Up : Verdict::Down;
  if (said == d_verdict) {
    d_contrary = 0;
    return Transition::Unchanged;
  }
  if (++d_contrary < needed()) {
    return Transition::Pending;
  }
  d_verdict = said;
  d_contrary = 0;
  return Transition::Changed;
}

NodeState combine(AdminState admin, Verdict verdict) noexcept
{
  switch (admin) {
  case AdminState::Up:
    return NodeState::ForcedUp;
  case AdminState::Down:
    return NodeState::ForcedDown;
  case AdminState::Drain:
    return NodeState::Drained;
  case AdminState::Auto:
    break;
  }
  switch (verdict) {
  case Verdict::Up:
    return NodeState::Up;
  case Verdict::Down:
    return NodeState::Down;
  case Verdict::Unknown:
    break;
  }
  return NodeState::Unknown;
}

std::string_view toString(NodeState state) noexcept
{
  return s_states[static_cast<size_t>(state)];
}
std::string_view toString(Verdict verdict) noexcept
{
  return s_verdicts[static_cast<size_t>(verdict)];
}
std::string_view toString(AdminState admin) noexcept
{
  return s_admins[static_cast<size_t>(admin)];
}
bool fromString(std::string_view text, NodeState& out) noexcept
{
  return find(s_states, text, out);
}
bool fromString(std::string_view text, Verdict& out) noexcept
{
  return find(s_verdicts, text, out);
}
bool fromString(std::string_view text, AdminState& out) noexcept
{
  return find(s_admins, text, out);
}
}
