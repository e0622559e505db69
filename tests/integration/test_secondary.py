# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""As a secondary of BIND: AXFR, IXFR, NOTIFY, TSIG and refresh in. What a transfer brought is answered when it ends: the
store is looked at every 10 s only, so nothing but the transfer itself can have told."""
import re

from harness.bindserver import Bind, peer
from harness.poll import eventually
from harness.testbed import Case, SharedCase
from harness.transfers import Key, axfr, serial

SOA = "@ 60 SOA ns1 hostmaster 1 {refresh} 1 604800 60\n@ 60 NS ns1\n"
RECORDS = """ns1 60 A 127.0.0.1
www 60 A 192.0.2.1
www 60 A 192.0.2.2
text 60 TXT "old" "two; three"
@ 60 MX 10 mail
mail 60 A 192.0.2.25
*.wild 60 A 192.0.2.3
a.b.ent 60 A 192.0.2.4
sub 60 NS ns.sub
ns.sub 60 A 192.0.2.5
svc 60 HTTPS 1 . alpn=h2
"""
KEY = Key("transfer-key", "c2VjcmV0IG9mIHRoZSB0ZXN0cyBvZiB0cmFuc2ZlcnM=")
WITHIN = 6.0  # seconds; less than the interval at which the store is looked at
NEVER = 10800
SETTINGS = {"address": "127.0.0.2", "query_local_address": "127.0.0.2", "secondary": "yes", "xfr_cycle_interval": 1,
            "api": True, "failover_poll_interval_ms": 10000}


def add_secondary(server, zone: str, bind, **more):
    server.call_api("POST", "/zones", {"name": zone + ".", "kind": "Slave", "masters": [f"{bind.address}:{bind.port}"], **more})


class SecondaryTest(SharedCase):
    ZONES = {"axfr.example": NEVER, "ixfr.example": NEVER, "keyed.example": NEVER, "refresh.example": 1, "new.example": NEVER}

    @classmethod
    def prepare(cls, bed):
        cls.store = bed.store()
        cls.server = bed.serve(cls.store, **SETTINGS)
        cls.bind = bed.keep(Bind(bed.folder / "bind"))
        cls.bind.add_key(KEY)
        for zone, refresh in cls.ZONES.items():
            lines = [] if refresh != NEVER else [f"also-notify {{ {peer(cls.server)} }};"]
            if zone == "keyed.example":
                lines.append(f"allow-transfer {{ key {KEY.name}; }};")
            cls.bind.add_primary(zone, SOA.format(refresh=refresh) + RECORDS, *lines)
        cls.bind.start()
        cls.server.call_api("POST", "/tsigkeys", {"name": KEY.name, "algorithm": KEY.algorithm, "key": KEY.secret})
        for zone in ("axfr.example", "ixfr.example", "refresh.example"):
            add_secondary(cls.server, zone, cls.bind)
        cls.server.call_api("PUT", "/zones/ixfr.example./metadata/IXFR", {"metadata": ["1"]})
        for zone in ("axfr.example", "ixfr.example", "refresh.example"):
            eventually(lambda: serial(cls.server, zone) == 1, WITHIN, f"{zone} is there")

    def follows(self, zone: str):
        eventually(lambda: serial(self.server, zone) == serial(self.bind, zone), WITHIN, f"{zone} follows")
        bind_has = axfr(self.bind, zone, key=KEY if zone == "keyed.example" else None)
        self.assertEqual(bind_has, axfr(self.server, zone))

    def warm(self, zone: str, *questions: tuple):
        """So that PowerDNS's caches hold what was before."""
        for name, rdtype in questions * 2:
            self.server.ask(f"{name}.{zone}.", rdtype)

    def transfers(self, kind: str, zone: str) -> int:
        """How many of this kind BIND has begun to send."""
        return len(re.findall(rf"transfer of '{zone}/IN': {kind} started", self.bind.log()))

    def test_axfr_on_notify(self):
        zone = "axfr.example"
        self.follows(zone)
        self.warm(zone, ("text", "TXT"), ("added", "A"), ("x.wild", "A"), ("mail", "A"))
        self.bind.update(zone, "update delete text.axfr.example. TXT", 'update add text.axfr.example. 60 TXT "new"',
                         "update add added.axfr.example. 60 A 192.0.2.9", "update delete mail.axfr.example. A",
                         "update delete *.wild.axfr.example. A")
        eventually(lambda: serial(self.server, zone) == 2, WITHIN, "the new serial is answered")
        self.assertEqual(self.server.data("text.axfr.example.", "TXT"), ('"new"',))
        self.assertEqual(self.server.data("added.axfr.example.", "A"), ("192.0.2.9",))
        self.assertEqual(self.server.ask("mail.axfr.example.", "A").rcode, "NXDOMAIN")
        self.assertEqual(self.server.ask("x.wild.axfr.example.", "A").rcode, "NXDOMAIN")
        self.follows(zone)
        self.assertEqual(self.transfers("IXFR", zone), 0)

    def test_ixfr(self):
        zone = "ixfr.example"
        self.warm(zone, ("text", "TXT"), ("www", "A"), ("added1", "A"))
        whole, differences = self.transfers("AXFR", zone), self.transfers("IXFR", zone)
        self.bind.update(zone, "update delete www.ixfr.example. A 192.0.2.2", "update add www.ixfr.example. 60 A 192.0.2.22",
                         "update add added1.ixfr.example. 60 A 192.0.2.9", 'update add TEXT.ixfr.example. 60 TXT "more"',
                         "update delete a.b.ent.ixfr.example. A")
        self.follows(zone)
        self.assertEqual(self.server.data("www.ixfr.example.", "A"), ("192.0.2.1", "192.0.2.22"))
        self.assertEqual(len(self.server.data("text.ixfr.example.", "TXT")), 2)
        self.assertEqual(self.server.data("a.b.ent.ixfr.example.", "A"), ())
        self.bind.update(zone, "update delete added1.ixfr.example.", "update add added2.ixfr.example. 60 MX 5 mail.ixfr.example.")
        self.follows(zone)
        self.assertEqual(self.server.ask("added1.ixfr.example.", "A").rcode, "NXDOMAIN")
        self.assertEqual(self.server.data("added2.ixfr.example.", "MX"), ("5 mail.ixfr.example.",))
        self.assertEqual(self.transfers("IXFR", zone), differences + 2)
        self.assertEqual(self.transfers("AXFR", zone) - whole, 2, "our own comparisons alone")

    def test_several_differences_at_once(self):
        zone = "ixfr.example"
        self.server.call_api("PUT", "/zones/ixfr.example.", {"masters": ["127.0.0.1:9"]})  # nobody is there: it misses some
        for number in range(3):
            self.bind.update(zone, f"update add several{number}.ixfr.example. 60 A 192.0.2.{number}",
                             "update delete several0.ixfr.example." if number else "")
        differences = self.transfers("IXFR", zone)
        self.server.call_api("PUT", "/zones/ixfr.example.", {"masters": [f"{self.bind.address}:{self.bind.port}"]})
        self.server.call_api("PUT", "/zones/ixfr.example./axfr-retrieve")
        self.follows(zone)
        self.assertEqual(self.transfers("IXFR", zone), differences + 1)

    def test_signed_by_a_key(self):
        zone = "keyed.example"
        add_secondary(self.server, zone, self.bind)
        refused = re.compile(rf"zone transfer '{zone}/AXFR/IN' denied")
        eventually(lambda: refused.search(self.bind.log()), WITHIN, "BIND has refused it without a key")
        self.assertEqual(serial(self.server, zone), -1)
        self.server.call_api("PUT", "/zones/keyed.example.", {"slave_tsig_key_ids": [KEY.name + "."]})
        self.server.call_api("PUT", "/zones/keyed.example./axfr-retrieve")
        self.follows(zone)
        self.bind.update(zone, "update add added.keyed.example. 60 A 192.0.2.9")
        self.follows(zone)

    def test_refresh(self):
        zone = "refresh.example"
        self.bind.update(zone, "update add added.refresh.example. 60 A 192.0.2.9")
        self.follows(zone)
        self.assertNotIn(f"{zone}/IN: sending notifies", self.bind.log())

    def test_zone_that_was_asked_for_before_it_was_there(self):
        zone = "new.example"
        self.warm(zone, ("www", "A"))
        self.assertEqual(self.server.ask("www.new.example.", "A").rcode, "REFUSED")
        add_secondary(self.server, zone, self.bind)
        self.follows(zone)
        self.assertEqual(self.server.data("www.new.example.", "A"), ("192.0.2.1", "192.0.2.2"))
        self.server.call_api("DELETE", "/zones/new.example.")
        self.assertEqual(self.server.ask("www.new.example.", "A").rcode, "REFUSED")


class PrimaryGoneTest(Case):
    def test_goes_on_answering(self):
        server = self.bed.serve(self.bed.store(), **SETTINGS)
        bind = self.bed.keep(Bind(self.bed.folder / "bind"))
        bind.add_primary("alpha.example", SOA.format(refresh=1) + RECORDS)
        bind.start()
        add_secondary(server, "alpha.example", bind)
        eventually(lambda: serial(server, "alpha.example") == 1, WITHIN, "the zone is there")
        bind.stop()
        eventually(lambda: "Unable to retrieve SOA for alpha.example" in server.log(), 10, "it has missed the primary")
        self.assertEqual(server.data("www.alpha.example.", "A"), ("192.0.2.1", "192.0.2.2"))
