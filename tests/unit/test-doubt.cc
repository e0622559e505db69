// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <vector>
#include "probe/verdict/doubt.hh"

using namespace failover;
using namespace std::chrono_literals;

namespace
{
const Doubt::TimePoint s_began{1000s};
const auto s_window = windowOf(3000ms, 2000ms);

Trouble trouble(size_t failing, size_t judged, References references)
{
  return {s_began, judged, failing, references};
}
}

// Double parentheses: doctest cannot print these enumerators.

TEST_SUITE("doubt")
{
  TEST_CASE("the window is one interval with its jitter, and a timeout")
  {
    CHECK(windowOf(3000ms, 2000ms) == 5300ms);
    CHECK(windowOf(100ms, 10ms) == 120ms);
    CHECK(windowOf(86400000ms, 86399999ms) == 181439999ms);
  }

  TEST_CASE("what to do with a failure")
  {
    struct Row
    {
      unsigned share;
      size_t failing;
      size_t judged;
      References references;
      Belief within; // the window
      Belief after;
    };
    const auto B = Belief::Believe, W = Belief::Wait, F = Belief::Freeze, O = Belief::WarnOnly;
    const auto none = References::None, unknown = References::NotYetKnown, well = References::Well, failing = References::Failing;
    const std::vector<Row> table{
      // a reference is well: the fault is theirs, however many they are
      {50, 1, 4, well, B, B},
      {50, 4, 4, well, B, B},
      // no reference answers: the share decides, once every node has had its say
      {50, 1, 4, failing, W, B},
      {50, 2, 4, failing, F, F},
      {50, 4, 4, failing, F, F},
      {50, 2, 5, failing, W, B},
      {50, 3, 5, failing, F, F},
      {50, 1, 1, failing, W, B}, // one node that fails is a node that fails
      {50, 1, 2, failing, W, B},
      {50, 2, 2, failing, F, F},
      {1, 1, 100, failing, W, B},
      {1, 2, 100, failing, F, F},
      {1, 2, 300, failing, W, B},
      {100, 3, 4, failing, W, B},
      {100, 4, 4, failing, F, F},
      {1000, 4, 4, failing, F, F}, // as 100
      // they have not been asked yet: wait for them, but not for ever
      {50, 1, 4, unknown, W, B},
      {50, 2, 4, unknown, W, F},
      {50, 4, 4, unknown, W, F},
      // there are none
      {50, 1, 4, none, B, B},
      {50, 2, 4, none, O, O},
      {50, 2, 5, none, B, B},
      // never doubt
      {0, 4, 4, none, B, B},
      {0, 4, 4, unknown, B, B},
      {0, 4, 4, failing, B, B},
      {0, 4, 4, well, B, B},
      // nobody is judged, or fewer than fail: as the count says
      {50, 0, 0, failing, W, B},
      {50, 2, 0, failing, F, F}};
    for (const auto& row : table) {
      CAPTURE(&row - table.data());
      for (const auto past : {0ms, 1ms, s_window - 1ms, s_window, s_window + 1ms, 1000000ms}) {
        CAPTURE(past.count());
        Doubt doubt(row.share);
        const auto wanted = past < s_window ? row.within : row.after;
        CHECK((doubt.ask(trouble(row.failing, row.judged, row.references), s_window, s_began + past) == wanted));
        CHECK(doubt.frozen().has_value() == (wanted == F));
        CHECK(doubt.countedFrom().has_value() == (wanted == F || wanted == O));
      }
    }
  }

  TEST_CASE("what is frozen says since when and why, and thaws when a reference passes")
  {
    Doubt doubt(50);
    const auto bad = trouble(3, 4, References::Failing);
    CHECK((doubt.review(bad) == Thaw::No)); // nobody has asked
    REQUIRE((doubt.ask(bad, s_window, s_began + 2s) == Belief::Freeze));
    REQUIRE(doubt.frozen().has_value());
    CHECK((doubt.frozen()->since == s_began + 2s));
    CHECK((doubt.countedFrom() == s_began));
    CHECK(toText(doubt.frozen()->trouble) == "3 of 4 nodes fail together, and no reference answers");

    CHECK((doubt.review(trouble(4, 4, References::Failing)) == Thaw::No));
    CHECK((doubt.review(trouble(4, 4, References::NotYetKnown)) == Thaw::No));
    CHECK((doubt.ask(trouble(4, 4, References::Failing), s_window, s_began + 1h) == Belief::Freeze));
    CHECK((doubt.ask(trouble(4, 4, References::Well), s_window, s_began + 1h) == Belief::Freeze)); // until review()
    CHECK((doubt.frozen()->since == s_began + 2s));
    CHECK(doubt.frozen()->trouble.failing == 3);

    CHECK((doubt.review(trouble(4, 4, References::Well)) == Thaw::ReferencePassed));
    CHECK_FALSE(doubt.frozen().has_value());
    CHECK_FALSE(doubt.countedFrom().has_value());
    CHECK((doubt.review(trouble(4, 4, References::Well)) == Thaw::No)); // told once
    CHECK((doubt.ask(trouble(4, 4, References::Well), s_window, s_began + 1h) == Belief::Believe));
  }

  TEST_CASE("it thaws when so many nodes no longer fail, and can freeze again")
  {
    Doubt doubt(50);
    REQUIRE((doubt.ask(trouble(4, 4, References::Failing), s_window, s_began) == Belief::Freeze));
    CHECK((doubt.review(trouble(2, 4, References::Failing)) == Thaw::No));
    CHECK((doubt.review(trouble(1, 4, References::Failing)) == Thaw::NodesRecovered));
    CHECK((doubt.review(trouble(0, 4, References::Failing)) == Thaw::No));
    CHECK((doubt.ask(trouble(4, 4, References::Failing), s_window, s_began + 1h) == Belief::Freeze));
    CHECK((doubt.frozen()->since == s_began + 1h));
    CHECK((doubt.review(trouble(1, 4, References::Well)) == Thaw::ReferencePassed));
  }

  TEST_CASE("without references nothing stays frozen")
  {
    Doubt doubt(50);
    REQUIRE((doubt.ask(trouble(4, 4, References::Failing), s_window, s_began) == Belief::Freeze));
    CHECK((doubt.review(trouble(4, 4, References::None)) == Thaw::NoReferences));
    CHECK((doubt.ask(trouble(4, 4, References::None), s_window, s_began) == Belief::WarnOnly));
  }

  TEST_CASE("without references each trouble is told once")
  {
    Doubt doubt(50);
    const auto bad = trouble(4, 4, References::None);
    CHECK((doubt.ask(bad, s_window, s_began) == Belief::WarnOnly));
    CHECK((doubt.ask(bad, s_window, s_began + 1s) == Belief::Believe));
    CHECK((doubt.review(bad) == Thaw::No));
    CHECK((doubt.ask(bad, s_window, s_began + 2s) == Belief::Believe));
    CHECK_FALSE(doubt.frozen().has_value());
    CHECK((doubt.review(trouble(1, 4, References::None)) == Thaw::No)); // over
    CHECK_FALSE(doubt.countedFrom().has_value());
    CHECK((doubt.ask(bad, s_window, s_began + 3s) == Belief::WarnOnly));
    CHECK((doubt.ask(trouble(4, 4, References::Failing), s_window, s_began + 4s) == Belief::Freeze)); // there are some now
  }

  TEST_CASE("texts")
  {
    CHECK(toText(trouble(4, 5, References::None)) == "4 of 5 nodes fail together, and there is no reference to tell whose fault it is");
    CHECK(toText(trouble(4, 5, References::NotYetKnown)) == "4 of 5 nodes fail together, and no reference answers");
    CHECK(toText(Thaw::No).empty());
    CHECK(toText(Thaw::ReferencePassed) == "a reference answers again");
    CHECK(toText(Thaw::NodesRecovered) == "the nodes have recovered");
    CHECK(toText(Thaw::NoReferences) == "there are no references any more");
  }
}
