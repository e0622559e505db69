# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Whatever becomes of the store's file, answers and probing go on from memory, and the log says it once."""
import os
import sqlite3
import subprocess
import unittest
from contextlib import contextmanager
from pathlib import Path

from harness.asker import Asker
from harness.poll import eventually
from harness.store import Store
from harness.testbed import EAST, EAST_V4, HOSTS, WEST, WEST_V4, Case

FAST = {"interval_ms": 300, "timeout_ms": 200, "retry_ms": 50, "fall": 2, "rise": 2}
WITHIN = 5.0
ZONE = HOSTS + f"www A {EAST_V4}\nwww A {WEST_V4}\nstatic A 198.51.100.1"
QUESTIONS = [("www.alpha.example.", "A", {}), ("static.alpha.example.", "A", {}), ("alpha.example.", "SOA", {}),
             ("www.signed.example.", "A", {"dnssec": True}), ("static.signed.example.", "A", {"dnssec": True}),
             ("signed.example.", "DNSKEY", {"dnssec": True})]


class FaultsCase(Case):
    """A plain and a signed zone on two nodes, asked without a break."""

    settings: dict = {}

    def setUp(self):
        super().setUp()
        self.east, self.west = self.bed.node(), self.bed.node()
        self.store = self.make_store("store.sqlite3")
        self.server = self.start_server()
        eventually(lambda: self.server.node("east").get("state") == "up", WITHIN, "east is up")

    def start_server(self):
        return self.bed.serve(self.store, failover_dnssec="yes", **self.settings)

    def make_store(self, name: str) -> Store:
        store = self.bed.store(name)
        for zone in ("alpha.example", "signed.example"):
            store.add_zone(zone, ZONE)
        store.add_node("east", *EAST, url=self.east.url(), **FAST)
        store.add_node("west", *WEST, url=self.west.url(), **FAST)
        tool = self.bed.server(store, name=f"tool-{name}", failover_dnssec="yes")
        tool.configure()
        tool.util("secure-zone", "signed.example")
        tool.util("rectify-all-zones")
        return store

    @contextmanager
    def unbroken(self):
        """While the block runs, no question goes unanswered: of names that are cached or not, signed or not."""
        with Asker(self.server, QUESTIONS) as asker:
            yield asker
            self.server.control("purge")  # PowerDNS's caches of packets, records and keys: all from us again
            asker.goes_on()
        self.assertEqual(asker.faults[:10], [], f"{len(asker.faults)} of {asker.count} questions")

    def failover_and_back(self):
        """East dies and returns, in the answers."""
        self.east.answer(status=500)
        self.eventually_data(self.server, "www.alpha.example.", "A", [WEST_V4], WITHIN)
        self.east.recover()
        self.eventually_data(self.server, "www.alpha.example.", "A", [EAST_V4, WEST_V4], WITHIN)

    def store_is(self, well: bool):
        eventually(lambda: self.server.status()["store"]["ok"] is well, WITHIN, f"the status says ok: {well}")

    def said_once(self, log_before: str):
        """A line for reading and one for writing at most: the next of each is due after a minute."""
        lines = [line for line in self.server.log()[len(log_before):].splitlines() if "go on from memory" in line]
        self.assertIn(len(lines), (1, 2), "\n".join(lines))

    def said_well(self, log_before: str):
        eventually(lambda: "well again" in self.server.log()[len(log_before):], WITHIN, "the log says that it is well again")

    def serves_new_rows(self, address: str = "198.51.100.77"):
        self.store.add_record("alpha.example", "fresh", "A", address)
        self.eventually_data(self.server, "fresh.alpha.example.", "A", [address], WITHIN)


