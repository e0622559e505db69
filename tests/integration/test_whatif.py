# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""failover-whatif foretells what answers become when nodes die; failover-drain refuses what it would say is down."""
import json
from contextlib import ExitStack, contextmanager

from harness.command import CommandFailed
from harness.policies import WITHIN
from harness.poll import eventually
from harness.testbed import EAST, EAST_V4, HOSTS, WEST, WEST_V4, SharedCase

ZONE = HOSTS + f"""
www A {EAST_V4}
www A {WEST_V4}
only A {EAST_V4}
nodata A {EAST_V4}
two A {EAST_V4}
two A {WEST_V4}
two A 192.0.2.3
spare A {EAST_V4}
spare A {WEST_V4}
static A 203.0.113.1
@ MX 10 east.alpha.example
@ MX 10 west.alpha.example
"""
POLICIES = """
INSERT INTO policies (name, when_down) VALUES ('nodata.alpha.example', 'nodata');
INSERT INTO policies (name, min_healthy, when_down) VALUES ('two.alpha.example', 2, 'servfail');
INSERT INTO policies (name, mode) VALUES ('spare.alpha.example', 'priority');
INSERT INTO policy_nodes (policy, node, priority) VALUES (last_insert_rowid(), 'west', 1)
"""
NAMES = ("www", "only", "nodata", "two", "spare")


