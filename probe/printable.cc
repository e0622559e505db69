// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <system_error>
#include "printable.hh"

namespace failover
{
namespace
{
  bool isBlank(char c) noexcept
  {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }
}

std::string printable(std::string_view bytes, size_t limit)
{
  std::string out;
  bool gap = false;
  for (const char c : bytes) {
    if (isBlank(c)) {
      gap = !out.empty();
      continue;
    }
    if (out.size() + (gap ? 1 : 0) >= limit) {
      return out + "...";
    }
    if (gap) {
      out += ' ';
      gap = false;
    }
    out += (c > ' ' && c < '\x7f') ? c : '?';
  }
  return out;
}

std::string lowerFirst(std::string text)
{
  const auto isCapital = [&text](size_t at) { return at < text.size() && text[at] >= 'A' && text[at] <= 'Z'; };
  if (isCapital(0) && !isCapital(1)) { // an abbreviation stays
    text[0] = static_cast<char>(text[0] - 'A' + 'a');
  }
  return text;
}

std::string errnoText(int error)
{
  return lowerFirst(std::generic_category().message(error));
}
}
