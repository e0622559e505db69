# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""What only some generations of PowerDNS have: views and networks are refused as stock gsqlite3 refuses them, and structured
logging has our lines, too."""
import unittest

from harness.apitwins import ApiTwinsCase, curl
from harness.poll import eventually
from harness.testbed import EAST, EAST_V4, HOSTS, Case
from harness.twins import TwinsCase
from harness.versions import PDNS, PDNS_VERSION

ZONE = "alpha.example"
VARIANT = f"{ZONE}..inside"
ELSEWHERE = "198.51.100.1"


@unittest.skipIf(PDNS < (5, 1), f"PowerDNS {PDNS_VERSION} has no views")
class ViewsTest(TwinsCase):
    """By pdnsutil. Views are switched on, as they are on a server that has them in another backend."""

    SETTINGS = {"views": "yes"}

    def test_there_are_none(self):
        self.util("create-zone", ZONE)
        for words in (("view", "add-zone", "inside", VARIANT), ("view", "del-zone", "inside", VARIANT), ("view", "list", "inside"),
                      ("network", "set", "192.0.2.0/24", "inside"), ("network", "list"), ("zone", "create", VARIANT)):
            with self.subTest(words):
                self.assertRegex(self.refused(*words), "(?i)support.* views|views.* support")
        self.assertEqual(self.server.ask(ZONE, "SOA").rcode, "NOERROR")


@unittest.skipIf(PDNS < (5, 1), f"PowerDNS {PDNS_VERSION} has no views")
class ViewsApiTest(ApiTwinsCase):
    """By the HTTP API."""

    SETTINGS = {"views": "yes"}

    def test_there_are_none(self):
        self.create(f"{ZONE}.")
        before = self.rows(self.store)
        for method, path, body in (("POST", "/views/inside", {"name": VARIANT}), ("DELETE", f"/views/inside/{VARIANT}", None),
                                   ("PUT", "/networks/192.0.2.0/24", {"view": "inside"}), ("GET", "/views", None),
                                   ("GET", "/networks", None),
                                   ("POST", "/zones", {"name": VARIANT, "kind": "Native", "nameservers": []})):
            with self.subTest(f"{method} {path}"):
                ours, theirs = curl(self.server, method, path, body), curl(self.stock, method, path, body)
                self.assertEqual((ours.status, ours.text()), (theirs.status, theirs.text()))
        self.assertEqual(self.rows(self.store), before)
        self.assertEqual(self.server.ask(ZONE, "SOA").rcode, "NOERROR")


@unittest.skipIf(PDNS < (5, 1), f"PowerDNS {PDNS_VERSION} has no structured logging")
class StructuredLoggingTest(Case):
    """logging-structured=yes."""

    def test_a_transition_is_a_structured_line(self):
        store, node = self.bed.store(), self.bed.node()
        store.add_zone(ZONE, f"{HOSTS}www A {EAST_V4}\nwww A {ELSEWHERE}")
        store.add_node("east", *EAST, url=node.url(), interval_ms=200, timeout_ms=150, retry_ms=50, fall=1)
        server = self.bed.serve(store, logging_structured="yes")
        self.eventually_data(server, f"www.{ZONE}", "A", (EAST_V4, ELSEWHERE), 10)
        node.answer(503)
        self.eventually_data(server, f"www.{ZONE}", "A", (ELSEWHERE,), 10)
        lines = [line for line in server.log().splitlines() if "node east: " in line and "-> down" in line]
        self.assertEqual(len(lines), 1, lines)
        self.assertRegex(lines[0], r'msg="node east: .* -> down .*" .*subsystem="failover"')

    def test_what_powerdns_has_to_say_about_a_zone(self):
        """GSQLBackend does not look whether it has a logger."""
        store = self.bed.store()
        store.add_zone(ZONE, HOSTS)
        store.insert("domains", name="x" * 64, type="SLAVE", master="192.0.2.9")
        server = self.bed.serve(store, logging_structured="yes", secondary="yes", xfr_cycle_interval=1)
        eventually(lambda: "is not a valid DNS name" in server.log(), 30, "PowerDNS says that the zone has no name")
        self.assertEqual(server.ask(ZONE, "SOA").rcode, "NOERROR")


if __name__ == "__main__":
    unittest.main()
