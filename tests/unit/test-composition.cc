// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <string>
#include <vector>
#include "probe/verdict/composition.hh"

using namespace failover;

namespace
{
const auto U = Verdict::Unknown;
const auto Y = Verdict::Up;
const auto N = Verdict::Down;
const Requirement s_all{};
const Requirement s_any{1};

// Every row of n verdicts.
std::vector<std::vector<Verdict>> allRows(size_t n)
{
  std::vector<std::vector<Verdict>> rows{{}};
  for (size_t i = 0; i < n; ++i) {
    std::vector<std::vector<Verdict>> longer;
    for (const auto& row : rows) {
      for (const auto verdict : {U, Y, N}) {
        longer.push_back(row);
        longer.back().push_back(verdict);
      }
    }
    rows = longer;
  }
  return rows;
}

// What the row would be, whichever way its Unknown ones turned out: the definition, without any arithmetic.
bool canBe(Verdict wanted, std::vector<Verdict> row, Requirement require)
{
  for (auto& verdict : row) {
    if (verdict == U) {
      for (const auto guess : {Y, N}) {
        verdict = guess;
        if (canBe(wanted, row, require)) {
          return true;
        }
      }
      return false;
    }
  }
  unsigned up = 0;
  for (const auto verdict : row) {
    up += verdict == Y ? 1 : 0;
  }
  const bool isUp = require == s_all || require.atLeast > row.size() ? up == row.size() : up >= require.atLeast;
  return isUp == (wanted == Y);
}
}

// Double parentheses: doctest would print these enumerators with failover::toString, whose type it cannot join.

TEST_SUITE("composition")
{
  TEST_CASE("all, any and at least N")
  {
    struct Row
    {
      std::vector<Verdict> checks;
      Requirement require;
      Verdict before;
      Verdict after;
    };
    const std::vector<Row> table{
      // all: as it was before there was a choice
      {{}, s_all, U, Y},
      {{}, s_all, N, Y},
      {{Y}, s_all, N, Y},
      {{N}, s_all, Y, N},
      {{U}, s_all, U, U},
      {{U}, s_all, Y, Y},
      {{U}, s_all, N, N},
      {{Y, Y}, s_all, U, Y},
      {{Y, N}, s_all, Y, N},
      {{N, U}, s_all, Y, N},
      {{U, N}, s_all, U, N},
      {{Y, U}, s_all, U, U},
      {{Y, U}, s_all, N, N},
      {{Y, U}, s_all, Y, Y},
      // any
      {{}, s_any, N, Y},
      {{Y, N, N}, s_any, N, Y},
      {{N, U, Y}, s_any, N, Y},
      {{N, N, N}, s_any, Y, N},
      {{N, N, U}, s_any, Y, Y},
      {{N, N, U}, s_any, N, N},
      {{N, U, U}, s_any, U, U},
      // two of three
      {{Y, Y, U}, {2}, N, Y},
      {{Y, Y, N}, {2}, N, Y},
      {{Y, N, N}, {2}, Y, N},
      {{N, N, U}, {2}, Y, N},
      {{Y, N, U}, {2}, Y, Y},
      {{Y, N, U}, {2}, N, N},
      {{U, U, U}, {2}, U, U},
      // more than there are: all
      {{Y, Y}, {3}, N, Y},
      {{Y, N}, {100}, Y, N},
      {{Y, U}, {100}, N, N},
      {{}, {2}, N, Y}};
    for (const auto& row : table) {
      CAPTURE(&row - table.data());
      CHECK((compose(row.checks, row.require, row.before) == row.after));
    }
  }

  TEST_CASE("what is decided is what no Unknown check can change, and only that")
  {
    for (size_t n = 1; n <= 5; ++n) {
      for (const auto& row : allRows(n)) {
        for (unsigned atLeast = 0; atLeast <= n + 1; ++atLeast) {
          const Requirement require{atLeast};
          const bool mayBeUp = canBe(Y, row, require);
          const bool mayBeDown = canBe(N, row, require);
          const auto wanted = mayBeUp && mayBeDown ? U : mayBeUp ? Y
                                                                 : N;
          REQUIRE((decide(row, require) == wanted));
          for (const auto before : {U, Y, N}) {
            REQUIRE((compose(row, require, before) == (wanted == U ? before : wanted)));
          }
          REQUIRE_FALSE(reasons(row, require).empty());
          for (const auto index : reasons(row, require)) {
            REQUIRE((row[index] == wanted));
          }
        }
      }
    }
  }

  TEST_CASE("the reasons are the checks that say what is decided, or are waited for")
  {
    using List = std::vector<size_t>;
    CHECK(reasons(std::vector{Y, N, U, N}, s_all) == List{1, 3});
    CHECK(reasons(std::vector{Y, N, U, N}, s_any) == List{0});
    CHECK(reasons(std::vector{Y, N, U, N}, {2}) == List{2});
    CHECK(reasons(std::vector{N, N}, s_any) == List{0, 1});
    CHECK(reasons(std::vector<Verdict>{}, s_all).empty());
  }
}
