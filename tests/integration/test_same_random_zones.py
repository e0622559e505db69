# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Without nodes, every answer is the one that PowerDNS's own gsqlite3 backend gives for the same database: zones made at random.

They come from a seed that is printed, always the same one unless FAILOVER_TEST_SEED has another number:

    FAILOVER_TEST_SEED=7 tests/run test_same_random_zones
"""
import os

from harness.comparison import TCP, TCP_DO, UDP, UDP_DO
from harness.randomzones import RandomZones
from harness.sameanswers import SameAnswersCase

ZONES, NAMES = 18, 32
SETTINGS = {"8bit_dns": "yes", "dname_processing": "yes", "svc_autohints": "yes"}
NSEC3 = {"nsec3": ("1 0 1 abcdef",), "optout": ("1 1 0 -",), "narrow": ("1 0 0 00", "narrow")}


class SameRandomZonesTest(SameAnswersCase):
    """At least twenty thousand answers."""

    SEED = int(os.environ.get("FAILOVER_TEST_SEED", "20260101"))

    @classmethod
    def prepare(cls, bed):
        print(f"      seed {cls.SEED}", flush=True)
        cls.store = bed.store("stock.sqlite3")
        zones = RandomZones(cls.SEED, ZONES, NAMES)
        zones.fill(cls.store)
        stock = cls.new_stock(bed, cls.store, default_ksk_algorithm="ed25519", **SETTINGS)
        stock.util("secure-zone", *[zone for zone, mode in zones.modes.items() if mode not in ("unsigned", "raw")])
        for zone, mode in zones.modes.items():
            if mode in NSEC3:
                stock.util("set-nsec3", zone, *NSEC3[mode])
        stock.util("rectify-zone", *[zone for zone, mode in zones.modes.items() if mode != "raw"])
        cls.start_twins(bed, stock, **SETTINGS)

    def test_that_is_much(self):
        self.assertGreaterEqual(4 * len(self.questions), 20_000)

    def test_over_udp(self):
        self.compare(self.questions, UDP)

    def test_over_udp_with_signatures(self):
        self.compare(self.questions, UDP_DO)

    def test_over_tcp(self):
        self.compare(self.questions, TCP)

    def test_over_tcp_with_signatures(self):
        self.compare(self.questions, TCP_DO)

    def test_transfers(self):
        self.compare_transfers()
