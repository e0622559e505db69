# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""A zone is transferred as stored, even while nodes are down, or with X-FAILOVER-AXFR "live" as it is answered at that
moment, signed zones with a valid chain; administration sees what is stored in either case."""
from harness.command import run
from harness.poll import eventually
from harness.server import API_KEY
from harness.testbed import EAST, EAST_V4, EAST_V6, HOSTS, WEST, WEST_V4, WEST_V6, SharedCase
from harness.transfers import axfr, records, transfer, verify

RECORDS = HOSTS + f"""
ns1 A 127.0.0.1
www A {EAST_V4}
www A {WEST_V4}
www AAAA {EAST_V6}
www AAAA {WEST_V6}
only A {EAST_V4}
mixed A {EAST_V4}
mixed A 198.51.100.7
mixed TXT "of no node"
@ MX 10 east.alpha.example
@ MX 10 west.alpha.example
_sip._tcp SRV 0 1 5060 east.alpha.example
_sip._tcp SRV 0 1 5060 west.alpha.example
svc HTTPS 1 www.{{zone}} ipv4hint=auto ipv6hint=auto
*.wild A {EAST_V4}
*.wild A {WEST_V4}
a.b.ent A {EAST_V4}
a.b.ent A {WEST_V4}
gone A {EAST_V4}
emptied A {EAST_V4}
below.emptied TXT "of no node"
sub NS ns.sub.{{zone}}
sub NS ns.elsewhere.example
ns.sub A {EAST_V4}
ns.sub A {WEST_V4}
"""
DISABLED = "203.0.113.1"
WITHHELD = ("gone", "emptied", "a.b.ent")  # NODATA while none of their nodes serves
ZONES = ("stored.example", "live.example", "nsec.example", "nsec3.example")
TYPES = ("A", "AAAA", "MX", "SRV", "TXT")
EAST_DATA = {EAST_V4, EAST_V6, "10 east.alpha.example.", "0 1 5060 east.alpha.example."}


class LiveTransferTest(SharedCase):
    """Each test begins with both nodes up."""

    @classmethod
    def prepare(cls, bed):
        cls.store = bed.store()
        for zone in ZONES:
            cls.store.add_zone(zone, RECORDS.format(zone=zone))
        cls.store.add_node("east", *EAST)
        cls.store.add_node("west", *WEST)
        for zone in ZONES:
            cls.store.add_record(zone, "disabled", "A", DISABLED)
            for name in WITHHELD:
                cls.store.insert("policies", name=f"{name}.{zone}", when_down="nodata")
        cls.store.sql(f"UPDATE records SET disabled = 1 WHERE content = '{DISABLED}'")
        cls.server = bed.server(cls.store, api=True, failover_dnssec="yes", primary="yes")
        cls.server.configure()
        for zone in ZONES[2:]:
            cls.server.util("secure-zone", zone)
        cls.server.util("set-nsec3", "nsec3.example", "1 0 0 ab")
        for zone in ZONES[1:]:
            cls.server.util("set-meta", zone, "X-FAILOVER-AXFR", "live")
        cls.server.util("rectify-all-zones")
        cls.server.start()

    def setUp(self):
        super().setUp()
        for node in ("east", "west"):
            if self.server.node(node)["state"] == "drained":
                self.server.control("failover-resume", node)
        self.everything = self.as_transferred("stored.example")

    def as_transferred(self, zone: str) -> set:
        """Names relative to the zone."""
        rows = {(owner.removesuffix(f"{zone}."), rdtype, data) for owner, rdtype, data in axfr(self.server, zone)}
        return {row for row in rows if row[1] in TYPES}

    def as_answered(self, zone: str) -> set:
        rows = set()
        for owner, rdtype, _ in self.everything:
            rows |= {(owner, rdtype, data) for data in self.server.data(f"{owner}{zone}.", rdtype)}
        return rows

    def test_as_stored_by_default(self):
        rows = self.store.read("SELECT count(*) FROM records WHERE domain_id = 1 AND NOT disabled "
                                "AND type IN ('A', 'AAAA', 'MX', 'SRV', 'TXT')")
        self.assertEqual(len(self.everything), int(rows[0][0]))
        self.server.control("failover-drain", "east", "force")
        self.assertEqual(self.server.data("www.stored.example.", "A"), (WEST_V4,))
        self.assertEqual(self.as_transferred("stored.example"), self.everything)

    def test_automatic_hints_are_as_stored_too(self):
        self.server.control("failover-drain", "east", "force")
        hints = dict(self.hints_of(zone) for zone in ("stored.example", "live.example"))
        self.assertIn(EAST_V4, hints["stored.example"])
        self.assertIn(EAST_V6, hints["stored.example"])
        self.assertNotIn(EAST_V4, hints["live.example"])
        for zone in hints:
            self.assertIn(WEST_V4, hints[zone])

    def hints_of(self, zone: str) -> tuple:
        return zone, next(data for _, rdtype, data in axfr(self.server, zone) if rdtype == "HTTPS")

    def test_live_is_as_answered(self):
        self.assertEqual(self.as_transferred("live.example"), self.everything)
        self.server.control("failover-drain", "east", "force")
        live = self.as_transferred("live.example")
        self.assertEqual(live, self.without_glue(self.as_answered("live.example"), live))
        left = {row for row in self.everything if row[2] not in EAST_DATA}
        self.assertEqual(live - left, {("only.", "A", EAST_V4), ("east.", "A", EAST_V4), ("east.", "AAAA", EAST_V6)})
        self.server.control("failover-drain", "west", "force")  # now nothing is left of most of them, so all is served
        withheld = {row for row in self.everything if row[0].removesuffix(".") in WITHHELD}
        self.assertEqual(self.as_transferred("live.example"), self.everything - withheld - {("mixed.", "A", EAST_V4)})
        self.server.control("failover-resume", "east")
        self.server.control("failover-resume", "west")
        self.assertEqual(self.as_transferred("live.example"), self.everything)

    @staticmethod
    def without_glue(answered: set, transferred: set) -> set:
        """Glue is no answer, so it is compared with itself."""
        return answered | {row for row in transferred if row[0].endswith("sub.")}

    def test_ixfr_is_live_too(self):
        self.server.control("failover-drain", "east", "force")
        self.assertNotIn(f"www.live.example. A {EAST_V4}", self.lines("live.example", "IXFR=0"))
        self.assertIn(f"www.live.example. A {WEST_V4}", self.lines("live.example", "IXFR=0"))

    def lines(self, zone: str, what: str) -> list:
        return [" ".join((owner, rdtype, data)) for owner, rdtype, data in axfr(self.server, zone, what=what)]

    def test_signed_and_valid(self):
        for drained in (None, "east", "west"):
            if drained:
                self.server.control("failover-drain", drained, "force")
            for zone in ZONES[2:]:
                text = transfer(self.server, zone)
                served = {data for owner, rdtype, data in records(text) if (owner, rdtype) == (f"mixed.{zone}.", "A")}
                self.assertEqual(EAST_V4 in served, drained is None)
                verify(text, zone, self.bed.folder)

    def test_administration_sees_what_is_stored(self):
        self.server.control("failover-drain", "east", "force")
        zone = f"http://127.0.0.1:{self.server.api_port}/api/v1/servers/localhost/zones/live.example."
        stored = (EAST_V4, EAST_V6, "10 east.alpha.example", "5060 east.alpha.example")
        for view, expected in ((self.server.util("list-zone", "live.example"), stored), (self.curl(zone + "/export"), stored),
                               (self.curl(zone), (*stored, DISABLED))):
            for data in expected:
                self.assertIn(data, view)

    @staticmethod
    def curl(url: str) -> str:
        return run("curl", "--silent", "--fail", "-H", f"X-API-Key: {API_KEY}", url)

    def test_rectifying_sees_what_is_stored(self):
        rows = "SELECT name, type, content, auth, ordername FROM records ORDER BY id"
        before = self.store.read(rows)
        self.store.sql("UPDATE records SET auth = 0, ordername = NULL WHERE domain_id = 3 AND NOT disabled")
        self.server.control("failover-drain", "east", "force")
        self.server.call_api("PUT", "/zones/nsec.example./rectify")
        self.assertEqual(self.store.read(rows), before)

    def test_chosen_by_the_api(self):
        self.server.control("failover-drain", "east", "force")
        path = "/zones/stored.example./metadata/X-FAILOVER-AXFR"
        try:
            self.server.call_api("PUT", path, {"metadata": ["live"]})
            self.assertNotEqual(self.as_transferred("stored.example"), self.everything)
            self.server.call_api("PUT", path, {"metadata": ["stored"]})
            self.assertEqual(self.as_transferred("stored.example"), self.everything)
        finally:
            self.server.call_api("DELETE", path)

    def test_another_word_is_reported(self):
        self.server.util("set-meta", "stored.example", "X-FAILOVER-AXFR", "lively")
        self.server.control("failover-drain", "east", "force")
        try:
            eventually(lambda: self.as_transferred("stored.example") == self.everything and
                       "zone stored.example: metadata X-FAILOVER-AXFR 'lively' is neither" in self.server.log(), 5, "it is said")
        finally:
            self.server.util("set-meta", "stored.example", "X-FAILOVER-AXFR")
