# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Without nodes, every answer is the one that PowerDNS's own gsqlite3 backend gives for the same database: zones made by hand,
in each kind of DNSSEC.

Rows that gsqlite3 cannot serve have no place here: those with content that PowerDNS cannot read (it answers SERVFAIL for the
name, we leave the row out) and those whose name has capitals or needless escapes (it never finds them, we do)."""
import random

import dns.flags
import dns.name

from harness import samplezones
from harness.comparison import TCP, TCP_DO, UDP, UDP_DO, Way
from harness.sameanswers import SameAnswersCase

ZONES = ("plain.example", "raw.example", "nsec.example", "nsec3.example", "optout.example", "narrow.example")
SIGNED = ZONES[2:]
MODES = {"nsec3.example": ("1 0 0 ab",), "optout.example": ("1 1 0 -",), "narrow.example": ("1 0 0 -", "narrow")}
UNRECTIFIED = ("raw.example",  # as somebody wrote it with SQL: nobody has told glue from data there
               "nosoa.example", "offsoa.example")
SETTINGS = {"dname_processing": "yes", "enable_lua_records": "yes", "svc_autohints": "yes", "upgrade_unknown_types": "yes"}
CHAOS, HESIOD, NONE, ANY = 3, 4, 254, 255
BADVERS = Way(size=1232, version=1)
NSID = Way(size=1232, options=bytes.fromhex("00030000"))
CLIENT_SUBNET = Way(size=1232, options=bytes.fromhex("0008000700011800c00002"))


def make_zones(cls, bed, **settings):
    """Fills cls.store with the zones and returns the stock server for it, not started."""
    cls.store = bed.store("stock.sqlite3")
    for zone, other in zip(ZONES, ZONES[1:] + ZONES[:1]):
        samplezones.add_sample(cls.store, zone, other)
    samplezones.add_peculiar(cls.store)
    # Signatures of this algorithm are equal when what they sign is, and answers that are equal need no closer look.
    stock = cls.new_stock(bed, cls.store, default_ksk_algorithm="ed25519", **settings)
    for zone in SIGNED:
        stock.util("secure-zone", zone, f"below.{zone}")
        for mode in filter(None, [MODES.get(zone)]):
            stock.util("set-nsec3", zone, *mode)
            stock.util("set-nsec3", f"below.{zone}", *mode)
    stock.util("secure-zone", "bare.nsec.example", "star.example", "empty.example", "single", "dapex.example", "cutabove.example")
    stock.util("set-nsec3", "star.example", "1 0 0 -")
    stock.util("rectify-zone", *[zone for zone, in cls.store.read("SELECT name FROM domains") if zone not in UNRECTIFIED])
    return stock


class SameTest(SameAnswersCase):
    """All that can be in a zone, with what PowerDNS makes of it switched on."""

    @classmethod
    def prepare(cls, bed):
        stock = make_zones(cls, bed, **SETTINGS)
        for zone in ("nsec.example", "optout.example"):  # what else metadata and keys change in answers
            stock.util("set-meta", zone, "SOA-EDIT", "INCEPTION-INCREMENT")
            stock.util("set-meta", zone, "PUBLISH-CDNSKEY", "1")
            stock.util("set-meta", zone, "PUBLISH-CDS", "1,2")
            stock.util("add-zone-key", zone, "zsk", "inactive", "ecdsa256")
        cls.start_twins(bed, stock, **SETTINGS)

    def test_over_udp(self):
        self.compare(self.questions, UDP)

    def test_over_udp_with_signatures(self):
        self.compare(self.questions, UDP_DO)

    def test_over_tcp(self):
        self.compare(self.questions, TCP)

    def test_over_tcp_with_signatures(self):
        self.compare(self.questions, TCP_DO)

    def test_from_caches(self):
        """Asked again at once, a question is answered by PowerDNS's caches: they hold what is the same."""
        chance = random.Random(self.SEED)
        questions = chance.sample(self.questions, 2000)
        self.compare(questions + questions, UDP, UDP_DO)

    def test_sizes_that_are_offered(self):
        questions = random.Random(self.SEED).sample(self.questions, 2000)
        for size in (0, 512, 700, 4096, 65535):
            self.compare(questions, Way(size=size), Way(size=size, dnssec=True))

    def test_flags(self):
        questions = random.Random(self.SEED).sample(self.questions, 500)
        for flag in (dns.flags.RD, dns.flags.CD, dns.flags.AD):
            self.compare(questions, Way(flags=flag), Way(flags=flag, size=1232, dnssec=True))

    def test_edns(self):
        self.compare(random.Random(self.SEED).sample(self.questions, 500), BADVERS, NSID, CLIENT_SUBNET)

    def test_classes(self):
        questions = random.Random(self.SEED).sample(self.questions, 500)
        for rdclass in (CHAOS, HESIOD, NONE, ANY):
            self.compare(questions, Way(rdclass=rdclass), Way(rdclass=rdclass, size=1232, dnssec=True))
        chaos = [(dns.name.from_text(name), 16) for name in ("version.bind", "version.pdns", "id.server", "hostname.bind")]
        self.compare(chaos, Way(rdclass=CHAOS), Way(rdclass=CHAOS, tcp=True))

    def test_case_of_data(self):
        """comparable() lets case go, since the answers' own varies; what is in the store keeps it."""
        for zone in ZONES:
            for owner, rdtype in (("upper", "MX"), ("upper", "TXT"), ("alias2", "CNAME"), ("rp", "RP")):
                with self.subTest(zone=zone, owner=owner, rdtype=rdtype):
                    stock, ours = (server.data(f"{owner}.{zone}.", rdtype, tcp=True) for server in (self.stock, self.ours))
                    self.assertTrue(stock)
                    self.assertEqual(stock, ours)

    def test_transfers(self):
        self.compare_transfers()


class SameUnsignedTest(SameAnswersCase):
    """The same zones by servers that leave DNSSEC and DNAMEs alone, follow ALIAS records, and want ANY to be asked over TCP."""

    @classmethod
    def prepare(cls, bed):
        make_zones(cls, bed, **SETTINGS)
        resolver = cls.new_stock(bed, cls.store, name="resolver", **SETTINGS).start()
        settings = {"any_to_tcp": "yes", "upgrade_unknown_types": "yes",
                    "expand_alias": "yes", "resolver": f"127.0.0.1:{resolver.port}"}
        stock = cls.new_stock(bed, cls.store, name="unsigned", gsqlite3_dnssec="no", **settings)
        cls.start_twins(bed, stock, failover_dnssec="no", **settings)
        cls.others, cls.aliases = [], []
        for question in cls.questions:
            (cls.aliases if b"dynamic" in question[0].to_wire().lower() else cls.others).append(question)

    def test_over_udp(self):
        self.compare(self.questions, UDP)

    def test_over_tcp_with_signatures(self):
        self.compare(self.others, TCP_DO)

    def test_aliases_over_tcp(self):
        """What ALIAS records become: another server, asked by PowerDNS, says it, and that ends the connection."""
        self.assertGreater(len(self.aliases), 100)
        self.compare_one_by_one(random.Random(self.SEED).sample(self.aliases, 100), TCP)

    def test_transfers(self):
        self.compare_transfers()
