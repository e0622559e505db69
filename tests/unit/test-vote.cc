// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <string>
#include <vector>
#include "probe/verdict/vote.hh"

using namespace failover;

namespace
{
const auto U = Verdict::Unknown;
const auto Y = Verdict::Up;
const auto N = Verdict::Down;

// Fresh views of ns2, ns3, …
std::vector<PeerView> fresh(const std::vector<Verdict>& verdicts)
{
  std::vector<PeerView> views;
  for (const auto verdict : verdicts) {
    views.push_back({"ns" + std::to_string(views.size() + 2), verdict, true});
  }
  return views;
}
}

// Double parentheses: doctest would print these enumerators with failover::toString, whose type it cannot join.

TEST_SUITE("vote")
{
  TEST_CASE("who is counted, how many are needed, and what holds")
  {
    struct Row
    {
      Verdict own;
      std::vector<Verdict> peers;
      unsigned quorum;
      Verdict verdict;
      std::string text;
    };
    const std::vector<Row> table{
      // nobody else has a view: one's own holds, whatever it is
      {U, {}, 2, U, ""},
      {Y, {}, 2, Y, ""},
      {N, {}, 2, N, ""},
      {N, {U, U}, 2, N, ""},
      {U, {U}, 2, U, ""},
      // one other
      {N, {Y}, 2, Y, "1 of 2 say down, this server disagrees"},
      {Y, {N}, 2, Y, "1 of 2 say down, ns2 disagrees"},
      {N, {N}, 2, N, "2 of 2 say down"},
      {Y, {Y}, 2, Y, "0 of 2 say down"},
      {N, {Y}, 1, N, "1 of 2 say down, ns2 disagrees"},
      {Y, {N}, 1, N, "1 of 2 say down, this server disagrees"},
      // two others
      {N, {Y, Y}, 2, Y, "1 of 3 say down, this server disagrees"},
      {N, {N, Y}, 2, N, "2 of 3 say down, ns3 disagrees"},
      {Y, {N, N}, 2, N, "2 of 3 say down, this server disagrees"},
      {N, {N, Y}, 3, Y, "2 of 3 say down, this server and ns2 disagree"},
      {N, {N, N}, 3, N, "3 of 3 say down"},
      {N, {N, U}, 3, N, "2 of 2 say down"}, // as many as there are
      {Y, {N, N, N}, 1, N, "3 of 4 say down, this server disagrees"},
      {Y, {Y, N, N, Y}, 3, Y, "2 of 5 say down, ns3 and ns4 disagree"},
      {N, {N, N, Y, Y}, 4, Y, "3 of 5 say down, this server, ns2 and ns3 disagree"},
      // we do not know yet: others do
      {U, {N}, 2, N, "1 of 1 say down"},
      {U, {Y}, 2, Y, "0 of 1 say down"},
      {U, {N, Y}, 2, Y, "1 of 2 say down, ns2 disagrees"},
      {U, {N, N, U}, 2, N, "2 of 2 say down"},
      // 0 is 1
      {Y, {Y}, 0, Y, "0 of 2 say down"},
      {N, {Y}, 0, N, "1 of 2 say down, ns2 disagrees"}};
    for (const auto& row : table) {
      CAPTURE(&row - table.data());
      const auto vote = countVote(row.own, fresh(row.peers), row.quorum);
      CHECK((vote.verdict == row.verdict));
      CHECK(toText(vote) == row.text);
    }
  }

  TEST_CASE("a stale view is left out")
  {
    auto views = fresh({Y, Y});
    views[0].fresh = false;
    CHECK((countVote(N, views, 2).verdict == Y));
    CHECK(countVote(N, views, 2).counted == 2);
    CHECK(countVote(N, views, 2).disagreeing.empty());
    views[1].fresh = false;
    const auto alone = countVote(N, views, 2);
    CHECK((alone.verdict == N));
    CHECK(alone.counted == 1);
    CHECK(alone.down == 1);
    CHECK(alone.needed == 0);
    CHECK_FALSE(alone.ownDisagrees);
  }

  TEST_CASE("more Down views never make a node Up, and everybody who counts either agrees or is named")
  {
    for (const auto own : {U, Y, N}) {
      for (unsigned code = 0; code < 81; ++code) {
        std::vector<Verdict> peers;
        for (unsigned rest = code, i = 0; i < 4; ++i, rest /= 3) {
          peers.push_back(static_cast<Verdict>(rest % 3));
        }
        for (unsigned quorum = 0; quorum <= 6; ++quorum) {
          const auto vote = countVote(own, fresh(peers), quorum);
          REQUIRE(vote.needed <= vote.counted);
          const auto agreeing = vote.verdict == N ? vote.down : vote.counted - vote.down;
          REQUIRE((vote.needed == 0 || agreeing + vote.disagreeing.size() + (vote.ownDisagrees ? 1 : 0) == vote.counted));
          for (auto& peer : peers) {
            if (peer == Y && vote.verdict == N) {
              peer = N;
              REQUIRE((countVote(own, fresh(peers), quorum).verdict == N));
              peer = Y;
            }
          }
        }
      }
    }
  }
}
