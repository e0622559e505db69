// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace failover
{
// The words from that index on, with blanks between. Thread: any.
[[nodiscard]] inline std::string joined(const std::vector<std::string>& words, size_t from)
{
  std::string text;
  for (auto i = from; i < words.size(); ++i) {
    text += (text.empty() ? "" : " ") + words[i];
  }
  return text;
}

// "east, west". Thread: any.
[[nodiscard]] inline std::string commaSeparated(const std::vector<std::string>& words)
{
  std::string text;
  for (const auto& word : words) {
    text += (text.empty() ? "" : ", ") + word;
  }
  return text;
}

// "40 %", "0.5 %". Thread: any.
[[nodiscard]] inline std::string percent(double part)
{
  const auto tenths = std::lround(part * 1000);
  const bool whole = tenths % 10 == 0 || tenths >= 100;
  return whole ? std::to_string((tenths + 5) / 10) + " %" : std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %";
}
}
