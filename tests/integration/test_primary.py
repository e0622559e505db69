# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""As a primary: zones are sent to those who may have them, and BIND and NSD accept them, signed ones too, and follow."""
from harness.bindserver import Bind, peer
from harness.command import run
from harness.nsdserver import Nsd
from harness.poll import eventually
from harness.testbed import SharedCase
from harness.transfers import Key, TransferRefused, axfr, serial, transfer, verify

RECORDS = """
ns1 A 127.0.0.2
www A 192.0.2.1
www AAAA 2001:db8::1
@ MX 10 mail.{zone}
mail A 192.0.2.25
long TXT "{long}"
_sip._tcp SRV 0 5 5060 www.{zone}
svc HTTPS 1 . alpn=h2 ipv4hint=192.0.2.1
*.wild A 192.0.2.3
a.b.ent A 192.0.2.4
sub NS ns.sub.{zone}
ns.sub A 192.0.2.5
secure NS ns1.{zone}
secure DS 12345 13 2 {digest}
alias CNAME www.{zone}
bin\\000\\255 A 192.0.2.6
"""
KEY = Key("transfer-key", "c2VjcmV0IG9mIHRoZSB0ZXN0cyBvZiB0cmFuc2ZlcnM=")
OTHER = Key("other-key", "YW5vdGhlciBzZWNyZXQgb2YgdGhlIHRlc3RzIG9mIGl0")
STRANGER = "127.0.0.9"  # in nobody's list


def add_zone(store, zone: str):
    store.add_zone(zone, RECORDS.format(zone=zone, long="x" * 250 + '" "' + "y" * 250, digest="ab" * 32), kind="MASTER")


class AxfrTest(SharedCase):
    """dig asks; who may have a zone is told by settings and by the zone's metadata."""

    @classmethod
    def prepare(cls, bed):
        cls.store = bed.store()
        for zone in ("open.example", "keyed.example"):
            add_zone(cls.store, zone)
        cls.store.add_record("open.example", "hidden", "A", "192.0.2.99")
        cls.store.sql("UPDATE records SET disabled = 1 WHERE content = '192.0.2.99'")
        cls.server = bed.server(cls.store, primary="yes", allow_axfr_ips="127.0.0.1", address="127.0.0.2")
        cls.server.configure()
        for key in (KEY, OTHER):
            cls.server.util("import-tsig-key", key.name, key.algorithm, key.secret)
        cls.server.util("set-meta", "keyed.example", "TSIG-ALLOW-AXFR", KEY.name)
        cls.server.start()

    def refused(self, zone: str, **options):
        with self.assertRaises(TransferRefused):
            transfer(self.server, zone, **options)

    def test_every_record_that_is_not_disabled(self):
        stored = self.store.read("SELECT count(*) FROM records JOIN domains d ON d.id = domain_id "
                                 "WHERE d.name = 'open.example' AND NOT disabled")
        sent = axfr(self.server, "open.example")
        self.assertEqual(len(sent), int(stored[0][0]))
        self.assertIn(("bin\\000\\255.open.example.", "A", "192.0.2.6"), sent)

    def test_allowed_by_address(self):
        self.refused("open.example", source=STRANGER)
        self.server.util("set-meta", "open.example", "ALLOW-AXFR-FROM", STRANGER + "/32")
        eventually(lambda: self.sent("open.example", source=STRANGER), 5, "the metadata lets it")

    def sent(self, zone: str, **options) -> bool:
        try:
            return bool(transfer(self.server, zone, **options))
        except TransferRefused:
            return False

    def test_allowed_by_key(self):
        self.refused("keyed.example", source=STRANGER)
        self.refused("keyed.example", source=STRANGER, key=OTHER)
        self.refused("keyed.example", source=STRANGER, key=Key(KEY.name, OTHER.secret))
        self.assertEqual(axfr(self.server, "keyed.example", source=STRANGER, key=KEY), axfr(self.server, "keyed.example"))

    def test_ixfr_is_the_whole_zone_or_nothing_new(self):
        whole = axfr(self.server, "keyed.example")
        self.assertEqual(axfr(self.server, "keyed.example", what="IXFR=0"), whole)
        self.assertEqual([row[1] for row in axfr(self.server, "keyed.example", what="IXFR=1")], ["SOA"])

    def test_no_such_zone(self):
        self.refused("nowhere.example")


