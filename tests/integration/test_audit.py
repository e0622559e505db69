# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""failover-audit finds what keeps failover from working, and nothing where nothing does."""
import json

from harness.testbed import EAST_V4, EAST_V6, WEST_V4, WEST_V6, SharedCase

SOUND = f"""
east A {EAST_V4}
east AAAA {EAST_V6}
west A {WEST_V4}
west AAAA {WEST_V6}
www A {EAST_V4}
www A {WEST_V4}
www AAAA {EAST_V6}
www AAAA {WEST_V6}
@ MX 10 east.alpha.example
@ MX 10 west.alpha.example
"""
SICK = f"""
one A {EAST_V4}
mail MX 10 east.alpha.example
mixed A {EAST_V4}
mixed A {WEST_V4}
mixed A 203.0.113.1
half A {EAST_V4}
half A {WEST_V4}
half AAAA 2001:db8::99
static A 203.0.113.2
ping CNAME pong.beta.example
pong CNAME ping.beta.example
many A {EAST_V4}
many A {WEST_V4}
broken A 192.0.2.300
"""
POLICIES = """
INSERT INTO policies (id, name, min_healthy) VALUES (11, 'many.beta.example', 3);
INSERT INTO policies (id, name) VALUES (12, 'static.beta.example');
INSERT INTO policies (id, name, type) VALUES (13, 'many.beta.example', 'MX');
INSERT INTO policies (id, name) VALUES (14, 'half.beta.example');
INSERT INTO policies (id, name, type) VALUES (15, 'half.beta.example', 'A');
INSERT INTO policies (id, name, type) VALUES (16, 'half.beta.example', 'AAAA');
INSERT INTO policies (id, name, mode) VALUES (17, 'one.beta.example', 'priority');
INSERT INTO policy_nodes (policy, node, priority) VALUES (17, 'west', 1)
"""
# kind -> (severity, words of where, words of what)
EXPECTED = {
    "bad-row": ("error", "records id", "'broken.beta.example' A"),
    "cname-loop": ("error", "beta.example CNAME", "circle"),
    "min-healthy-too-high": ("error", "many.beta.example A", "min_healthy of policy 11 is 3"),
    "node-without-check": ("warning", "node bare", "no enabled check"),
    "node-without-target": ("warning", "node bare", "no target"),
    "rrset-with-one-node": ("warning", "one.beta.example A", "only node east"),
    "mx-with-one-node": ("warning", "mail.beta.example MX", "only node east"),
    "record-beside-nodes": ("warning", "mixed.beta.example A", "203.0.113.1"),
    "policy-node-without-record": ("warning", "policy 17 'one.beta.example', node west", "tier 1"),
    "policy-without-record": ("warning", "policy 13 'many.beta.example' MX", "fits no record"),
    "policy-without-node": ("warning", "policy 12 'static.beta.example'", "no say"),
    "policy-shadowed": ("warning", "policy 14 'half.beta.example'", "policy 15"),
    "target-without-record": ("notice", "node west, target 198.51.100.99", "no record"),
    "rrset-beside-nodes": ("notice", "half.beta.example AAAA", "no node"),
    "records-without-node": ("notice", "the store", "record"),
    "ttl-too-long": ("notice", "beta.example", "TTL 300 s; node east is down 6.3 s"),
}


def audit(server) -> dict:
    return json.loads(server.control("failover-audit", "json"))


class SoundTest(SharedCase):
    """Two checked nodes, and every name has both."""

    @classmethod
    def prepare(cls, bed):
        cls.store = bed.store()
        cls.store.add_zone("alpha.example", SOUND)
        cls.store.sql("UPDATE records SET ttl = 5")
        for name, *targets in (("east", EAST_V4, EAST_V6, "east.alpha.example"), ("west", WEST_V4, WEST_V6, "west.alpha.example")):
            cls.store.add_node(name, *targets, url=bed.node().url("/health"))
        cls.server = bed.serve(cls.store)

    def test_nothing_is_found(self):
        self.assertEqual(self.server.control("failover-audit").strip(), "nothing found")
        self.assertEqual(audit(self.server), {"errors": 0, "warnings": 0, "notices": 0, "findings": [], "totals": {}, "suffix": ""})

    def test_what_is_one_now(self):
        self.addCleanup(self.server.control, "failover-release", "west")
        self.server.control("failover-force", "west", "down")
        found = audit(self.server)
        self.assertEqual(set(found["totals"]), {"one-node-left"})
        self.assertEqual({finding["where"] for finding in found["findings"]},
                         {"www.alpha.example A", "www.alpha.example AAAA", "alpha.example MX"})


class SickTest(SharedCase):
    """A zone with a bit of everything."""

    @classmethod
    def prepare(cls, bed):
        cls.store = bed.store()
        cls.store.add_zone("alpha.example", SOUND)
        cls.store.add_zone("beta.example", SICK)
        cls.store.add_node("east", EAST_V4, EAST_V6, "east.alpha.example", url=bed.node().url("/health"))
        cls.store.add_node("west", WEST_V4, WEST_V6, "west.alpha.example", "198.51.100.99", url=bed.node().url("/health"))
        cls.store.add_node("bare")
        cls.store.sql(POLICIES)
        cls.server = bed.serve(cls.store)

    def test_every_kind_is_found(self):
        found = audit(self.server)
        self.assertEqual(set(found["totals"]), set(EXPECTED))
        for kind, (severity, where, what) in EXPECTED.items():
            with self.subTest(kind=kind):
                findings = [finding for finding in found["findings"] if finding["kind"] == kind]
                self.assertTrue([finding for finding in findings if where in finding["where"] and what in finding["what"]], findings)
                self.assertEqual({finding["severity"] for finding in findings}, {severity})
                self.assertTrue(all(finding["advice"] for finding in findings))

    def test_totals(self):
        found = audit(self.server)
        self.assertEqual(sum(found["totals"].values()), found["errors"] + found["warnings"] + found["notices"])
        self.assertEqual(found["totals"]["cname-loop"], 2)
        self.assertEqual(found["totals"]["rrset-with-one-node"], 1)
        text = self.server.control("failover-audit")
        last = text.strip().splitlines()[-1]
        self.assertEqual(last, f"{found['errors']} errors, {found['warnings']} warnings, {found['notices']} notices")
        self.assertIn("warning: mx-with-one-node: 1; add an MX record", text)

    def test_much_of_a_kind_is_counted(self):
        self.addCleanup(self.server.control, "failover-reload")
        self.addCleanup(self.store.sql, "DELETE FROM records WHERE name LIKE '%.crowd.beta.example'")
        rows = [self.store.record_sql("beta.example", f"n{number}.crowd", "A", EAST_V4) for number in range(200)]
        self.store.sql(";\n".join(rows))
        self.server.control("failover-reload")
        found = audit(self.server)
        self.assertEqual(found["totals"]["rrset-with-one-node"], 201)
        self.assertEqual(len([finding for finding in found["findings"] if finding["kind"] == "rrset-with-one-node"]), 20)
        self.assertIn("and 181 more", self.server.control("failover-audit"))
