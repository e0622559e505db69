# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""failover-explain says what the server does: which records a name, type and client get now, with which TTL, and why."""
import json

from harness.command import CommandFailed
from harness.policies import WITHIN
from harness.poll import eventually
from harness.testbed import EAST, EAST_V4, HOSTS, WEST, WEST_V4, SharedCase

ZONE = HOSTS + f"""
www A {EAST_V4}
www A {WEST_V4}
www TXT "of no node"
spare A {EAST_V4}
spare A {WEST_V4}
drawn A {EAST_V4}
drawn A {WEST_V4}
mine A {EAST_V4}
mine A {WEST_V4}
gone A {WEST_V4}
*.wild A {EAST_V4}
alias CNAME www.alpha.example
static A 203.0.113.1
@ MX 10 east.alpha.example
"""
POLICIES = """
INSERT INTO policies (name, mode) VALUES ('spare.alpha.example', 'priority');
INSERT INTO policy_nodes (policy, node, priority) VALUES (last_insert_rowid(), 'west', 1);
INSERT INTO policies (name, mode) VALUES ('drawn.alpha.example', 'weighted');
INSERT INTO policy_nodes (policy, node, weight) VALUES (last_insert_rowid(), 'east', 300);
INSERT INTO policies (name, mode) VALUES ('mine.alpha.example', 'sticky');
INSERT INTO policies (name, type, when_down) VALUES ('gone.alpha.example', 'A', 'nodata');
INSERT INTO policies (name, ttl_max) VALUES ('*.alpha.example', 30)
"""
RECORD_KEYS = {"content", "nodes", "tier", "weight", "weight_now", "in", "reason", "chance", "client", "ttl", "ttl_reason"}
RRSET_KEYS = {"type", "policy", "policy_reason", "outcome", "outcome_reason", "nodes", "serving", "records", "records_unlisted"}
POLICY_KEYS = {"id", "name", "type", "mode", "max_answers", "min_healthy", "when_down", "ttl_max", "trickle", "ramp_s"}