class DamageTest(FaultsCase):
    """The file is taken away or spoilt under the server."""

    def spoil(self, damage, mend):
        before = self.server.log()
        with self.unbroken() as asker:
            damage(self.store.path)
            self.store_is(well=False)
            self.failover_and_back()
            self.server.control("purge")
            asker.goes_on()
            self.said_once(before)
            mend()
            self.store_is(well=True)
            self.said_well(before)
            self.serves_new_rows()

    def put_back(self):
        """A good copy, moved to its place."""
        for suffix in ("-wal", "-shm"):
            Path(f"{self.store.path}{suffix}").unlink(missing_ok=True)
        os.replace(self.spare, self.store.path)

    def setUp(self):
        super().setUp()
        self.spare = self.bed.folder / "spare"
        with sqlite3.connect(self.store.path) as source, sqlite3.connect(self.spare) as copy:
            source.backup(copy)
        source.close()
        copy.close()

    def test_deleted(self):
        self.spoil(os.unlink, self.put_back)

    def test_deleted_with_its_log(self):
        def delete(path):
            for suffix in ("", "-wal", "-shm"):
                Path(f"{path}{suffix}").unlink(missing_ok=True)
        self.spoil(delete, self.put_back)

    def test_truncated_to_nothing(self):
        self.spoil(lambda path: os.truncate(path, 0), self.put_back)

    def test_truncated_in_the_middle(self):
        self.spoil(lambda path: os.truncate(path, path.stat().st_size // 2 // 4096 * 4096 + 100), self.put_back)

    def test_filled_with_garbage(self):
        self.spoil(lambda path: path.write_bytes(bytes(range(256)) * 512), self.put_back)

    def test_replaced_by_garbage(self):
        def replace(path):
            path.with_suffix(".bad").write_bytes(b"not a database " * 1000)
            os.replace(path.with_suffix(".bad"), path)
        self.spoil(replace, self.put_back)

    def test_replaced_by_a_folder(self):
        def replace(path):
            path.unlink()
            path.mkdir()
        def mend():
            self.store.path.rmdir()
            self.put_back()
        self.spoil(replace, mend)


class ReplacementTest(FaultsCase):
    """Another good file by mv: its content is served."""

    def test_moved_into_place(self):
        other = self.make_store("other.sqlite3")
        other.add_record("alpha.example", "only-here", "A", "198.51.100.44")
        other.sql("UPDATE records SET content = '198.51.100.2' WHERE name LIKE 'static.%'")
        with self.unbroken():
            self.assertEqual(self.server.data("static.alpha.example.", "A"), ("198.51.100.1",))
            os.replace(other.path, self.store.path)
            self.eventually_data(self.server, "only-here.alpha.example.", "A", ["198.51.100.44"], WITHIN)
            self.eventually_data(self.server, "static.alpha.example.", "A", ["198.51.100.2"], WITHIN)
            self.store_is(well=True)
            self.serves_new_rows()
            self.failover_and_back()
        self.assertEqual(self.store.read("PRAGMA integrity_check"), [["ok"]])


class LockedTest(FaultsCase):
    """Another program keeps the store to itself."""

    def locked(self):
        holder = sqlite3.connect(self.store.path, isolation_level=None, timeout=10)
        holder.execute("BEGIN EXCLUSIVE")
        return holder

    def test_failover_goes_on_and_is_recorded_later(self):
        with self.unbroken() as asker:
            holder = self.locked()
            try:
                self.east.answer(status=500)
                self.eventually_data(self.server, "www.alpha.example.", "A", [WEST_V4], WITHIN)
                self.server.control("purge")
                asker.goes_on()
            finally:
                holder.execute("ROLLBACK")
                holder.close()
            self.serves_new_rows()
            eventually(lambda: self.store.read("SELECT state FROM node_state WHERE node = 'east'") == [["down"]], WITHIN,
                       "the state is stored after all")
            eventually(lambda: self.store.read("SELECT 1 FROM health_events WHERE node = 'east' AND to_state = 'down'"), WITHIN,
                       "the event is stored after all")


class LockedRollbackJournalTest(LockedTest):
    """The same without WAL, where a writer shuts out readers too."""

    settings = {"failover_pragma_journal_mode": "DELETE"}


def may_mount() -> bool:
    return os.geteuid() == 0 and subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode == 0


@unittest.skipUnless(may_mount(), "needs a mount namespace of its own")
class DiskFullTest(FaultsCase):
    """The file system of the store is full."""

    def start_server(self):
        """In a mount namespace where the store lies on a file system of four megabytes."""
        self.disk = self.bed.folder / "disk"
        self.disk.mkdir()
        original = self.store.path
        script = f'mount -t tmpfs -o size=4m none "{self.disk}" && cp "{original}" "{self.disk}/store.sqlite3" && exec "$@"'
        self.store.path = self.disk / "store.sqlite3"
        server = self.bed.server(self.store, failover_dnssec="yes", failover_hold_down=0,  # east falls again and again
                                 wrapper=("unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh"))
        server.start()
        # What the server sees as its disk.
        self.ballast = Path(f"/proc/{server.process.pid}/root{self.disk}/ballast")
        self.store.wrapper = ("nsenter", f"--target={server.process.pid}", "--mount")
        return server

    def fill(self):
        with open(self.ballast, "wb", buffering=0) as ballast:
            for size in (65536, 512):
                try:
                    while True:
                        ballast.write(b"x" * size)
                except OSError:
                    pass

    def test_failover_goes_on_and_is_recorded_later(self):
        with self.unbroken():
            before = self.server.log()
            self.fill()
            for _ in range(3):
                self.failover_and_back()
            self.east.answer(status=500)
            self.eventually_data(self.server, "www.alpha.example.", "A", [WEST_V4], WITHIN)
            self.store_is(well=False)
            self.said_once(before)
            self.ballast.unlink()
            self.store_is(well=True)
            self.said_well(before)
            eventually(lambda: self.store.read("SELECT state FROM node_state WHERE node = 'east'") == [["down"]], WITHIN,
                       "the state is stored after all")
