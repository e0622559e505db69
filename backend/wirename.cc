// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "wirename.hh"
#include <cstdio>

namespace failover
{
std::string_view parent(std::string_view name) noexcept
{
  if (name.empty() || name.front() == '\0') {
    return {};
  }
  const size_t label = static_cast<unsigned char>(name.front());
  return label + 1 < name.size() ? name.substr(label + 1) : std::string_view{};
}

bool isWithin(std::string_view name, std::string_view apex) noexcept
{
  // Label by label, since the bytes of a suffix may begin in the middle of a label.
  while (name.size() > apex.size()) {
    name = parent(name);
  }
  return name == apex;
}

bool isWildcard(std::string_view name) noexcept
{
  return name.size() >= 2 && name[0] == '\1' && name[1] == '*';
}

std::string toText(std::string_view name)
{
  if (name.size() <= 1) {
    return ".";
  }
  std::string text;
  for (auto rest = name; rest.size() > 1; rest = parent(rest)) {
    const size_t label = static_cast<unsigned char>(rest.front());
    for (const char byte : rest.substr(1, label)) {
      const auto value = static_cast<unsigned char>(byte);
      if (byte == '.' || byte == '\\') {
        text += '\\';
        text += byte;
      }
      else if (value <= ' ' || value >= 0x7f) {
        char escaped[5];
        std::snprintf(escaped, sizeof(escaped), "\\%03u", value);
        text += escaped;
      }
      else {
        text += byte;
      }
    }
    text += '.';
  }
  text.pop_back();
  return text;
}
}
