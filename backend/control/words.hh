// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
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
}
