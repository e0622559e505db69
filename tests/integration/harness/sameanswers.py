# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Two servers with the same zones, one with PowerDNS's own gsqlite3 backend and one with ours, and tests that compare them."""
import random
import shutil
from pathlib import Path

from harness import neighbours
from harness.command import run
from harness.comparison import Comparison
from harness.store import Store
from harness.testbed import SharedCase, Testbed


def copied(store: Store, name: str) -> Path:
    """A copy of the store's file beside it, of all that was committed."""
    run("sqlite3", store.path, "PRAGMA wal_checkpoint(TRUNCATE)")
    copy = store.path.with_name(name)
    shutil.copy(store.path, copy)
    return copy


class SameAnswersCase(SharedCase):
    """`stock` and `ours` answer from copies of `store`; `questions` are those about it (neighbours.questions)."""

    SEED = 3  # of the questions' order and case; the test's own where it has one
    FAILURES = 0.05  # the largest share of SERVFAIL: where PowerDNS asks no backend, nothing is compared
    store: Store

    @classmethod
    def new_stock(cls, bed: Testbed, store: Store, name: str = "stock", **settings):
        """Not started yet, for pdnsutil to work on its store."""
        stock = bed.server(name=name, launch="gsqlite3", gsqlite3_database=store.path, **{"gsqlite3_dnssec": "yes", **settings})
        stock.configure()
        return stock

    @classmethod
    def start_twins(cls, bed: Testbed, stock, **settings):
        """Copies the store and starts both servers, or ours alone where the stock one runs already."""
        copy = copied(cls.store, "ours.sqlite3")
        cls.stock = stock if stock.process else stock.start()
        cls.ours = bed.serve(name="ours", failover_database=copy, **{"failover_dnssec": "yes", **settings})
        cls.questions = neighbours.questions(neighbours.stored(cls.store), random.Random(cls.SEED))

    def compare(self, questions, *ways):
        comparison = Comparison(self.stock, self.ours)
        for way in ways:
            comparison.ask(questions, way)
        self.nothing_differs(comparison, len(questions) * len(ways))

    def compare_one_by_one(self, questions, way):
        """Each over a connection of its own."""
        comparison = Comparison(self.stock, self.ours)
        for question in questions:
            comparison.ask([question], way)
        self.nothing_differs(comparison, len(questions))

    def compare_transfers(self):
        zones = [zone for zone, in self.store.read("SELECT name FROM domains")]
        comparison = Comparison(self.stock, self.ours)
        sent = sum(comparison.transfer(zone) for zone in zones)
        self.nothing_differs(comparison, len(zones))
        print(f"      in {sent} records", flush=True)
        stored, = self.store.read("SELECT count(*) FROM records WHERE disabled = 0 AND type IS NOT NULL")
        self.assertGreater(sent, int(stored[0]) * 0.8, "transfers were refused")

    def nothing_differs(self, comparison: Comparison, asked: int):
        print(f"      {comparison.compared} answers compared, {len(comparison.different)} differ, {comparison.failures} are SERVFAIL",
              flush=True)
        self.assertEqual(comparison.compared, asked)
        self.assertLessEqual(comparison.failures, asked * self.FAILURES)
        if comparison.different:
            self.fail(f"seed {self.SEED}: {comparison.verdict()}")