class SecondariesTest(SharedCase):
    """BIND and NSD have the zones from a server of ours, and hear of changes by NOTIFY alone: their refresh is hours away."""

    ZONES = ("plain.example", "nsec.example", "nsec3.example", "optout.example", "keyed.example")

    @classmethod
    def prepare(cls, bed):
        cls.store = bed.store()
        for zone in cls.ZONES:
            add_zone(cls.store, zone)
        # 127.0.0.1 is in the list for our own questions only.
        cls.server = bed.server(cls.store, address="127.0.0.2", query_local_address="127.0.0.2", primary="yes", api=True,
                                xfr_cycle_interval=1, only_notify="", allow_axfr_ips="127.0.0.1,127.0.0.3",
                                failover_dnssec="yes")
        cls.server.configure()
        for zone in cls.ZONES[1:4]:
            cls.server.util("secure-zone", zone)
        cls.server.util("set-nsec3", "nsec3.example", "1 0 0 ab")
        cls.server.util("set-nsec3", "optout.example", "1 1 0 -")
        cls.server.util("import-tsig-key", KEY.name, KEY.algorithm, KEY.secret)
        cls.server.util("set-meta", "keyed.example", "TSIG-ALLOW-AXFR", KEY.name)
        cls.server.util("rectify-all-zones")
        cls.server.start()
        cls.bind, cls.nsd = bed.keep(Bind(bed.folder / "bind")), bed.keep(Nsd(bed.folder / "nsd", "127.0.0.3"))
        for secondary in (cls.bind, cls.nsd):
            secondary.add_key(KEY)
        for zone in cls.ZONES:
            key = KEY if zone == "keyed.example" else None
            cls.bind.add_secondary(zone, peer(cls.server, key))
            cls.nsd.add_secondary(zone, cls.server, key)
        cls.secondaries = (cls.bind.start(), cls.nsd.start())
        for zone in cls.ZONES:
            cls.server.util("set-meta", zone, "ALSO-NOTIFY", *(f"{each.address}:{each.port}" for each in cls.secondaries))
            for secondary in cls.secondaries:
                eventually(lambda: serial(secondary, zone) == 1, 15, f"{secondary.program} has {zone}")

    def follows(self, zone: str, name: str, rdtype: str, *data: str):
        for secondary in self.secondaries:
            self.eventually_data(secondary, f"{name}.{zone}.", rdtype, data, 15)
            self.assertEqual(serial(secondary, zone), serial(self.server, zone))

    def test_accepted(self):
        for zone in self.ZONES:
            ours = axfr(self.server, zone)
            self.assertEqual(without_signatures(axfr(self.bind, zone)), without_signatures(ours))
            for secondary in self.secondaries:
                for name, rdtype in (("www", "AAAA"), ("x.wild", "A"), ("_sip._tcp", "SRV"), ("svc", "HTTPS"), ("long", "TXT")):
                    self.assertEqual(secondary.data(f"{name}.{zone}.", rdtype), self.server.data(f"{name}.{zone}.", rdtype))

    def test_signed_zones_are_valid_at_the_secondary(self):
        for zone in self.ZONES[1:4]:
            verify(transfer(self.bind, zone), zone, self.bed.folder)
            for secondary in self.secondaries:
                self.assertTrue(secondary.data(f"www.{zone}.", "RRSIG", dnssec=True) or
                                secondary.ask(f"www.{zone}.", "A", dnssec=True).data("RRSIG"))

    def test_denials_of_the_secondaries_validate(self):
        for zone in self.ZONES[1:3]:
            flags, protocol, algorithm, key = self.server.data(zone + ".", "DNSKEY")[0].split(None, 3)
            anchor = self.bed.folder / f"{zone}.anchor"
            anchor.write_text(f'trust-anchors {{ "{zone}." static-key {flags} {protocol} {algorithm} "{key}"; }};\n')
            for secondary in self.secondaries:
                for name, rdtype in (("nowhere", "A"), ("b.ent", "A"), ("www", "TXT"), ("x.wild", "TXT"), ("x.www", "A")):
                    said = run("delv", "-a", anchor, f"+root={zone}", f"@{secondary.address}", "-p", secondary.port,
                               f"{name}.{zone}", rdtype)
                    self.assertIn("; negative response, fully validated", said)

    def test_changed_by_pdnsutil(self):
        for zone in ("plain.example", "nsec.example", "nsec3.example", "keyed.example"):
            self.server.util("add-record", zone, "byutil", "A", "192.0.2.101")
            self.server.util("increase-serial", zone)
            self.follows(zone, "byutil", "A", "192.0.2.101")

    def test_changed_by_the_api(self):
        rrset = {"name": "byapi.plain.example.", "type": "A", "ttl": 60, "changetype": "REPLACE",
                 "records": [{"content": "192.0.2.102", "disabled": False}]}
        self.server.call_api("PUT", "/zones/plain.example.", {"soa_edit_api": "INCREASE"})
        self.server.call_api("PATCH", "/zones/plain.example.", {"rrsets": [rrset]})
        self.follows("plain.example", "byapi", "A", "192.0.2.102")

    def test_notified_by_hand(self):
        self.store.add_record("optout.example", "byhand", "A", "192.0.2.103")
        self.server.util("rectify-zone", "optout.example")
        self.server.util("increase-serial", "optout.example")
        self.server.control("notify", "optout.example")
        self.follows("optout.example", "byhand", "A", "192.0.2.103")

    def test_soa_edit(self):
        zone = "nsec.example"
        self.server.util("set-meta", zone, "SOA-EDIT", "INCEPTION-INCREMENT")
        self.server.util("increase-serial", zone)
        eventually(lambda: serial(self.server, zone) > 2_000_000_000, 5, "the serial is edited")
        for secondary in self.secondaries:
            eventually(lambda: serial(secondary, zone) == serial(self.server, zone), 15,
                       f"{secondary.program} has the edited serial")


def without_signatures(rows: tuple) -> set:
    """Signatures differ from one signing to the next."""
    return {row for row in rows if row[1] != "RRSIG"}
