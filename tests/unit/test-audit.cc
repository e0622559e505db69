// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "backend/control/auditreport.hh"
#include "storeloading.hh"

using namespace failover;
using namespace failover::test;

namespace
{
// Two nodes with checks, and the names that a test adds.
struct Audited : StoreLoading
{
  Audited()
  {
    store.addNode("east", {"192.0.2.1", "east.alpha.example"});
    store.addNode("west", {"192.0.2.2", "2001:db8::2"});
    store.execute("INSERT INTO checks (node, url) SELECT name, 'http://192.0.2.1/' FROM nodes");
    zone = store.addZone("alpha.example");
    store.addRecord(zone, "alpha.example", "SOA", "ns hostmaster 1 2 3 4 5");
    add("www", "A", "192.0.2.1");
    add("www", "A", "192.0.2.2");
    add("www6", "AAAA", "2001:db8::2");
    add("east", "A", "192.0.2.1"); // its own name
    store.execute("INSERT INTO records (domain_id, name, type, content, ttl) VALUES (1, 'www6.alpha.example', 'AAAA', '2001:db8::3', 5)");
    store.execute("INSERT INTO node_targets VALUES ('east', '2001:db8::3')");
  }
  void add(const std::string& name, const std::string& type, const std::string& content, int ttl = 5) const { store.addRecord(zone, name + ".alpha.example", type, content, ttl); }
  void policy(const std::string& columns, const std::string& values) const { store.execute("INSERT INTO policies (" + columns + ") VALUES (" + values + ")"); }

  Audit audit()
  {
    poll();
    return failover::audit({published.current(), loader.nodes(), loader.policies()}, loader.problems(), host, 0);
  }
  // "where: what", one per line.
  std::string found(Finding finding)
  {
    std::string text;
    const auto all = audit();
    for (const auto& [where, what] : all.of(finding).listed()) {
      text += where + ": " + what + "\n";
    }
    return text;
  }

  int64_t zone{0};
};
}

