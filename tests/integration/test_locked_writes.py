# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Another program keeps the store to itself while somebody writes: an error in bounded time, nothing half applied, answers go on."""
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from harness.asker import Asker
from harness.command import CommandFailed
from harness.testbed import SharedCase

ZONE = "alpha.example"
NAMES = [f"r{number}" for number in range(20)]
WELL = [(f"r0.{ZONE}.", "TXT", {}), (f"{ZONE}.", "SOA", {}), (f"www.{ZONE}.", "A", {})]
BOUND = 30.0  # seconds; each single wait of the backend ends after five


class LockedWritesTest(SharedCase):
    """Every way to write, all at once."""

    journal_mode = "WAL"
    lock = "BEGIN IMMEDIATE"
    at_once = 3  # of writes()

    @classmethod
    def prepare(cls, bed):
        cls.store = bed.store()
        cls.store.add_zone(ZONE, "www A 192.0.2.1\n" + "\n".join(f'{name} TXT "old"' for name in NAMES))
        cls.server = bed.serve(cls.store, api=True, failover_pragma_journal_mode=cls.journal_mode)

    @contextmanager
    def locked(self):
        holder = sqlite3.connect(self.store.path, isolation_level=None, timeout=10)
        try:
            holder.execute(self.lock)
            holder.execute("SELECT count(*) FROM records").fetchall()
            yield
        finally:
            holder.execute("ROLLBACK")
            holder.close()

    def writes(self):
        rrsets = [{"name": f"{name}.{ZONE}.", "type": "TXT", "ttl": 300, "changetype": "REPLACE", "records": [{"content": '"new"'}]}
                  for name in NAMES]
        zone = {"name": "fresh.example.", "kind": "Native", "nameservers": ["ns1.fresh.example."]}
        return (lambda: self.server.call_api("PATCH", f"/zones/{ZONE}.", {"rrsets": rrsets}),
                lambda: self.server.call_api("POST", "/zones", zone),
                lambda: self.server.util("add-record", ZONE, "util", "A", "192.0.2.9"))

    def stored(self) -> list:
        return self.store.read("SELECT r.name, r.type, r.content FROM domains d LEFT JOIN records r ON r.domain_id = d.id ORDER BY 1, 2, 3")

    def refused(self, write):
        """An answer that says so, not a broken connection."""
        try:
            write()
        except (AssertionError, CommandFailed):
            return True
        return False

    def test_refused_in_time_then_done(self):
        before = self.stored()
        with Asker(self.server, WELL) as asker:
            with self.locked(), ThreadPoolExecutor() as threads:
                pending = [threads.submit(self.refused, write) for write in self.writes()[:self.at_once]]
                asker.goes_on(5)
                self.assertEqual([one.result(BOUND) for one in pending], [True] * self.at_once)
                self.assertEqual(self.server.data(f"r0.{ZONE}.", "TXT"), ('"old"',))
            self.assertEqual(self.stored(), before)
            for write in self.writes():
                write()
            asker.goes_on(5)
        self.assertEqual(asker.faults[:5], [])
        self.assertEqual({self.server.data(f"{name}.{ZONE}.", "TXT") for name in NAMES}, {('"new"',)})
        self.assertEqual(self.server.data("fresh.example.", "NS"), ("ns1.fresh.example.",))
        self.eventually_data(self.server, f"util.{ZONE}.", "A", ["192.0.2.9"], 5)


class RollbackJournalTest(LockedWritesTest):
    """Where a reader keeps a writer from committing: the transaction has been made when it is refused."""

    journal_mode = "DELETE"
    lock = "BEGIN"
    at_once = 1  # they would only wait for each other
