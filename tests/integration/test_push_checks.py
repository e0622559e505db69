# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Checks that ask nothing: an outside job reports, by pdns_control or SQL, and says how soon it will do so again."""
from harness.command import CommandFailed
from harness.poll import Stopwatch, eventually
from harness.probing import PATIENCE
from harness.testbed import EAST_V4, WEST_V4, Case

WWW = "www.alpha.example."
CALM = {"interval_ms": 60000, "timeout_ms": 1000}


class PushCase(Case):
    """East lives by reports, west without checks."""

    def setUp(self):
        super().setUp()
        self.store = self.bed.store()
        self.store.add_zone("alpha.example", f"www A {EAST_V4}\nwww A {WEST_V4}")
        self.store.add_node("east", EAST_V4, url="push://backup", **CALM)
        self.store.add_node("west", WEST_V4)
        self.server = self.bed.serve(self.store, failover_freeze_share=0, failover_hold_down=0)
        eventually(lambda: self.server.node("east"), PATIENCE, "east is known")

    def report(self, *words: str) -> str:
        return self.server.control("failover-report", *words)

    def refused(self, *words: str) -> str:
        """What pdns_control says of a command that is in error; its exit status depends on PowerDNS's version."""
        try:
            return self.report(*words)
        except CommandFailed as error:
            return error.output

    def check(self) -> dict:
        return self.server.node("east")["checks"][0]

    def becomes(self, state: str, within: float = PATIENCE):
        eventually(lambda: self.server.node("east")["state"] == state, within, f"east is {state}")

    def answers_become(self, *addresses: str):
        self.eventually_data(self.server, WWW, "A", addresses, PATIENCE)


class ReportTest(PushCase):
    """What jobs say."""

    def test_without_a_report_it_is_unknown_and_served(self):
        east = self.server.node("east")
        self.assertEqual((east["state"], self.check()["verdict"], self.check()["runs"]), ("unknown", "unknown", 0))
        self.assertIn("push://backup", east["reason"])
        self.assertRegex(self.server.control("failover-status"), r"push://backup +unknown .* not run yet")
        self.answers_become(EAST_V4, WEST_V4)

    def test_by_pdns_control(self):
        self.assertEqual(self.report("backup", "down"), "check backup: down\n")
        self.becomes("down")
        self.answers_become(WEST_V4)
        self.assertEqual(self.check()["outcome"], "reported down")
        self.assertEqual(self.report("backup", "up", "for", "90"), "check backup: up, for 1 min 30 s\n")
        self.becomes("up")
        self.answers_become(EAST_V4, WEST_V4)
        self.assertIn("reported up for 9", self.check()["outcome"])
        self.assertEqual(self.store.read("SELECT outcome, valid_s FROM reports"), [["up", "90"]])

    def test_by_its_number(self):
        self.report(str(self.check()["id"]), "down")
        self.becomes("down")

    def test_by_sql(self):
        identity = self.check()["id"]
        self.store.sql(f"REPLACE INTO reports (check_id, outcome) VALUES ({identity}, 'down')")
        self.becomes("down")
        self.store.sql(f"REPLACE INTO reports (check_id, outcome, valid_s) VALUES ({identity}, 'up', 3600)")
        self.becomes("up")

    def test_silence_beyond_the_promise_is_down(self):
        self.report("backup", "up", "for", "2s")
        watch = Stopwatch()
        self.becomes("up")
        self.becomes("down")
        self.assertGreaterEqual(watch.seconds(), 1.9, "not before the promise is over")
        self.assertLessEqual(watch.seconds(), 6.0)
        self.assertRegex(self.check()["outcome"], r"^no report within the [23] s that the last one promised$")
        self.answers_become(WEST_V4)
        self.report("backup", "up", "for", "1h")
        self.becomes("up")

    def test_a_new_report_renews_the_promise(self):
        watch = Stopwatch()
        while watch.seconds() < 6.0:
            self.report("backup", "up", "for", "3s")
            self.becomes("up")
            again = Stopwatch()
            eventually(lambda again=again: again.seconds() > 1.0, 2.0)
            self.assertEqual(self.server.node("east")["state"], "up")

    def test_errors_are_clear(self):
        self.assertIn("error: no push check 'nothing'", self.refused("nothing", "up"))
        self.store.insert("checks", node="west", url="http://127.0.0.1:1/")
        identity = self.store.read("SELECT id FROM checks WHERE node = 'west'")[0][0]
        self.assertIn(f"error: no push check '{identity}'", self.refused(identity, "up"))
        for words in (("backup",), ("backup", "sideways"), ("backup", "up", "for"), ("backup", "up", "until", "4"), ()):
            self.assertIn("error: usage: failover-report", self.refused(*words))
        for duration in ("soon", "-1", "0", "99999999999999999999"):
            self.assertIn("error: ", self.refused("backup", "up", "for", duration))
        self.assertEqual(self.store.read("SELECT * FROM reports"), [])


class RestartTest(PushCase):
    """Reports outlive the server, and so does what they promised."""

    def test_down_stays_down(self):
        self.report("backup", "down", "for", "1h")
        self.becomes("down")
        eventually(lambda: self.store.read("SELECT verdict FROM node_state WHERE node = 'east'") == [["down"]], PATIENCE, "it is stored")
        self.server.restart()
        self.assertEqual(self.server.data(WWW, "A"), (WEST_V4,))
        self.becomes("down")
        self.assertEqual(self.check()["outcome"], "reported down")

    def test_up_stays_up(self):
        self.report("backup", "up", "for", "1h")
        self.becomes("up")
        self.server.restart()
        self.becomes("up")
        self.assertIn("reported up for", self.check()["outcome"])

    def test_what_was_promised_is_over_at_the_start(self):
        self.report("backup", "up", "for", "1s")
        self.becomes("up")
        self.server.stop()
        over = "SELECT 1 FROM reports WHERE at + valid_s + 1 < unixepoch()"
        eventually(lambda: self.store.read(over), PATIENCE, "the promise is over")
        self.server.start()
        self.becomes("down")
        self.assertIn("no report within", self.check()["outcome"])

    def test_a_report_while_the_server_is_away(self):
        self.report("backup", "up", "for", "1h")
        self.becomes("up")
        self.server.stop()
        self.store.sql("UPDATE reports SET outcome = 'down', at = unixepoch()")
        self.server.start()
        self.becomes("down")
