# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Without nodes, every answer is the one that PowerDNS's own gsqlite3 backend gives for the same database: zones that a
secondary has with their signatures from a primary, beside a root zone, which every name is in."""
from harness import samplezones
from harness.comparison import TCP, UDP_DO
from harness.poll import eventually
from harness.sameanswers import SameAnswersCase

TRANSFERRED = {"presigned.example": (), "presigned3.example": ("1 0 2 abcd",), "presignedout.example": ("1 1 0 -",)}
SETTINGS = {"8bit_dns": "yes", "dname_processing": "yes", "svc_autohints": "yes"}
ROOT = """
. SOA ns.com hostmaster.com 1 2 3 4 5
. NS ns.com
com NS ns.com
ns.com A 192.0.2.120
com DS 12345 13 2 {digest}
org NS ns.com
* TXT "the root's wildcard"
a.b.c A 192.0.2.121
alias CNAME www.presigned.example
"""


class SamePresignedTest(SameAnswersCase):
    """A primary signs; both twins have what its secondary got from it."""

    @classmethod
    def prepare(cls, bed):
        primary = cls.signed_primary(bed)
        cls.store = bed.store("stock.sqlite3")
        for zone in TRANSFERRED:
            cls.store.insert("domains", name=zone, type="SLAVE", master=f"{primary.address}:{primary.port}")
        cls.add_root(cls.store)
        stock = cls.new_stock(bed, cls.store, default_ksk_algorithm="ed25519", secondary="yes", **SETTINGS)
        stock.util("secure-zone", ".")
        stock.util("set-nsec3", ".", "1 0 0 ff")
        stock.util("rectify-zone", ".")
        stock.start()
        for zone in TRANSFERRED:
            stock.control("retrieve", zone)
            eventually(lambda zone=zone: stock.data(f"{zone}.", "SOA", tcp=True, dnssec=True), 20, f"{zone} was transferred")
        cls.start_twins(bed, stock, **SETTINGS)

    @classmethod
    def signed_primary(cls, bed):
        store = bed.store("primary.sqlite3")
        for zone in TRANSFERRED:
            samplezones.add_sample(store, zone, "presigned.example")
            # A primary keeps these to itself, or (ALIAS) has to ask another server what to send.
            store.sql("DELETE FROM records WHERE type IN ('ALIAS', 'LUA')")
        primary = cls.new_stock(bed, store, name="primary", primary="yes", default_ksk_algorithm="ed25519",
                                upgrade_unknown_types="yes")
        primary.util("secure-zone", *TRANSFERRED)
        for zone, mode in TRANSFERRED.items():
            if mode:
                primary.util("set-nsec3", zone, *mode)
        primary.util("rectify-zone", *TRANSFERRED)
        return primary.start()

    @staticmethod
    def add_root(store):
        store.insert("domains", name=".", type="NATIVE")
        root, = store.read("SELECT id FROM domains WHERE name = '.'")[0]
        for line in ROOT.format(digest="ab" * 32).strip().splitlines():
            name, rdtype, content = line.split(None, 2)
            store.insert("records", domain_id=int(root), name=name, type=rdtype, content=content, ttl=300)

    def test_signatures_are_the_primary_s(self):
        """Else this file would compare what the others do."""
        for server in (self.stock, self.ours):
            for zone in TRANSFERRED:
                with self.subTest(server=server.folder.name, zone=zone):
                    kinds = self.store.read("SELECT kind FROM domainmetadata m JOIN domains d ON d.id = m.domain_id "
                                            f"WHERE d.name = '{zone}'")
                    self.assertIn(["PRESIGNED"], kinds)
                    self.assertTrue(server.ask(f"www.{zone}.", "A", dnssec=True).data("RRSIG"))

    def test_without_signatures(self):
        self.compare(self.questions, TCP)

    def test_with_signatures(self):
        self.compare(self.questions, UDP_DO)

    def test_transfers(self):
        self.compare_transfers()
