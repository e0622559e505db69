# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Contents that PowerDNS cannot parse, of every type, cost their own row only: in answers, in transfers and in administration."""
import sqlite3
import subprocess

from harness.asker import Asker
from harness.badcontents import broken_contents
from harness.command import CommandFailed
from harness.poll import eventually
from harness.testbed import SharedCase

WITHIN = 5.0
AT_ONCE = 20  # as many as the status lists of one zone
ZONE = 'www A 192.0.2.1\ntext TXT "well"\n@ MX 10 www.alpha.example'
WELL = [("www.alpha.example.", "A", {}), ("text.alpha.example.", "TXT", {}), ("alpha.example.", "MX", {}), ("www.beta.example.", "A", {})]


class BadContentsCase(SharedCase):
    """A zone with every bad content beside good ones, and a good zone."""

    @classmethod
    def prepare(cls, bed):
        cls.store = bed.store()
        cls.store.add_zone("alpha.example", ZONE)
        cls.store.add_zone("beta.example", "www A 192.0.2.1")
        cls.database = sqlite3.connect(cls.store.path, isolation_level=None, timeout=10)
        cls.addClassCleanup(cls.database.close)
        cls.server = bed.serve(cls.store, api=True, failover_poll_interval_ms=50, allow_axfr_ips="127.0.0.0/8")

    @classmethod
    def insert(cls, rows, first_id: int = 1000) -> dict[int, tuple[str, str]]:
        """By row id, none of which is used twice."""
        cls.database.execute("BEGIN IMMEDIATE")
        added = {}
        for number, (kind, content) in enumerate(rows):
            cls.database.execute("INSERT INTO records (id, domain_id, name, type, content, ttl, prio) VALUES (?, 1, ?, ?, ?, 60, 10)",
                                 (first_id + number, f"bad{number}.alpha.example", kind, content))
            added[first_id + number] = (kind, content)
        cls.database.execute("COMMIT")
        return added

    @classmethod
    def delete_bad(cls):
        cls.database.execute("DELETE FROM records WHERE name LIKE 'bad%'")


class EachRowTest(BadContentsCase):
    """Twenty at a time, so that each one is seen."""

    def test_every_row_is_left_out_and_named_once(self):
        rows = broken_contents()
        self.assertGreater(len(rows), 150)
        with Asker(self.server, WELL) as asker:
            for first in range(0, len(rows), AT_ONCE):
                added = self.insert(rows[first:first + AT_ONCE], 1000 + first)
                eventually(lambda: self.server.status()["store"]["problems_total"] >= len(added), WITHIN,
                           f"all are reported of {list(added.items())}")
                problems = self.server.status()["store"]["problems"]
                for row, (kind, content) in added.items():
                    found = [text for text in problems if text.startswith(f"records id {row}: ")]
                    with self.subTest(type=kind, content=content[:40]):
                        self.assertEqual(len(found), 1, problems)
                        self.assertIn(f"alpha.example' {kind}: ", found[0])
                        self.assertTrue(found[0].endswith(" (left out)"), found[0])
                        said = [line for line in self.server.log().splitlines() if f"records id {row}: " in line]
                        self.assertEqual(len(said), 1, said)
                self.delete_bad()
                eventually(lambda: self.server.status()["store"]["problems_total"] == 0, WITHIN, "the status is clean again")
        self.assertEqual(asker.faults[:5], [])


class AllTogetherTest(BadContentsCase):
    """All of them at once, through every way that PowerDNS reads a zone."""

    @classmethod
    def prepare(cls, bed):
        super().prepare(bed)
        cls.rows = [*broken_contents(), ("TXT", "x" * 1_000_000), ("TXT", '"' + "x" * 200_000 + '"')]
        cls.insert(cls.rows)
        eventually(lambda: cls.server.status()["store"]["problems_total"] == len(cls.rows), WITHIN, "all are counted")

    def setUp(self):
        super().setUp()
        self.addCleanup(self.still_well)

    def still_well(self):
        self.assertIsNone(self.server.process.poll(), "the server has ended")
        for name, kind, _ in WELL:
            self.assertTrue(self.server.data(name, kind), name)

    def test_transfer_has_all_good_records(self):
        done = subprocess.run(["dig", "@127.0.0.1", "-p", str(self.server.port), "alpha.example", "AXFR", "+tries=1", "+nocookie"],
                              capture_output=True, text=True, timeout=30, check=False)
        records = [line.split(None, 4) for line in done.stdout.splitlines() if line and not line.startswith(";")]
        self.assertEqual([record[3] for record in records].count("SOA"), 2, done.stdout[-2000:])
        good = {(record[0], record[3]) for record in records if not record[0].startswith("bad")}
        self.assertEqual(good, {("alpha.example.", "SOA"), ("alpha.example.", "NS"), ("alpha.example.", "MX"),
                                ("www.alpha.example.", "A"), ("text.alpha.example.", "TXT")})

    def test_administration_goes_on(self):
        for words in (("list-zone", "alpha.example"), ("list-all-zones",), ("check-zone", "alpha.example"), ("check-all-zones",),
                      ("rectify-zone", "alpha.example"), ("rectify-zone", "beta.example"), ("add-record", "beta.example", "new", "A", "192.0.2.9")):
            try:
                self.server.util(*words)
            except CommandFailed as failed:  # that it says what is wrong is well, that a signal ends it is not
                self.assertTrue(words[0].startswith(("check", "list-zone")) and failed.status > 0, str(failed)[:500])
        self.eventually_data(self.server, "new.beta.example.", "A", ["192.0.2.9"], WITHIN)

    def test_api_goes_on(self):
        self.assertEqual(len(self.server.call_api("GET", "/zones")), 2)
        with self.assertRaisesRegex(AssertionError, "500|422"):  # as with gsqlite3: it would show what it cannot parse
            self.server.call_api("GET", "/zones/alpha.example.")
        self.server.call_api("GET", "/zones/beta.example.")
        self.server.call_api("GET", "/search-data?q=text*&max=10")
        change = {"name": "api.alpha.example.", "type": "A", "ttl": 60, "changetype": "REPLACE", "records": [{"content": "192.0.2.7"}]}
        self.server.call_api("PATCH", "/zones/alpha.example.", {"rrsets": [change]})
        self.assertEqual(self.server.data("api.alpha.example.", "A"), ("192.0.2.7",))
        self.server.call_api("PATCH", "/zones/alpha.example.", {"rrsets": [{**change, "changetype": "DELETE", "records": []}]})
        self.assertEqual(self.server.data("api.alpha.example.", "A"), ())

    def test_restart(self):
        self.server.restart()
        self.assertEqual(self.server.status()["store"]["problems_total"], len(self.rows))
