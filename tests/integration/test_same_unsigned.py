# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Without nodes, every answer is the one that PowerDNS's own gsqlite3 backend gives for the same database: zones made by hand,
with settings that are unlike those of the other comparisons."""
import random

from harness.comparison import TCP, TCP_DO, UDP
from harness.samplezones import SETTINGS, add_zones, sign_zones
from harness.sameanswers import SameAnswersCase


class SameUnsignedTest(SameAnswersCase):
    """The zones of test_same_as_gsqlite3, by servers that leave DNSSEC and DNAMEs alone, follow ALIAS records, and want ANY to be
    asked over TCP."""

    FAILURES = 0.25  # 8bit-dns is off: PowerDNS refuses names with other octets by itself

    @classmethod
    def prepare(cls, bed):
        cls.store = bed.store("stock.sqlite3")
        add_zones(cls.store)
        resolver = cls.new_stock(bed, cls.store, name="resolver", **SETTINGS)
        sign_zones(resolver, cls.store)
        resolver.start()
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