class WhatIfTest(SharedCase):
    """Three nodes; names with one, two and all three of them."""

    @classmethod
    def prepare(cls, bed):
        cls.store = bed.store()
        cls.store.add_zone("alpha.example", ZONE)
        cls.node = bed.node()
        cls.store.add_node("east", *EAST, url=cls.node.url(), interval_ms=500, retry_ms=100, timeout_ms=400)
        cls.store.add_node("west", *WEST)
        cls.store.add_node("north", "192.0.2.3")
        cls.store.sql(POLICIES)
        cls.server = bed.serve(cls.store)
        eventually(lambda: {node["state"] for node in cls.server.status()["nodes"]} == {"up"}, WITHIN, "all are up")

    def whatif(self, nodes: str) -> dict:
        return json.loads(self.server.control("failover-whatif", nodes, "json"))

    def refused(self, *words: str) -> str:
        try:
            return self.server.control(*words)
        except CommandFailed as error:
            return error.output

    def listed(self, nodes: str, kind: str) -> dict:
        found = self.whatif(nodes)[kind]
        self.assertEqual(found["total"], len(found["listed"]))
        return {(rrset["name"].removesuffix(".alpha.example"), rrset["type"]): rrset for rrset in found["listed"]}

    def outcome(self, name: str) -> str:
        rrset, = json.loads(self.server.control("failover-explain", f"{name}.alpha.example", "A", "json"))["rrsets"]
        return rrset["outcome"]

    def answers(self) -> dict:
        return {(name, tcp): (answer.rcode, answer.data("A")) for name in NAMES for tcp in (False, True)
                for answer in [self.server.ask(f"{name}.alpha.example.", "A", tcp=tcp)]}

    @contextmanager
    def out(self, *nodes: str):
        with ExitStack() as back:
            for node in nodes:
                self.server.control("failover-force", node, "down")
                back.callback(self.server.control, "failover-release", node)
            yield

    def test_what_would_be_down_is_down_then(self):
        for nodes in ("east", "west", "north", "east,north", "east,west"):
            with self.subTest(nodes=nodes):
                before = self.answers()
                down = {name for name, _ in self.listed(nodes, "down")}
                self.assertEqual(self.answers(), before, "asking changed nothing")
                with self.out(*nodes.split(",")):
                    self.assertEqual(down - {"alpha.example"}, {name for name in NAMES if self.outcome(name) != "served"})
        self.assertEqual({rrset["when_down"] for rrset in self.listed("east", "down").values()}, {"serve-all", "nodata"})
        self.assertEqual(self.listed("east,north", "down")["two", "A"]["when_down"], "servfail")

    def test_answers_are_as_foretold(self):
        self.assertEqual(set(self.listed("east", "down")), {("only", "A"), ("nodata", "A")})
        with self.out("east"):
            for tcp in (False, True):
                self.assertEqual(self.server.ask("only.alpha.example.", "A", tcp=tcp).data("A"), (EAST_V4,))
                self.assertEqual(self.server.ask("nodata.alpha.example.", "A", tcp=tcp).data("A"), ())
                self.assertEqual(self.server.ask("spare.alpha.example.", "A", tcp=tcp).data("A"), (WEST_V4,))

    def test_lost_redundancy(self):
        self.assertEqual(set(self.listed("east", "redundancy_lost")), {("www", "A"), ("spare", "A"), ("alpha.example", "MX")})
        self.assertEqual(self.listed("north", "redundancy_lost"), {})
        www = self.listed("west", "redundancy_lost")["www", "A"]
        self.assertEqual((www["nodes"], www["serving_before"], www["serving_after"]), (2, 2, 1))

    def test_shares(self):
        shares = {share["node"]: (share["before"], share["after"]) for share in self.whatif("east")["shares"]}
        # www and MX: half, and two: a third; only, nodata and spare: all. Then nodata is not answered.
        self.assertEqual(shares["east"], (round((0.5 + 0.5 + 1 / 3 + 3) / 6, 4), round(1 / 5, 4)))
        self.assertEqual(shares["west"], (round((0.5 + 0.5 + 1 / 3) / 6, 4), round((1 + 1 + 0.5 + 1) / 5, 4)))
        self.assertEqual(shares["north"], (round(1 / 3 / 6, 4), round(0.5 / 5, 4)))

    def test_keys(self):
        said = self.whatif("east")
        self.assertEqual(set(said), {"nodes", "not_serving", "rrsets", "already_down", "down", "redundancy_lost", "weighting", "shares", "suffix"})
        self.assertEqual(set(said["down"]["listed"][0]), {"name", "type", "nodes", "serving_before", "serving_after", "when_down"})

    def test_text(self):
        text = self.server.control("failover-whatif", "east")
        self.assertRegex(text, r"only\.alpha\.example +A +1 of 1 +0 of 1 +as if every node served")
        self.assertRegex(text, r"nodata\.alpha\.example +A +1 of 1 +0 of 1 +NODATA")
        self.assertNotIn("east.alpha.example", text)  # its own name is nobody else's

    def test_unknown_node(self):
        said = self.refused("failover-whatif", "east,nowhere")
        self.assertRegex(said, "nowhere(.|\n)*east, north, west")

    def test_a_drain_that_hits_names_is_refused(self):
        said = self.refused("failover-drain", "east")
        for name in ("only.alpha.example A", "nodata.alpha.example A", "force"):
            self.assertIn(name, said)
        self.assertNotIn("www.alpha.example", said)
        self.assertIn("only.alpha.example", self.refused("failover-drain", "east", "at", "+1h", "for", "1h"))
        east = self.server.node("east")
        self.assertEqual((east["state"], east["drains"]), ("up", []))

    def east_recovers(self):
        self.node.recover()
        eventually(lambda: self.server.node("east")["state"] == "up", WITHIN, "east is up again")

    def test_a_drain_of_the_last_one_that_serves_is_refused(self):
        self.addCleanup(self.east_recovers)
        self.node.answer(status=503)
        eventually(lambda: self.server.node("east")["state"] == "down", WITHIN, "its check has failed")
        said = self.refused("failover-drain", "west")
        self.assertRegex(said, r"(?m)^ *www\.alpha\.example A\b")
        self.assertRegex(said, r"(?m)^ *alpha\.example MX\b")
        self.assertNotIn("only.alpha.example", said)  # is down already
        self.assertEqual(self.server.node("west")["state"], "up")
        self.assertEqual(self.server.data("www.alpha.example.", "A"), (WEST_V4,))

    def test_a_drain_is_forced(self):
        self.addCleanup(self.server.control, "failover-resume", "east")
        self.server.control("failover-drain", "east", "force", "new", "disk")
        self.assertEqual(self.server.node("east")["state"], "drained")
        self.assertIn("new disk", self.server.node("east")["reason"])
        self.assertEqual(self.server.data("www.alpha.example.", "A"), (WEST_V4,))

    def test_a_drain_that_hits_no_name_says_nothing(self):
        self.addCleanup(self.server.control, "failover-resume", "west")
        self.assertIn("up -> drained", self.server.control("failover-drain", "west"))
        self.assertEqual(self.server.data("www.alpha.example.", "A"), (EAST_V4,))
        self.assertIn("two.alpha.example A", self.refused("failover-drain", "north"))
