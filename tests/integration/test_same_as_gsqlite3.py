# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Without nodes, every answer is the one that PowerDNS's own gsqlite3 backend gives for the same database: zones made by hand,
in each kind of DNSSEC.

Broken rows have no place here: those with content that PowerDNS cannot read (gsqlite3 answers SERVFAIL for the name, we leave the
row out), a second SOA, CNAME or DNAME of a name (it answers both, we the first), and those whose name has capitals or needless
escapes (it never finds them, we do)."""
import random

import dns.flags
import dns.name

from harness.comparison import TCP, TCP_DO, UDP, UDP_DO, Way
from harness.samplezones import SETTINGS, ZONES, add_zones, sign_zones
from harness.sameanswers import SameAnswersCase

CHAOS, HESIOD, NONE, ANY = 3, 4, 254, 255
BADVERS = Way(size=1232, version=1)
NSID = Way(size=1232, options=bytes.fromhex("00030000"))
CLIENT_SUBNET = Way(size=1232, options=bytes.fromhex("0008000700011800c00002"))


class SameTest(SameAnswersCase):
    """All that can be in a zone, with what PowerDNS makes of it switched on."""

    @classmethod
    def prepare(cls, bed):
        cls.store = bed.store("stock.sqlite3")
        add_zones(cls.store)
        stock = cls.new_stock(bed, cls.store, **SETTINGS)
        sign_zones(stock, cls.store)
        for zone in ("nsec.example", "optout.example"):  # what else metadata changes in answers
            stock.util("set-meta", zone, "SOA-EDIT", "INCEPTION-INCREMENT")
            stock.util("set-meta", zone, "PUBLISH-CDNSKEY", "1")
            stock.util("set-meta", zone, "PUBLISH-CDS", "1,2")
        stock.util("add-zone-key", "star.example", "zsk", "active", "ecdsa256")  # its signatures are never the same twice
        stock.util("add-zone-key", "star.example", "zsk", "inactive", "ecdsa256")
        stock.util("add-zone-key", "star.example", "ksk", "inactive", "unpublished", "ed25519")
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
        questions = random.Random(self.SEED).sample(self.questions, 1000)
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
