# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""A zone that BIND signs is transferred in and answered with BIND's own signatures; its denials validate, with NSEC and
NSEC3. Nodes have no part in it: an rrset is signed as a whole, so none of its records may be left out."""
from harness.bindserver import Bind, peer
from harness.command import run
from harness.poll import eventually
from harness.testbed import EAST, EAST_V4, WEST, WEST_V4, SharedCase
from harness.transfers import axfr, serial, transfer, verify

RECORDS = f"""@ 60 SOA ns1 hostmaster 1 10800 3600 604800 60
@ 60 NS ns1
ns1 60 A 127.0.0.1
www 60 A {EAST_V4}
www 60 A {WEST_V4}
only 60 A {EAST_V4}
*.wild 60 A {EAST_V4}
*.wild 60 TXT "wild"
a.b.ent 60 A {EAST_V4}
sub 60 NS ns.sub
ns.sub 60 A {EAST_V4}
secure 60 NS ns1
secure 60 DS 12345 13 2 {"ab" * 32}
"""
ZONES = ("nsec.example", "nsec3.example")


class PresignedTest(SharedCase):
    @classmethod
    def prepare(cls, bed):
        store = bed.store()
        store.add_node("east", *EAST)
        store.add_node("west", *WEST)
        cls.server = bed.serve(store, address="127.0.0.2", query_local_address="127.0.0.2", secondary="yes", api=True,
                               xfr_cycle_interval=1, failover_dnssec="yes")
        cls.bind = bed.keep(Bind(bed.folder / "bind"))
        for zone in ZONES:
            denial = "nsec3param iterations 0 salt-length 4;" if zone == "nsec3.example" else ""
            cls.bind.add_policy(zone, "keys { csk lifetime unlimited algorithm 13; };" + denial)
            cls.bind.add_primary(zone, RECORDS, f'dnssec-policy "{zone}";', "inline-signing yes;",
                                 f"also-notify {{ {peer(cls.server)} }};")
        cls.bind.start()
        for zone in ZONES:
            denial = "NSEC3PARAM" if zone == "nsec3.example" else "NSEC"
            eventually(lambda: cls.bind.data(zone + ".", denial), 20, f"BIND has signed {zone}")
            cls.server.call_api("POST", "/zones", {"name": zone + ".", "kind": "Slave",
                                                   "masters": [f"{cls.bind.address}:{cls.bind.port}"]})
            cls.server.call_api("PUT", f"/zones/{zone}./metadata/X-FAILOVER-AXFR", {"metadata": ["live"]})
        for zone in ZONES:
            cls.catch_up(zone)
        cls.server.control("failover-drain", "east")

    @classmethod
    def catch_up(cls, zone: str):
        eventually(lambda: 0 < serial(cls.server, zone) == serial(cls.bind, zone), 15, f"{zone} is as BIND has it")

    def delv(self, zone: str, name: str, rdtype: str) -> str:
        flags, protocol, algorithm, key = self.bind.data(zone + ".", "DNSKEY")[0].split(None, 3)
        anchor = self.bed.folder / f"{zone}.anchor"
        anchor.write_text(f'trust-anchors {{ "{zone}." static-key {flags} {protocol} {algorithm} "{key}"; }};\n')
        return run("delv", "-a", anchor, f"+root={zone}", f"@{self.server.address}", "-p", self.server.port,
                   f"{name}.{zone}", rdtype)

    def test_answers_are_bind_s_own(self):
        for zone in ZONES:
            self.catch_up(zone)
            for name, rdtype in (("www", "A"), ("only", "A"), ("x.wild", "A"), ("a.b.ent", "A"), ("secure", "DS")):
                ours, theirs = (each.ask(f"{name}.{zone}.", rdtype, dnssec=True) for each in (self.server, self.bind))
                self.assertEqual(ours.answer, theirs.answer)
                self.assertTrue(ours.data("RRSIG"))

    def test_positive_answers_validate(self):
        for zone in ZONES:
            for name, rdtype, data in (("www", "A", EAST_V4), ("www", "A", WEST_V4), ("only", "A", EAST_V4),
                                       ("x.wild", "TXT", "wild"), ("a.b.ent", "A", EAST_V4)):
                said = self.delv(zone, name, rdtype)
                self.assertIn("; fully validated", said)
                self.assertIn(data, said)

    def test_denials_validate(self):
        for zone in ZONES:
            for name, rdtype in (("www", "TXT"), ("nowhere", "A"), ("x.www", "A"), ("x.wild", "MX"), ("b.ent", "A"), ("ent", "A"),
                                 ("sub", "DS"), ("*.wild", "MX")):
                self.assertIn("; negative response, fully validated", self.delv(zone, name, rdtype), f"{name}.{zone} {rdtype}")

    def test_sent_on_whole_and_valid(self):
        for zone in ZONES:
            self.catch_up(zone)
            self.assertEqual(set(axfr(self.server, zone)) ^ set(axfr(self.bind, zone)), set())
        # PowerDNS gives NSEC3PARAM another TTL than BIND has signed, which dnssec-verify would mind in the other zone.
        verify(transfer(self.server, "nsec.example"), "nsec.example", self.bed.folder)

    def test_follows_changes(self):
        for zone in ZONES:
            self.server.ask(f"added.{zone}.", "A", dnssec=True)
            self.bind.update(zone, f"update add added.{zone}. 60 A {EAST_V4}", f"update delete only.{zone}. A")
            eventually(lambda: self.server.data(f"added.{zone}.", "A"), 15, "the change is answered")
            self.catch_up(zone)
            self.assertIn("; fully validated", self.delv(zone, "added", "A"))
            self.assertIn("; negative response, fully validated", self.delv(zone, "only", "A"))
            self.bind.update(zone, f"update delete added.{zone}. A", f"update add only.{zone}. 60 A {EAST_V4}")
            eventually(lambda: self.server.data(f"only.{zone}.", "A"), 15, "and the next one")
            self.catch_up(zone)
            self.assertIn("; negative response, fully validated", self.delv(zone, "added", "A"))
