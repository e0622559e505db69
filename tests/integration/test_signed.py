# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Signed zones: what is left of an rrset is signed, and what is denied is denied in a way that validates."""
import shutil
import unittest

from harness.command import run
from harness.poll import eventually
from harness.testbed import EAST, EAST_HOST, EAST_V4, HOSTS, WEST, WEST_HOST, WEST_V4, Case

ZONE = HOSTS + f"""
www A {EAST_V4}
www A {WEST_V4}
@ MX 10 {EAST_HOST}
@ MX 10 {WEST_HOST}
*.wild A {EAST_V4}
*.wild A {WEST_V4}
a.ent A {EAST_V4}
static TXT "of no node"
"""


@unittest.skipUnless(shutil.which("delv"), "delv is not installed")
class SignedTest(Case):
    """delv, which trusts nothing but the zone's own key, is the judge."""

    def serve_signed(self, *nsec3: str):
        store = self.bed.store()
        store.add_zone("alpha.example", ZONE)
        store.add_node("east", *EAST)
        store.add_node("west", *WEST)
        self.server = self.bed.server(store, failover_dnssec="yes")
        self.server.configure()
        self.server.util("secure-zone", "alpha.example")
        if nsec3:
            self.server.util("set-nsec3", "alpha.example", *nsec3)
        self.server.util("rectify-zone", "alpha.example")
        self.server.start()
        flags, protocol, algorithm, key = self.server.data("alpha.example.", "DNSKEY")[0].split(None, 3)
        self.anchor = self.bed.folder / "anchor"
        self.anchor.write_text(f'trust-anchors {{ "alpha.example." static-key {flags} {protocol} {algorithm} "{key}"; }};\n')
        eventually(lambda: {node["state"] for node in self.server.status()["nodes"]} == {"up"}, 5, "both are up")

    def delv(self, name: str, rdtype: str) -> str:
        return run("delv", "-a", self.anchor, "+root=alpha.example", "@127.0.0.1", "-p", str(self.server.port),
                   f"{name}.alpha.example", rdtype)

    def judge(self):
        """Every kind of answer with all nodes up, one drained, both drained."""
        self.validates("www", "A", EAST_V4, WEST_V4)
        self.server.control("failover-drain", "east", "force")
        self.validates("www", "A", WEST_V4)
        self.validates("x.wild", "A", WEST_V4)
        self.validates("*.wild", "A", WEST_V4)
        self.validates("a.ent", "A", EAST_V4)
        self.validates("static", "TXT", "of no node")
        self.denies("www", "TXT")
        self.denies("x.wild", "TXT")
        self.denies("ent", "A")
        self.denies("nowhere", "A")
        self.denies("x.www", "A")
        self.server.control("failover-drain", "west", "force")
        self.validates("www", "A", EAST_V4, WEST_V4)

    def validates(self, name: str, rdtype: str, *data: str):
        said = self.delv(name, rdtype)
        self.assertIn("; fully validated", said)
        for text in data:
            self.assertIn(text, said)
        for absent in {EAST_V4, WEST_V4} - set(data):
            self.assertNotIn(absent, said)

    def denies(self, name: str, rdtype: str):
        said = self.delv(name, rdtype)
        self.assertIn("; negative response, fully validated", said)

    def test_nsec(self):
        self.serve_signed()
        self.judge()

    def test_nsec3(self):
        self.serve_signed("1 0 0 ab")
        self.judge()

    def test_nsec3_narrow(self):
        self.serve_signed("1 0 0 ab", "narrow")
        self.judge()
