// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <optional>
#include "backend/columns.hh"
#include "backend/host.hh"
#include "teststore.hh"

using namespace failover;
using namespace failover::test;

namespace
{
// Reads one SQL expression as a column; what the reading throws, or else an empty text.
template <typename Read>
std::string faultOf(const std::string& expression, Read read)
{
  const TestStore store;
  Database database(store.file(), std::chrono::seconds(10));
  Statement row(database, ("SELECT " + expression).c_str());
  REQUIRE(row.step());
  try {
    read(row);
    return "";
  }
  catch (const RecordError& error) {
    return error.what();
  }
}
}

TEST_SUITE("columns")
{
  TEST_CASE("a TTL is a number of RFC 2181")
  {
    std::optional<uint32_t> ttl;
    const auto read = [&](const Statement& row) { ttl = ttlColumn(row, 0, 77); };
    struct Case
    {
      const char* expression;
      uint32_t ttl;
    };
    for (const auto& [expression, expected] : {Case{"0", 0}, Case{"2147483647", 2147483647}, Case{"'300'", 300}, Case{"x'333030'", 300}, Case{"NULL", 77}, Case{"''", 77}}) {
      CAPTURE(expression);
      CHECK(faultOf(expression, read).empty());
      CHECK(ttl == expected);
    }
    for (const auto* expression : {"-1", "2147483648", "4294967295", "4294967296", "1e30", "1.5", "'abc'", "'30 '", "' 30'", "'0x10'", "x'00'"}) {
      CAPTURE(expression);
      CHECK(faultOf(expression, read).ends_with("is no number of seconds from 0 to 2147483647 (RFC 2181, section 8)"));
    }
    CHECK(faultOf("-1", read).starts_with("ttl: '-1' is"));
  }

  TEST_CASE("text is no BLOB and has no NUL byte")
  {
    const auto read = [](const Statement& row) { (void)textColumn(row, 0, "name"); };
    for (const auto* expression : {"'a'", "NULL", "''", "1", "CAST(x'ff' AS TEXT)"}) {
      CAPTURE(expression);
      CHECK(faultOf(expression, read).empty());
    }
    CHECK(faultOf("x'61'", read) == "name: 'a' is a BLOB, not text");
    CHECK(faultOf("CAST(x'610062' AS TEXT)", read) == "name: 'a?b' has a NUL byte in it");
  }

  TEST_CASE("disabled is 0 where it is not 1")
  {
    const auto read = [](const Statement& row) { requireEnabled(row, 0); };
    CHECK(faultOf("0", read).empty());
    CHECK(faultOf("NULL", read) == "disabled: NULL is neither 0 nor 1");
    CHECK(faultOf("'f'", read) == "disabled: 'f' is neither 0 nor 1");
  }

  TEST_CASE("a number keeps to its bounds")
  {
    std::optional<unsigned> number;
    const auto read = [&](const Statement& row) { number = numberColumn(row, 0, "flags", 65535); };
    CHECK(faultOf("65535", read).empty());
    CHECK(number == 65535U);
    for (const auto* expression : {"65536", "-1", "NULL", "'x'", "1.5"}) {
      CAPTURE(expression);
      CHECK(faultOf(expression, read).ends_with("is no number from 0 to 65535"));
    }
  }
}
