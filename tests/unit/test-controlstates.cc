// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "serving.hh"

// The commands that take nodes out of the answers and bring them back.

using namespace failover;
using namespace failover::test;

TEST_SUITE("control")
{
  TEST_CASE("a drain is effective, stored and shown when the command returns, and so is its end")
  {
    const Serving serving("", {"east", "west"});
    CHECK(run(serving, "failover-drain east new kernel") == "node east: up -> drained\n");
    CHECK((serving.runtime->nodes().at(0).state == NodeState::Drained));
    CHECK((serving.runtime->nodes().at(1).state == NodeState::Up));
    CHECK(serving.store.value("SELECT admin_state FROM nodes WHERE name='east'") == "drain");
    CHECK(run(serving, "failover-status east").find("new kernel") != std::string::npos);
    CHECK(run(serving, "failover-release east") == "error: node 'east' is drained; use failover-resume\n");
    CHECK(run(serving, "failover-drain east new disk") == "node east: drained -> drained\n");
    CHECK(run(serving, "failover-status east").find("new disk") != std::string::npos);
    CHECK(run(serving, "failover-resume east") == "node east: drained -> up\n");
    CHECK(serving.store.value("SELECT admin_state FROM nodes WHERE name='east'") == "auto");
  }

  TEST_CASE("a drain with an end is a plan that begins at once")
  {
    const Serving serving("", {"east"});
    CHECK(run(serving, "failover-drain east for 2h new kernel").starts_with("node east: up -> drained: drain ends in "));
    CHECK(serving.store.value("SELECT admin_state FROM nodes") == "auto");
    CHECK(serving.store.value("SELECT reason FROM drains WHERE ends - starts BETWEEN 7200 AND 7201") == "new kernel");
    CHECK(serving.runtime->nodes().at(0).reason.starts_with("planned drain until "));
    CHECK(run(serving, "failover-release east") == "error: node 'east' is drained; use failover-resume\n");
    CHECK(run(serving, "failover-drain east").starts_with("node east: drained -> drained\n"));
    CHECK(run(serving, "failover-drain east for 1h").ends_with("\nnode east stays drained until failover-resume\n"));
    CHECK(run(serving, "failover-resume east") == "node east: drained -> up\n");
    CHECK(serving.store.value("SELECT count(*) FROM drains") == "0");
  }

  TEST_CASE("a drain that is planned is shown, outlasts the end of another, and is called off")
  {
    const Serving serving("", {"east"});
    const auto said = run(serving, "failover-drain east at +3h for 90m new kernel");
    CHECK(said.starts_with("node east: drain planned in "));
    CHECK(said.find(" for 1 h 30 min: new kernel (from 20") != std::string::npos);
    CHECK((serving.runtime->nodes().at(0).state == NodeState::Up));
    CHECK(run(serving, "failover-status").find("east: drain planned in ") != std::string::npos);
    CHECK(run(serving, "failover-drain east") == "node east: up -> drained\n");
    const auto ended = run(serving, "failover-resume east");
    CHECK(ended.starts_with("node east: drained -> up\nnode east: drain planned in "));
    CHECK(ended.ends_with("; resume again to call it off\n"));
    CHECK(run(serving, "failover-resume east") == "node east: 1 planned drain called off\n");
    CHECK(run(serving, "failover-resume east") == "node east: nothing to end, it is up by its checks\n");
  }

  TEST_CASE("a forced state goes before a plan")
  {
    const Serving serving("", {"east"});
    CHECK(run(serving, "failover-force east up") == "node east: up -> forced-up\n");
    CHECK(run(serving, "failover-drain east for 2h").ends_with("\nnode east is forced-up: it is drained once failover-release has ended that\n"));
    CHECK((serving.runtime->nodes().at(0).state == NodeState::ForcedUp));
    CHECK(run(serving, "failover-release east") == "node east: forced-up -> drained\n");
    CHECK(run(serving, "failover-resume east") == "node east: drained -> up\n");
  }

  TEST_CASE("times that are none change nothing")
  {
    const Serving serving("", {"east"});
    CHECK(run(serving, "failover-drain east for ever") == "error: 'ever' is no duration: 90s, 30m, 2h, 1d or 1h30m\n");
    CHECK(run(serving, "failover-drain east at noon").starts_with("error: 'noon' is no time: "));
    CHECK(run(serving, "failover-drain east at") == "error: 'at' wants a time after it\n");
    CHECK((serving.runtime->nodes().at(0).state == NodeState::Up));
    CHECK(serving.store.value("SELECT count(*) FROM drains") == "0");
  }

  TEST_CASE("a drain that leaves too few nodes is refused with the names, unless it is forced")
  {
    const Serving serving("", {"east", "west"});
    const auto zone = serving.store.addZone("alpha.example");
    serving.store.addRecord(zone, "alpha.example", "SOA", "ns hostmaster 1 2 3 4 5");
    serving.store.execute("INSERT INTO node_targets VALUES ('east', '192.0.2.1'), ('east', 'east.alpha.example'), ('west', '192.0.2.2')");
    serving.store.addRecord(zone, "www.alpha.example", "A", "192.0.2.1");
    serving.store.addRecord(zone, "www.alpha.example", "A", "192.0.2.2");
    serving.store.addRecord(zone, "east.alpha.example", "A", "192.0.2.1");
    serving.runtime->storeWritten();
    CHECK(run(serving, "failover-drain east") == "node east: up -> drained\n");
    CHECK(run(serving, "failover-drain west") == "error: refused, nothing changed: without node west too few would serve; to drain it nonetheless, say force, before the reason\n  www.alpha.example A: 0 of 2 nodes would serve; answered as if every node served\n");
    CHECK(serving.store.value("SELECT admin_state FROM nodes WHERE name='west'") == "auto");
    CHECK(run(serving, "failover-drain west at +1h for 2h").starts_with("error: refused"));
    CHECK(serving.store.value("SELECT count(*) FROM drains") == "0");
    CHECK(run(serving, "failover-drain west at +1h for 2h force").starts_with("node west: drain planned"));
    CHECK(run(serving, "failover-drain west force new kernel") == "node west: up -> drained\n");
    CHECK(run(serving, "failover-drain west") == "node west: drained -> drained\n"); // nothing is hit any more
    for (int i = 0; i < 30; ++i) {
      serving.store.addRecord(zone, "only" + std::to_string(i) + ".alpha.example", "A", "192.0.2.1");
    }
    serving.runtime->storeWritten();
    run(serving, "failover-resume east");
    CHECK(run(serving, "failover-drain east").ends_with("\n  and 11 more record sets\n")); // those 30 and www
  }

  TEST_CASE("a force wins until it is released")
  {
    const Serving serving("", {"east"});
    CHECK(run(serving, "failover-force east down broken disk") == "node east: up -> forced-down\n");
    CHECK(run(serving, "failover-resume east") == "error: node 'east' is forced-down; use failover-release\n");
    CHECK(run(serving, "failover-force east up") == "node east: forced-down -> forced-up\n");
    CHECK(run(serving, "failover-release east") == "node east: forced-up -> up\n");
  }
}
