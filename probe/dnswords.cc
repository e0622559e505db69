// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <array>
#include <charconv>
#include <utility>
#include <strings.h>
#include "dnswords.hh"

namespace failover
{
namespace
{
  using Word = std::pair<std::string_view, uint16_t>;

  constexpr std::array<Word, 13> s_types{{{"A", 1}, {"NS", 2}, {"CNAME", 5}, {"SOA", 6}, {"PTR", 12}, {"MX", 15}, {"TXT", 16}, {"AAAA", 28}, {"SRV", 33}, {"DS", 43}, {"DNSKEY", 48}, {"HTTPS", 65}, {"CAA", 257}}};
  // By number.
  constexpr std::array<std::string_view, 11> s_codes{"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE"};

  bool isSame(std::string_view left, std::string_view right) noexcept
  {
    return left.size() == right.size() && strncasecmp(left.data(), right.data(), left.size()) == 0;
  }
}

std::optional<uint16_t> recordTypeOf(std::string_view text) noexcept
{
  for (const auto& [word, number] : s_types) {
    if (isSame(word, text)) {
      return number;
    }
  }
  uint16_t number = 0;
  const auto* const end = text.data() + text.size();
  if (text.size() < 5 || !isSame(text.substr(0, 4), "TYPE") || text[4] == '0') {
    return std::nullopt;
  }
  const auto [stop, error] = std::from_chars(text.data() + 4, end, number);
  return error == std::errc{} && stop == end ? std::optional(number) : std::nullopt;
}

std::optional<int> responseCodeOf(std::string_view text) noexcept
{
  for (size_t code = 0; code < s_codes.size(); ++code) {
    if (s_codes[code] == text) {
      return static_cast<int>(code);
    }
  }
  return std::nullopt;
}

std::string responseCodeName(int code)
{
  const auto index = static_cast<size_t>(code);
  return index < s_codes.size() ? std::string(s_codes[index]) : "RCODE" + std::to_string(code);
}
}
