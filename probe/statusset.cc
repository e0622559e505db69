// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <charconv>
#include "checkspec.hh"
#include "printable.hh"

namespace failover
{
namespace
{
  constexpr int s_lowest = 100; // RFC 9110 section 15: a status code is three digits, 100 to 599
  constexpr int s_highest = 599;

  std::string_view trim(std::string_view text) noexcept
  {
    const auto begin = text.find_first_not_of(' ');
    if (begin == std::string_view::npos) {
      return {};
    }
    return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
  }

  [[noreturn]] void refuse(std::string_view whole, const std::string& rule)
  {
    throw CheckSpecError("expect_status: '" + printable(whole) + "' " + rule);
  }

  int parseCode(std::string_view text, std::string_view whole)
  {
    int code = 0;
    const auto* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, code);
    if (text.empty() || text.front() == '-' || stop != end || error != std::errc()) {
      refuse(whole, "is not a list of codes and ranges such as 200-399,401");
    }
    if (code < s_lowest || code > s_highest) {
      refuse(whole, "has a code outside 100..599");
    }
    return code;
  }
}

StatusSet::StatusSet(std::string_view text) :
  d_text(text)
{
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const auto item = trim(text.substr(begin, end - begin));
    const auto dash = item.find('-');
    const int first = parseCode(trim(item.substr(0, dash)), text);
    const int last = dash == std::string_view::npos ? first : parseCode(trim(item.substr(dash + 1)), text);
    if (last < first) {
      refuse(text, "has a range that runs backwards");
    }
    d_ranges.emplace_back(first, last);
    begin = end + 1;
  }
}

bool StatusSet::contains(long status) const noexcept
{
  for (const auto& [first, last] : d_ranges) {
    if (status >= first && status <= last) {
      return true;
    }
  }
  return false;
}
}
