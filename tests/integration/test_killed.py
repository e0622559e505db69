# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""SIGKILL at any moment of a transaction: what was confirmed is there, a zone is wholly old or wholly new, and the server starts.

Deterministic moments: strace kills the writer at its n-th write to a file or at its n-th flush to disk, for growing n, until
the transaction gets through. Then random moments, from a printed seed.
"""
import os
import random
import re
import subprocess
import threading
import urllib.error
from pathlib import Path

from harness.poll import eventually
from harness.testbed import Case

WITHIN = 10.0
ZONE = "whole.example"
NAMES = [f"r{number}" for number in range(150)]
WRITES = ("pwrite64", "fdatasync", "unlink")  # SQLite's own steps of a commit
SEED = int(os.environ.get("FAILOVER_TEST_SEED", "0")) or random.SystemRandom().randrange(1, 10**9)


def moments():
    """1, 2, 3, 5, 8 …: dense where a transaction begins, and far enough."""
    one, two = 1, 2
    while True:
        yield one
        one, two = two, one + two


def killing(call: str, when: int) -> list[str]:
    """strace that kills what it traces at this call."""
    return ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={when}"]


def is_traced(pid: int) -> bool:
    """Every thread of it."""
    return all(not re.search(r"^TracerPid:\s*0$", (task / "status").read_text(), re.M) for task in Path(f"/proc/{pid}/task").iterdir())


class KilledCase(Case):
    """A zone all of whose records say which generation they are of."""

    journal_mode = "WAL"

    def setUp(self):
        super().setUp()
        self.store = self.bed.store()
        self.store.add_zone(ZONE, "\n".join(f'{name} TXT "0"' for name in NAMES))
        self.confirmed = self.tried = self.kills = 0
        self.server = self.bed.server(self.store, api=True, failover_pragma_journal_mode=self.journal_mode)

    def generation(self) -> int:
        """The one of every record; what was confirmed is not lost, and what was never sent is not there."""
        rows = self.store.read(f"SELECT content, count(*) FROM records WHERE type = 'TXT' AND name LIKE 'r%.{ZONE}' GROUP BY content")
        self.assertEqual([int(count) for _, count in rows], [len(NAMES)], f"a half-applied zone: {rows}")
        found = int(rows[0][0].strip('"'))
        self.assertIn(found, (self.confirmed, self.tried))
        return found

    def was_killed_often(self):
        """A test of this file in which nothing dies has tested nothing."""
        self.assertGreaterEqual(self.kills, 5)

    def is_whole(self):
        """The file, then the server that is started on it."""
        self.assertEqual(self.store.read("PRAGMA integrity_check"), [["ok"]])
        self.confirmed = self.tried = self.generation()
        self.server.start()
        for name in (NAMES[0], NAMES[-1]):
            self.assertEqual(self.server.data(f"{name}.{ZONE}.", "TXT"), (f'"{self.confirmed}"',))

    def killed_at(self, call: str, when: int, action) -> bool:
        """Runs action(), which says whether it got through, with the server under strace."""
        pid = self.server.process.pid
        command = killing(call, when)
        with subprocess.Popen([*command[:1], "-p", str(pid), *command[1:]], stderr=subprocess.DEVNULL) as tracer:
            try:
                eventually(lambda: tracer.poll() is not None or is_traced(pid), WITHIN, "strace has attached")
                self.assertIsNone(tracer.poll(), "strace cannot attach")
                through = action()
                if through:
                    tracer.terminate()  # detaches; told so while the server dies, it might wait for ever
                tracer.wait(WITHIN)
            finally:
                tracer.kill()
        self.kills += not through
        return not through

    def patch(self) -> bool:
        """Sends the next generation of every record; whether the server confirmed it."""
        self.tried += 1
        rrsets = [{"name": f"{name}.{ZONE}.", "type": "TXT", "ttl": 300, "changetype": "REPLACE",
                   "records": [{"content": f'"{self.tried}"'}]} for name in NAMES]
        try:
            self.server.call_api("PATCH", f"/zones/{ZONE}.", {"rrsets": rrsets})
        except (urllib.error.URLError, ConnectionError, OSError):
            return False
        self.confirmed = self.tried
        return True

    def ended(self):
        """After SIGKILL: nothing of the server is left."""
        self.server.process.wait(WITHIN)
        self.server.close_resolver()


class ApiTest(KilledCase):
    """Many record sets in one request."""

    def test_killed_at_each_step_of_the_transaction(self):
        self.server.start()
        for call in WRITES:
            for when in moments():
                if not self.killed_at(call, when, self.patch):
                    break
                self.ended()
                self.is_whole()
            with self.subTest(call=call):
                self.assertEqual(self.generation(), self.confirmed)
        self.was_killed_often()
        self.server.process.kill()
        self.ended()
        self.is_whole()

    def test_killed_at_random_moments(self):
        print(f"      seed: {SEED} (FAILOVER_TEST_SEED)", flush=True)
        chance = random.Random(SEED)
        self.server.start()
        for _ in range(6):
            killer = threading.Timer(chance.uniform(0, 0.15), self.server.process.kill)
            killer.start()
            while self.patch():
                pass
            killer.join()
            self.ended()
            self.is_whole()


class ApiWithRollbackJournalTest(ApiTest):
    """The same where a transaction is undone from a journal after the crash."""

    journal_mode = "DELETE"


class LoadZoneTest(KilledCase):
    """pdnsutil load-zone, while a server answers from the same store."""

    def load(self, wrapper: list[str]) -> bool:
        self.tried += 1
        zone_file = self.bed.folder / "zone"
        lines = [f"$ORIGIN {ZONE}.", "$TTL 300", f"@ SOA ns1 hostmaster {self.tried} 10800 3600 604800 60", "@ NS ns1"]
        zone_file.write_text("\n".join(lines + [f'{name} TXT "{self.tried}"' for name in NAMES]) + "\n")
        done = subprocess.run([*wrapper, "pdnsutil", f"--config-dir={self.server.folder}", "load-zone", ZONE, zone_file],
                              capture_output=True, timeout=30, check=False)
        if done.returncode == 0:
            self.confirmed = self.tried
        return done.returncode == 0

    def test_killed_at_each_step_of_the_transaction(self):
        self.server.start()
        for call in WRITES[:2]:
            for when in moments():
                if self.load(killing(call, when)):
                    break
                self.kills += 1
                self.assertEqual(self.store.read("PRAGMA integrity_check"), [["ok"]])
                self.confirmed = self.tried = self.generation()
                self.eventually_data(self.server, f"{NAMES[-1]}.{ZONE}.", "TXT", [f'"{self.confirmed}"'], WITHIN)
            self.assertEqual(self.generation(), self.confirmed)
        self.was_killed_often()


class SecondaryTest(KilledCase):
    """A secondary that is killed while it takes a zone in."""

    def setUp(self):
        super().setUp()
        self.primary_store = self.bed.store("primary.sqlite3")
        self.primary_store.add_zone(ZONE, "\n".join(f'{name} TXT "0"' for name in NAMES))
        self.primary = self.bed.serve(self.primary_store, name="primary", allow_axfr_ips="127.0.0.0/8")
        # Checked just now: PowerDNS would else look after the zone by itself once it is started, and that write be the killed one.
        self.store.sql(f"UPDATE domains SET type = 'SLAVE', master = '127.0.0.1:{self.primary.port}', "
                       "last_check = CAST(strftime('%s', 'now') AS INTEGER)")
        self.server.settings["secondary"] = "yes"

    def transfer(self) -> bool:
        """Raises the primary's generation and has it fetched; false when the secondary dies of it."""
        self.tried += 1
        self.primary_store.sql(f"UPDATE records SET content = '\"{self.tried}\"' WHERE type = 'TXT';"
                               f"UPDATE records SET content = 'ns1.{ZONE} hostmaster.{ZONE} {self.tried + 1} 10800 3600 604800 60' WHERE type = 'SOA'")
        self.eventually_data(self.primary, f"{NAMES[0]}.{ZONE}.", "TXT", [f'"{self.tried}"'], WITHIN)
        self.server.control("retrieve", ZONE)
        eventually(lambda: self.server.process.poll() is not None or self.stored() == self.tried, WITHIN, "fetched or killed")
        if self.server.process.poll() is None:
            self.confirmed = self.tried
            return True
        return False

    def stored(self) -> int:
        return int(self.store.read(f"SELECT content FROM records WHERE name = '{NAMES[0]}.{ZONE}'")[0][0].strip('"'))

    def test_killed_at_each_step_of_the_transaction(self):
        self.server.start()
        for call in WRITES[:2]:
            for when in moments():
                if not self.killed_at(call, when, self.transfer):
                    break
                self.ended()
                self.is_whole()
            self.assertEqual(self.generation(), self.confirmed)
        self.was_killed_often()
