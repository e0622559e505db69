// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "columns.hh"
#include <charconv>
#include <string>
#include "host.hh"
#include "probe/printable.hh"

namespace failover
{
namespace
{
  [[noreturn]] void refuse(const Statement& row, int column, const std::string& name, const std::string& rule)
  {
    throw RecordError(name + ": " + (row.isNull(column) ? "NULL" : "'" + printable(row.text(column)) + "'") + " " + rule);
  }

  template <typename Number>
  bool isNumber(std::string_view text, Number most, Number& number) noexcept
  {
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && stop == text.data() + text.size() && number <= most;
  }
}

std::string_view textColumn(const Statement& row, int column, const char* name)
{
  if (row.isBlob(column)) {
    refuse(row, column, name, "is a BLOB, not text");
  }
  const auto text = row.text(column);
  if (text.find('\0') != std::string_view::npos) {
    refuse(row, column, name, "has a NUL byte in it");
  }
  return text;
}

uint32_t ttlColumn(const Statement& row, int column, uint32_t defaultTtl)
{
  constexpr uint32_t most = 0x7fffffff;
  if (row.isInteger(column) && row.integer(column) >= 0 && row.integer(column) <= most) { // without a detour by text
    return static_cast<uint32_t>(row.integer(column));
  }
  const auto text = row.text(column);
  uint32_t ttl = defaultTtl;
  if (!text.empty() && !isNumber(text, most, ttl)) {
    refuse(row, column, "ttl", "is no number of seconds from 0 to 2147483647 (RFC 2181, section 8)");
  }
  return ttl;
}

void requireEnabled(const Statement& row, int column)
{
  if (row.isInteger(column) ? row.integer(column) != 0 : row.text(column) != "0") {
    refuse(row, column, "disabled", "is neither 0 nor 1");
  }
}

unsigned numberColumn(const Statement& row, int column, const char* name, unsigned most)
{
  unsigned number = 0;
  if (!isNumber(row.text(column), most, number)) {
    refuse(row, column, name, "is no number from 0 to " + std::to_string(most));
  }
  return number;
}
}
