# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Load spreads: with two healthy nodes either comes first in about half of the answers, over UDP and TCP."""
from harness.testbed import EAST, EAST_V4, HOSTS, WEST, WEST_V4, SharedCase

# 45-55 % is asked of 1,000 queries, where a fair coin misses it once in 640 times. With 4,000 queries the same bounds
# are six standard deviations wide: a false alarm would not come in a lifetime, a real bias would.
QUERIES = 4000


class DistributionTest(SharedCase):
    """One server, two nodes without a fault."""

    @classmethod
    def prepare(cls, bed):
        store = bed.store()
        store.add_zone("alpha.example", HOSTS + f"www A {EAST_V4}\nwww A {WEST_V4}")
        store.add_node("east", *EAST)
        store.add_node("west", *WEST)
        cls.server = bed.serve(store)

    def share_of_east(self, tcp: bool) -> float:
        first = {EAST_V4: 0, WEST_V4: 0}
        for _ in range(QUERIES):
            answer = self.server.ask("www.alpha.example.", "A", tcp=tcp)
            self.assertEqual(answer.data("A"), (EAST_V4, WEST_V4))
            first[answer.first("A")] += 1
        share = first[EAST_V4] / QUERIES
        print(f"      east came first in {100 * share:.1f} % of {QUERIES} answers over {'TCP' if tcp else 'UDP'}", flush=True)
        return share

    def test_udp(self):
        self.assertTrue(0.45 <= self.share_of_east(tcp=False) <= 0.55)

    def test_tcp(self):
        self.assertTrue(0.45 <= self.share_of_east(tcp=True) <= 0.55)
