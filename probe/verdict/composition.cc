// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include "composition.hh"

namespace failover
{
Verdict decide(std::span<const Verdict> deciding, Requirement require) noexcept
{
  const auto all = deciding.size();
  const auto needed = require.atLeast == Requirement::s_all ? all : std::min<size_t>(require.atLeast, all);
  const auto up = static_cast<size_t>(std::ranges::count(deciding, Verdict::Up));
  const auto down = static_cast<size_t>(std::ranges::count(deciding, Verdict::Down));
  if (up >= needed) {
    return Verdict::Up;
  }
  return all - down < needed ? Verdict::Down : Verdict::Unknown;
}

Verdict compose(std::span<const Verdict> deciding, Requirement require, Verdict before) noexcept
{
  const auto decided = decide(deciding, require);
  return decided == Verdict::Unknown ? before : decided;
}

std::vector<size_t> reasons(std::span<const Verdict> deciding, Requirement require)
{
  const auto decided = decide(deciding, require);
  std::vector<size_t> out;
  for (size_t i = 0; i < deciding.size(); ++i) {
    if (deciding[i] == decided) {
      out.push_back(i);
    }
  }
  return out;
}
}
