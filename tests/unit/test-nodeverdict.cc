// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "probe/verdict/nodeverdict.hh"

using namespace failover;
using namespace std::chrono_literals;

namespace
{
const Moment s_start{std::chrono::steady_clock::time_point(1000s), std::chrono::system_clock::time_point(500'000h)};
const VerdictRules s_rules{{30s, 600s}, 2};
const std::vector<Verdict> s_up{Verdict::Up, Verdict::Up};
const std::vector<Verdict> s_down{Verdict::Up, Verdict::Down};

Moment after(std::chrono::seconds time)
{
  return {s_start.steady + time, s_start.wall + time};
}

PeerView view(const char* peer, Verdict verdict, bool fresh = true)
{
  return {peer, verdict, fresh};
}
}

TEST_SUITE("nodeverdict")
{
  TEST_CASE("without peers and falls, the checks together decide")
  {
    NodeVerdict node(Verdict::Unknown, s_rules);
    CHECK((node.update(s_up, {}, {}, s_start) == Verdict::Up));
    CHECK((node.update(s_down, {}, {}, after(1s)) == Verdict::Down));
    CHECK((node.own() == Verdict::Down));
    CHECK((node.update(s_down, {1}, {}, after(2s)) == Verdict::Up)); // any is enough now
    CHECK((node.update({}, {}, {}, after(3s)) == Verdict::Up));
  }

  TEST_CASE("what an earlier run knew stands until the checks have spoken")
  {
    const std::vector<Verdict> silent{Verdict::Unknown};
    for (const auto remembered : {Verdict::Unknown, Verdict::Up, Verdict::Down}) {
      NodeVerdict node(remembered, s_rules);
      CHECK((node.update(silent, {}, {}, s_start) == remembered));
    }
  }

  TEST_CASE("peers outvote a view that nobody shares, whichever it is, and nothing is lost of it")
  {
    NodeVerdict node(Verdict::Up, s_rules);
    const std::vector<PeerView> up{view("ns2", Verdict::Up), view("ns3", Verdict::Up)};
    CHECK((node.update(s_down, {}, up, s_start) == Verdict::Up));
    CHECK((node.own() == Verdict::Down));
    CHECK(node.vote().ownDisagrees);
    CHECK(node.hold().count(s_start.steady) == 0); // it never fell
    const std::vector<PeerView> down{view("ns2", Verdict::Down), view("ns3", Verdict::Down)};
    CHECK((node.update(s_up, {}, down, after(1s)) == Verdict::Down));
    CHECK((node.own() == Verdict::Up));
  }

  TEST_CASE("where no peer is fresh, one's own view decides")
  {
    NodeVerdict node(Verdict::Up, s_rules);
    const std::vector<PeerView> stale{view("ns2", Verdict::Up, false), view("ns3", Verdict::Unknown)};
    CHECK((node.update(s_down, {}, stale, s_start) == Verdict::Down));
    CHECK(node.vote().needed == 0);
  }

  TEST_CASE("a second fall is held down, and only as long as its checks pass is that the reason")
  {
    NodeVerdict node(Verdict::Up, s_rules);
    node.update(s_down, {}, {}, after(0s));
    CHECK((node.update(s_up, {}, {}, after(5s)) == Verdict::Up)); // the first fall costs nothing more
    node.update(s_down, {}, {}, after(10s));
    CHECK_FALSE(node.heldUntil().has_value());
    CHECK((node.update(s_up, {}, {}, after(15s)) == Verdict::Down));
    REQUIRE(node.heldUntil().has_value());
    CHECK((*node.heldUntil() == after(40s).steady));
    CHECK((node.update(s_up, {}, {}, after(39s)) == Verdict::Down));
    CHECK((node.update(s_up, {}, {}, after(40s)) == Verdict::Up));
    CHECK_FALSE(node.heldUntil().has_value());
  }

  TEST_CASE("a hold ends with the checks: a node that has none is up")
  {
    NodeVerdict node(Verdict::Up, s_rules);
    for (const auto second : {0s, 10s}) {
      node.update(s_down, {}, {}, after(second));
      node.update(s_up, {}, {}, after(second + 5s));
    }
    CHECK((node.verdict() == Verdict::Down));
    CHECK((node.update({}, {}, {}, after(16s)) == Verdict::Up));
  }

  TEST_CASE("falls and holds come back from an earlier run")
  {
    NodeVerdict before(Verdict::Up, s_rules);
    before.update(s_down, {}, {}, after(0s));
    before.update(s_up, {}, {}, after(1s));
    before.update(s_down, {}, {}, after(2s));
    const auto remembered = before.hold().remember(after(3s).steady, after(3s).wall);
    NodeVerdict node(Verdict::Down, s_rules);
    const Moment restart{std::chrono::steady_clock::time_point(7s), after(10s).wall}; // another boot, another steady clock
    node.restore(remembered, restart);
    CHECK((node.update(s_up, {}, {}, restart) == Verdict::Down));
    CHECK((*node.heldUntil() == restart.steady + 22s));
    CHECK((node.update(s_up, {}, {}, {restart.steady + 22s, restart.wall + 22s}) == Verdict::Up));
  }
}