TEST_SUITE("audit")
{
  TEST_CASE("nothing is found where all is well")
  {
    Audited store;
    CHECK(auditText(store.audit()) == "nothing found\n");
    CHECK(auditJson(store.audit())["findings"].empty());
  }

  TEST_CASE("nodes")
  {
    Audited store;
    store.store.execute("UPDATE checks SET enabled = 0 WHERE node = 'west'");
    store.store.addNode("north");
    CHECK(store.found(Finding::NodeWithoutCheck) == "node north: has no enabled check\nnode west: has no enabled check\n");
    CHECK(store.found(Finding::NodeWithoutTarget) == "node north: has no target\n");
  }

  TEST_CASE("targets of no record, unless they are names that have records")
  {
    Audited store;
    CHECK(store.found(Finding::TargetWithoutRecord).empty()); // not even east.alpha.example
    store.store.execute("INSERT INTO node_targets VALUES ('west', '192.0.2.3'), ('west', 'west.alpha.example'), ('west', '2001:DB8::9')");
    CHECK(store.found(Finding::TargetWithoutRecord) == "node west, target 192.0.2.3: no record leads there\nnode west, target west.alpha.example: no record leads there\nnode west, target 2001:db8::9: no record leads there\n");
    store.add("mail", "MX", "west.alpha.example");
    store.add("addr", "A", "192.0.2.3");
    CHECK(store.found(Finding::TargetWithoutRecord) == "node west, target 2001:db8::9: no record leads there\n");
  }

  TEST_CASE("records of no node")
  {
    Audited store;
    store.add("www", "A", "203.0.113.1");
    store.add("www", "A", "203.0.113.2");
    store.add("www6", "A", "203.0.113.2");
    store.add("static", "A", "203.0.113.3");
    store.add("static", "TXT", "text");
    CHECK(store.found(Finding::RecordBesideNodes) == "www.alpha.example A: 203.0.113.1 and 1 more lead to no node\n");
    CHECK(store.found(Finding::RRsetBesideNodes) == "www6.alpha.example A: leads to no node\n");
    CHECK(store.found(Finding::RecordsWithoutNode) == "the store: 2 records in 2 record sets without any node\n");
  }

  TEST_CASE("rrsets with one node")
  {
    Audited store;
    store.add("one", "A", "192.0.2.1");
    store.add("one.mail", "MX", "east.alpha.example");
    store.add("followed.mail", "MX", "www.alpha.example");
    store.add("both", "MX", "east.alpha.example");
    store.add("both", "MX", "www.alpha.example");
    CHECK(store.found(Finding::RRsetWithOneNode) == "one.alpha.example A: only node east\n");
    CHECK(store.found(Finding::MxWithOneNode) == "one.mail.alpha.example MX: only node east\n");
    CHECK(store.found(Finding::OneNodeLeft).empty());
    for (const auto& node : store.loader.nodes()->nodes) {
      if (node.name == "west") {
        node.health->publish(NodeState::Down, 0);
      }
    }
    CHECK(store.found(Finding::OneNodeLeft).find("www.alpha.example A: 1 of 2 nodes serves\n") != std::string::npos);
    CHECK(store.found(Finding::RRsetWithOneNode) == "one.alpha.example A: only node east\n");
  }

  TEST_CASE("TTLs longer than failover takes")
  {
    Audited store;
    const auto& nodes = (store.poll(), store.loader.nodes()->nodes);
    CHECK(failoverTime(nodes.at(0)).count() == 3300 + 2 * 500 + 2000); // interval and a tenth, retries, a timeout
    store.store.execute("UPDATE checks SET timeout_ms = 100, retry_ms = 400, fall = 4 WHERE node = 'east'");
    store.add("slow", "A", "192.0.2.1", 5);
    store.add("slow", "A", "192.0.2.2", 5);
    store.add("east", "A", "192.0.2.1", 300); // its own name
    store.poll();
    CHECK(failoverTime(store.loader.nodes()->nodes.at(0)).count() == 3300 + 3 * 400 + 100);
    CHECK(store.found(Finding::TtlTooLong).find("slow.alpha.example A: TTL 5 s; node east is down 4.6 s after its death at the latest\n") != std::string::npos);
    CHECK(store.found(Finding::TtlTooLong).find("east.alpha.example A") == std::string::npos);
    store.policy("name, ttl_max", "'*', 4");
    CHECK(store.found(Finding::TtlTooLong).empty());
  }

  TEST_CASE("policies that decide nothing")
  {
    Audited store;
    store.add("static", "A", "203.0.113.3");
    store.policy("name", "'*.alpha.example'");
    store.policy("name, type", "'www.alpha.example', 'MX'");
    store.policy("name", "'static.alpha.example'");
    CHECK(store.found(Finding::PolicyWithoutRecord) == "policy 2 'www.alpha.example' MX: fits no record\n");
    CHECK(store.found(Finding::PolicyWithoutNode) == "policy 3 'static.alpha.example': fits 1 record set, of which health has no say in any\n");
    CHECK(store.found(Finding::PolicyShadowed).empty());
    store.policy("name", "'www.alpha.example'");
    store.policy("name, type", "'www.alpha.example', 'A'");
    CHECK(store.found(Finding::PolicyShadowed) == "policy 4 'www.alpha.example': fits 1 record set, which others decide, such as policy 5\n");
  }

  TEST_CASE("nodes that a policy ranks for nothing, and tiers that are never enough")
  {
    Audited store;
    store.add("one", "A", "192.0.2.1");
    store.policy("name, mode", "'one.alpha.example', 'priority'");
    store.store.execute("INSERT INTO policy_nodes (policy, node, priority) VALUES (1, 'west', 1), (1, 'east', 0)");
    CHECK(store.found(Finding::PolicyNodeWithoutRecord) == "policy 1 'one.alpha.example', node west: has no record where this policy decides, so tier 1 lacks it\n");
    store.policy("name, min_healthy", "'www.alpha.example', 3");
    CHECK(store.found(Finding::MinHealthyTooHigh) == "www.alpha.example A: min_healthy of policy 2 is 3, and there are 2 nodes\n");
    store.store.execute("UPDATE policies SET min_healthy = 2, mode = 'priority' WHERE id = 2");
    CHECK(store.found(Finding::MinHealthyTooHigh).empty());
    store.store.execute("INSERT INTO policy_nodes (policy, node, priority) VALUES (2, 'west', 1)");
    CHECK(store.found(Finding::MinHealthyTooHigh) == "www.alpha.example A: min_healthy of policy 2 is 2, and no tier has more than 1\n");
    store.store.addNode("north", {"192.0.2.3"});
    store.add("www", "A", "192.0.2.3");
    CHECK(store.found(Finding::MinHealthyTooHigh).empty()); // east and north are a tier
    CHECK(store.found(Finding::TierTooSmall) == "www.alpha.example A: min_healthy of policy 2 is 2, tier 1 has 1 node\n");
  }

  TEST_CASE("circles of CNAMEs")
  {
    Audited store;
    store.add("ping", "CNAME", "pong.alpha.example");
    store.add("pong", "CNAME", "ping.alpha.example");
    store.add("into", "CNAME", "ping.alpha.example");
    store.add("self", "CNAME", "self.alpha.example");
    store.add("alias", "CNAME", "www.alpha.example");
    const auto found = store.found(Finding::CnameLoop);
    CHECK(store.audit().of(Finding::CnameLoop).total() == 4);
    CHECK(found.find("into.alpha.example CNAME: leads to ping.alpha.example, and from there in a circle\n") != std::string::npos);
    CHECK(found.find("self.alpha.example CNAME: leads to self.alpha.example, and from there in a circle\n") != std::string::npos);
    CHECK(found.find("alias") == std::string::npos);
  }

  TEST_CASE("rows that were refused")
  {
    Audited store;
    store.add("broken", "A", "bad");
    CHECK(store.found(Finding::BadRow).find("'bad' cannot be served") != std::string::npos);
  }

  TEST_CASE("however many there are, few are listed and all are counted")
  {
    Audited store;
    for (int i = 0; i < 30; ++i) {
      store.add("one" + std::to_string(i), "A", "192.0.2.1");
      store.add("bad" + std::to_string(i), "A", "bad");
    }
    const auto audit = store.audit();
    CHECK(audit.of(Finding::RRsetWithOneNode).listed().size() == 20);
    CHECK(audit.of(Finding::RRsetWithOneNode).total() == 30);
    CHECK(audit.of(Finding::BadRow).total() == 30);
    const auto text = auditText(audit);
    CHECK(text.find("warning: rrset-with-one-node: 30; add records of other nodes\n") != std::string::npos);
    CHECK(text.find("  and 10 more\n") != std::string::npos);
    CHECK(text.ends_with("\n30 errors, 30 warnings, 0 notices\n"));
    const auto json = auditJson(audit);
    CHECK(json["errors"].asUInt() == 30);
    CHECK(json["totals"]["rrset-with-one-node"].asUInt() == 30);
    CHECK(json["findings"].size() == 40);
    for (const auto& finding : json["findings"]) {
      for (const auto* key : {"severity", "kind", "where", "what", "advice"}) {
        CHECK_FALSE(finding[key].asString().empty());
      }
    }
  }
}