class ExplainTest(SharedCase):
    """Two nodes of which one may be taken out; a policy for each mode."""

    @classmethod
    def prepare(cls, bed):
        cls.store = bed.store()
        cls.store.add_zone("alpha.example", ZONE)
        cls.node = bed.node()
        cls.store.add_node("east", *EAST, url=cls.node.url("/health"))
        cls.store.add_node("west", *WEST)
        cls.store.sql(POLICIES)
        cls.server = bed.serve(cls.store, edns_subnet_processing="yes")
        eventually(lambda: [node["state"] for node in cls.server.status()["nodes"]] == ["up", "up"], WITHIN, "both are up")

    def explain(self, *words: str) -> dict:
        return json.loads(self.server.control("failover-explain", *words, "json"))

    def rrset(self, *words: str) -> dict:
        rrset, = self.explain(*words)["rrsets"]
        return rrset

    def record(self, content: str, *words: str) -> dict:
        return next(record for record in self.rrset(*words)["records"] if record["content"] == content)

    def refused(self, *words: str) -> str:
        try:
            return self.server.control("failover-explain", *words)
        except CommandFailed as error:
            return error.output

    def without_west(self):
        self.server.control("failover-force", "west", "down")
        self.addCleanup(self.server.control, "failover-release", "west")

    def test_what_it_says_in_is_what_is_answered(self):
        self.without_west()
        for name in ("www", "spare", "drawn", "mine", "gone", "x.wild"):
            for tcp in (False, True):
                with self.subTest(name=name, tcp=tcp):
                    answer = self.server.ask(f"{name}.alpha.example.", "A", tcp=tcp)
                    said = self.rrset(f"{name}.alpha.example", "A")
                    answered = {(data, ttl) for _, kind, ttl, data in answer.answer if kind == "A"}
                    self.assertEqual(answered, {(record["content"], record["ttl"]) for record in said["records"] if record["in"]})
        self.assertEqual(self.record(WEST_V4, "www.alpha.example")["reason"], "node west is forced-down")
        gone = self.rrset("gone.alpha.example")
        self.assertEqual((gone["outcome"], gone["serving"], gone["nodes"]), ("nodata", 0, 1))

    def test_the_policy_and_why_that_one(self):
        www = self.rrset("www.alpha.example")
        self.assertEqual((www["policy"]["name"], www["policy"]["mode"], www["policy"]["ttl_max"]), ("*.alpha.example", "all", 30))
        self.assertIn("names below it", self.rrset("alpha.example", "MX")["policy_reason"])
        gone = self.rrset("gone.alpha.example")
        self.assertEqual((gone["policy"]["name"], gone["policy"]["type"], gone["policy"]["when_down"]),
                         ("gone.alpha.example", "A", "nodata"))
        self.assertEqual((self.record(EAST_V4, "www.alpha.example")["ttl"], self.record(EAST_V4, "drawn.alpha.example")["ttl"]), (30, 300))

    def test_tiers_and_weights(self):
        self.assertEqual(self.record(WEST_V4, "spare.alpha.example")["reason"], "tier 1; tier 0 has 1 serving node")
        east, west = self.record(EAST_V4, "drawn.alpha.example"), self.record(WEST_V4, "drawn.alpha.example")
        self.assertEqual((east["weight"], west["weight"], east["chance"], west["chance"]), (300, 100, 0.75, 0.25))

    def test_a_client_gets_what_it_says(self):
        for client, options in (("127.0.0.1", {}), *((f"198.51.{part}.0/24", {"ecs": f"198.51.{part}.0/24"}) for part in range(20)),
                                ("2001:db8:77::/48", {"ecs": "2001:db8:77::/48"})):
            with self.subTest(client=client):
                said = {record["content"] for record in self.rrset("mine.alpha.example", "A", client)["records"] if record["client"]}
                self.assertEqual(set(self.server.data("mine.alpha.example.", "A", **options)), said)

    def test_who_answers_for_a_name(self):
        self.assertEqual((self.explain("x.wild.alpha.example")["exists"], self.explain("x.wild.alpha.example")["wildcard"]),
                         ("wildcard", "*.wild.alpha.example"))
        self.assertEqual(self.explain("nothing.alpha.example")["exists"], "none")
        static = self.explain("static.alpha.example")
        self.assertEqual((static["rrsets"], static["other_types"]), ([], ["A"]))
        self.assertEqual(self.explain("WWW.Alpha.Example.")["other_types"], ["TXT"])
        alias = self.rrset("alias.alpha.example", "aaaa")
        self.assertEqual((alias["type"], alias["records"][0]["nodes"]), ("CNAME", ["east", "west"]))

    def test_the_state_and_last_check_of_each_node(self):
        self.without_west()
        east, west = self.explain("www.alpha.example")["nodes"]
        self.assertEqual((east["state"], west["state"], west["checks"]), ("up", "forced-down", []))
        self.assertIn("200", east["checks"][0]["outcome"])
        text = self.server.control("failover-explain", "www.alpha.example")
        for part in ("in zone alpha.example", "out: node west is forced-down", "in: serves", self.node.url("/health"), "TXT", "30 (ttl_max)"):
            self.assertIn(part, text)

    def test_keys(self):
        said = self.explain("drawn.alpha.example")
        self.assertEqual(set(said), {"name", "zone", "exists", "wildcard", "dname", "delegated", "rrsets", "other_types", "nodes", "suffix"})
        self.assertEqual(set(said["rrsets"][0]), RRSET_KEYS)
        self.assertEqual(set(said["rrsets"][0]["policy"]), POLICY_KEYS)
        self.assertEqual(set(said["rrsets"][0]["records"][0]), RECORD_KEYS)

    def test_what_it_cannot_explain(self):
        self.assertIn("no zone here", self.refused("www.elsewhere.example"))
        self.assertIn("usage", self.refused())
        self.assertIn("usage", self.refused("www.alpha.example", "A", "192.0.2.1/99"))
        self.assertIn("error", self.refused("www..example"))
