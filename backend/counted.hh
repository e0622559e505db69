// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstddef>
#include <string>

namespace failover
{
// "1 zone", "2 zones". Thread: any.
[[nodiscard]] inline std::string counted(size_t number, const char* noun)
{
  return std::to_string(number) + " " + noun + (number == 1 ? "" : "s");
}
}
