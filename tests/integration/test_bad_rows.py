# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""One bad row holds up nothing but its own zone, node or check, and is named in the log and in the status."""
import json

from harness.poll import eventually
from harness.testbed import EAST, EAST_V4, HOSTS, WEST, WEST_V4, Case

WITHIN = 3.0
BAD_ADDRESS = "192.0.2.999"


class BadRowsCase(Case):
    """Two zones, two nodes."""

    def setUp(self):
        super().setUp()
        self.store = self.bed.store()
        self.store.add_zone("alpha.example", HOSTS + f"www A {EAST_V4}\nwww A {WEST_V4}\ntext TXT \"one\"")
        self.store.add_zone("beta.example", "www A 198.51.100.1")
        self.store.add_node("east", *EAST)
        self.store.add_node("west", *WEST)

    def problems(self, server) -> str:
        return json.dumps(server.status()["store"]["problems"])

    def row_id(self, table: str, condition: str) -> str:
        return self.store.read(f"SELECT max(id) FROM {table} WHERE {condition}")[0][0]

    def reported(self, server, *texts: str):
        """In the status and in an Error of the log, all of these texts together."""
        eventually(lambda: all(text in self.problems(server) for text in texts), WITHIN, f"the status shows {texts}")
        lines = [line for line in server.log().splitlines() if all(text in line for text in texts)]
        self.assertTrue(lines, f"no line of the log has {texts}")

    def force(self, statement: str):
        """Past the schema's own constraints and triggers, as a careless tool might."""
        triggers = [row[0] for row in self.store.read(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('checks', 'node_targets')")]
        drops = "".join(f"DROP TRIGGER {name};\n" for name in triggers)
        self.store.sql(f"PRAGMA ignore_check_constraints = ON;\n{drops}{statement}")


class RunningTest(BadRowsCase):
    """Bad rows that come while the server runs."""

    def setUp(self):
        super().setUp()
        self.server = self.bed.serve(self.store)

    def test_bad_record_leaves_its_zone_as_it_was(self):
        self.assertEqual(self.server.data("text.alpha.example.", "TXT"), ('"one"',))
        self.store.sql(f"{self.store.record_sql('alpha.example', 'bad', 'A', BAD_ADDRESS)};\n"
                       "UPDATE records SET content = '\"two\"' WHERE name = 'text.alpha.example'")
        self.reported(self.server, "records", self.row_id("records", f"content = '{BAD_ADDRESS}'"), "bad.alpha.example")
        self.assertEqual(self.server.data("text.alpha.example.", "TXT"), ('"one"',), "its zone went on half")
        self.store.add_record("beta.example", "other", "A", "198.51.100.2")
        self.eventually_data(self.server, "other.beta.example.", "A", ["198.51.100.2"], WITHIN)
        self.store.set_admin("east", "down")
        self.eventually_data(self.server, "www.alpha.example.", "A", [WEST_V4], WITHIN)
        self.store.sql("UPDATE records SET content = '192.0.2.9' WHERE name = 'bad.alpha.example'")
        self.eventually_data(self.server, "text.alpha.example.", "TXT", ['"two"'], WITHIN)
        self.eventually_data(self.server, "bad.alpha.example.", "A", ["192.0.2.9"], WITHIN)
        eventually(lambda: self.problems(self.server) == "[]", WITHIN, "the status is clean again")

    def test_bad_records_of_many_types(self):
        bad = (("b1", "AAAA", "2001:db8::zz"), ("b2", "MX", "10 a..b"), ("b3", "SOA", "one"), ("b4", "CAA", "x"), ("b5", "A", ""),
               ("b6", "NOTYPE", "x"), ("a" * 70, "A", "192.0.2.1"))
        for name, rdtype, content in bad:
            with self.subTest(rdtype=rdtype, content=content):
                self.store.sql("INSERT INTO records (domain_id, name, type, content, ttl, prio) "
                               f"SELECT id, '{name}.alpha.example', '{rdtype}', '{content}', 60, 0 "
                               "FROM domains WHERE name = 'alpha.example'")
                self.reported(self.server, "records", self.row_id("records", f"name = '{name}.alpha.example'"))
                self.assertEqual(self.server.data("text.alpha.example.", "TXT"), ('"one"',))
                self.store.sql(f"DELETE FROM records WHERE name = '{name}.alpha.example'")
                eventually(lambda: self.problems(self.server) == "[]", WITHIN, "the status is clean again")

    def test_bad_check_leaves_the_old_one(self):
        node = self.bed.node()
        self.store.insert("checks", node="east", url=node.url(), interval_ms=400, timeout_ms=300, retry_ms=50)
        eventually(lambda: node.requests, WITHIN, "the check runs")
        row = self.row_id("checks", "node = 'east'")
        self.force("UPDATE checks SET url = 'gopher://nowhere' WHERE node = 'east'")
        self.reported(self.server, "checks", row, "gopher://nowhere")
        before = len(node.requests)
        eventually(lambda: len(node.requests) > before + 2, WITHIN, "the old check goes on")
        self.store.set_admin("west", "down")
        self.eventually_data(self.server, "www.alpha.example.", "A", [EAST_V4], WITHIN)
        self.force(f"UPDATE checks SET url = '{node.url('/new')}' WHERE node = 'east'")
        eventually(lambda: node.requests[-1].path == "/new", WITHIN, "the mended check runs")
        eventually(lambda: self.problems(self.server) == "[]", WITHIN, "the status is clean again")

    def test_bad_target_leaves_the_others(self):
        self.force("INSERT INTO node_targets (node, target) VALUES ('east', 'two..dots')")
        self.reported(self.server, "node_targets", "two..dots")
        self.store.set_admin("east", "down")
        self.eventually_data(self.server, "www.alpha.example.", "A", [WEST_V4], WITHIN)


class FirstLoadTest(BadRowsCase):
    """Bad rows that are there at start: they are left out, the rest is served."""

    def test_bad_record(self):
        self.store.add_record("alpha.example", "bad", "A", BAD_ADDRESS)
        server = self.bed.serve(self.store)
        self.reported(server, "records", self.row_id("records", f"content = '{BAD_ADDRESS}'"), "bad.alpha.example")
        self.assertEqual(server.data("www.alpha.example.", "A"), (EAST_V4, WEST_V4))
        self.assertEqual(server.data("www.beta.example.", "A"), ("198.51.100.1",))
        self.assertEqual(server.data("bad.alpha.example.", "A"), ())

    def test_bad_check_and_target(self):
        self.force("INSERT INTO checks (node, url) VALUES ('east', 'gopher://nowhere');\n"
                   "INSERT INTO node_targets (node, target) VALUES ('east', 'two..dots')")
        server = self.bed.serve(self.store)
        self.reported(server, "checks", "gopher://nowhere")
        self.reported(server, "node_targets", "two..dots")
        self.assertEqual(server.data("www.alpha.example.", "A"), (EAST_V4, WEST_V4))
