// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "probe/probercounters.hh"

using namespace failover;
using namespace std::chrono_literals;

namespace
{
// The step that `late` is counted in.
size_t stepOf(std::chrono::microseconds late)
{
  LatenessCounts counts;
  counts.add(late);
  size_t step = 0;
  while (step < LatenessCounts::s_steps && counts.at(step) == 0) {
    ++step;
  }
  REQUIRE(step < LatenessCounts::s_steps);
  CHECK(counts.at(step) == 1);
  return step;
}
}

TEST_SUITE("probercounters")
{
  TEST_CASE("what is late by a step's bound is counted in the next one, and what is late by less is not")
  {
    for (size_t step = 0; step + 1 < LatenessCounts::s_steps; ++step) {
      const auto bound = LatenessCounts::bound(step);
      CAPTURE(bound.count());
      CHECK(stepOf(bound - 1us) == step);
      CHECK(stepOf(bound) == step + 1);
    }
  }

  TEST_CASE("a step is no wider than an eighth of what it begins with")
  {
    for (size_t step = 8; step < LatenessCounts::s_steps; ++step) {
      const auto lower = LatenessCounts::bound(step - 1);
      CHECK(8 * (LatenessCounts::bound(step) - lower) <= lower);
    }
  }

  TEST_CASE("too early is not late, and the last step takes all that is later")
  {
    CHECK(stepOf(-5s) == 0);
    CHECK(LatenessCounts::bound(LatenessCounts::s_steps - 1) > 1h);
    CHECK(stepOf(std::chrono::microseconds::max()) == LatenessCounts::s_steps - 1);
  }
}
