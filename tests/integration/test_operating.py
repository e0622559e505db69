# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""What an operator sees and does: status, drain, force, reload, history, log."""
import re
import time

from harness.command import CommandFailed
from harness.poll import eventually
from harness.testbed import EAST, EAST_V4, HOSTS, WEST, WEST_V4, Case

FAST = {"interval_ms": 300, "timeout_ms": 200, "retry_ms": 50, "fall": 2, "rise": 2}
WITHIN = 5.0
NOTHING = r"(?i)\bno(thing)?\b|unchanged"  # what failover-reload says where it found the store as it was
WWW = "www.alpha.example."
NODE_KEYS = {"name", "state", "since", "reason", "checks"}
CHECK_KEYS = {"id", "url", "verdict", "outcome", "passed", "local_problem", "latency_ms", "streak", "contrary", "needed", "last"}
STORE_KEYS = {"database", "ok", "error", "problems", "zones", "records"}


class OperatingCase(Case):
    """Two nodes with quick checks."""

    def setUp(self):
        super().setUp()
        self.east, self.west = self.bed.node(), self.bed.node()
        self.store = self.bed.store()
        self.store.add_zone("alpha.example", HOSTS + f"www A {EAST_V4}\nwww A {WEST_V4}\nstatic TXT \"of no node\"")
        self.store.add_node("east", *EAST, url=self.east.url("/health"), **FAST)
        self.store.add_node("west", *WEST, url=self.west.url("/health"), **FAST)
        self.server = self.bed.serve(self.store, **self.settings())
        self.state_becomes("east", "up")
        self.state_becomes("west", "up")

    def settings(self) -> dict:
        return {}

    def state_becomes(self, node: str, state: str):
        eventually(lambda: self.server.node(node).get("state") == state, WITHIN, f"{node} is {state}")

    def answers_become(self, *addresses: str):
        self.eventually_data(self.server, WWW, "A", addresses, WITHIN)

    def refused(self, *words: str) -> str:
        """What pdns_control says of a command that is in error; its exit status depends on PowerDNS's version."""
        try:
            return self.server.control(*words)
        except CommandFailed as error:
            return error.output


class StatusTest(OperatingCase):
    """For people and for programs."""

    def test_json(self):
        status = self.server.status()
        self.assertEqual([node["name"] for node in status["nodes"]], ["east", "west"])
        for node in status["nodes"]:
            self.assertLessEqual(NODE_KEYS, set(node))
            for check in node["checks"]:
                self.assertLessEqual(CHECK_KEYS, set(check))
        self.assertLessEqual(STORE_KEYS, set(status["store"]))
        check = status["nodes"][0]["checks"][0]
        self.assertEqual((check["url"], check["verdict"], check["passed"], check["local_problem"]),
                         (self.east.url("/health"), "up", True, False))
        self.assertEqual((status["store"]["database"], status["store"]["ok"], status["store"]["problems"]),
                         (str(self.store.path), True, []))
        self.assertEqual((status["store"]["zones"], status["store"]["records"]), (1, 9))

    def test_streak_and_latency_move(self):
        eventually(lambda: self.server.node("east")["checks"][0]["streak"] >= 3, WITHIN, "a streak of three")
        check = self.server.node("east")["checks"][0]
        self.assertGreaterEqual(check["latency_ms"], 0)
        self.assertIn("200", check["outcome"])

    def test_table(self):
        self.east.answer(status=503)
        self.state_becomes("east", "down")
        table = self.server.control("failover-status")
        for text in ("east", "down", "west", "up", "HTTP 503", self.east.url("/health")):
            self.assertIn(text, table)
        self.assertNotIn("\t", table)
        self.assertRegex(table, r"\d+ ?ms")

    def test_one_node(self):
        table = self.server.control("failover-status", "west")
        self.assertIn("west", table)
        self.assertNotIn("east", table)
        self.assertEqual([node["name"] for node in self.server.status("west")["nodes"]], ["west"])

    def test_passwords_are_not_shown(self):
        self.store.sql(f"UPDATE checks SET url = 'http://user:sesame@{self.east.authority}/' WHERE node = 'east'")
        eventually(lambda: "authorization" in self.east.requests[-1].headers, WITHIN, "the password is used")
        self.east.answer(status=401)
        self.state_becomes("east", "down")
        self.assertNotIn("sesame", self.server.control("failover-status") + str(self.server.status()) + self.server.log())

    def test_unknown_node(self):
        for command in ("failover-status", "failover-drain", "failover-resume", "failover-release"):
            self.assertIn("nowhere", self.refused(command, "nowhere"), command)
        self.assertIn("nowhere", self.refused("failover-force", "nowhere", "up"))
        self.assertRegex(self.refused("failover-force", "east", "sideways"), r"up.*down")
        self.assertEqual({node["state"] for node in self.server.status()["nodes"]}, {"up"})

    def test_missing_words(self):
        for command in ("failover-drain", "failover-resume", "failover-force", "failover-release"):
            self.assertRegex(self.refused(command), r"(?i)usage|NODE", command)


class WishTest(OperatingCase):
    """What the operator wants of a node goes before what its checks say, and outlives the server."""

    def test_drain_and_resume(self):
        self.answers_become(EAST_V4, WEST_V4)
        self.server.control("failover-drain", "east", "disk", "swap")
        self.assertEqual(self.server.data(WWW, "A"), (WEST_V4,), "the answer after the command's return")
        node = self.server.node("east")
        self.assertEqual(node["state"], "drained")
        self.assertIn("disk swap", node["reason"])
        self.assertEqual(self.store.read("SELECT admin_state FROM nodes WHERE name = 'east'"), [["drain"]])
        self.server.restart()
        self.assertEqual(self.server.data(WWW, "A"), (WEST_V4,))
        node = self.server.node("east")
        self.assertEqual(node["state"], "drained")
        self.assertIn("disk swap", node["reason"])
        self.server.control("failover-resume", "east")
        self.answers_become(EAST_V4, WEST_V4)
        self.assertEqual(self.store.read("SELECT admin_state FROM nodes WHERE name = 'east'"), [["auto"]])

    def test_a_drained_node_is_still_checked(self):
        self.server.control("failover-drain", "east")
        seen = len(self.east.requests)
        eventually(lambda: len(self.east.requests) > seen + 1, WITHIN, "checks go on")

    def test_force_down_and_release(self):
        self.server.control("failover-force", "east", "down")
        self.assertEqual(self.server.data(WWW, "A"), (WEST_V4,))
        self.assertEqual(self.server.node("east")["state"], "forced-down")
        self.server.restart()
        self.assertEqual(self.server.data(WWW, "A"), (WEST_V4,))
        self.server.control("failover-release", "east")
        self.answers_become(EAST_V4, WEST_V4)
        self.state_becomes("east", "up")

    def test_force_up(self):
        self.east.answer(status=500)
        self.answers_become(WEST_V4)
        self.server.control("failover-force", "east", "up")
        self.assertEqual(self.server.data(WWW, "A"), (EAST_V4, WEST_V4))
        self.assertEqual(self.server.node("east")["state"], "forced-up")
        self.server.control("failover-release", "east")
        self.answers_become(WEST_V4)
        self.state_becomes("east", "down")

    def test_draining_twice_is_draining_once(self):
        self.server.control("failover-drain", "east")
        self.server.control("failover-drain", "east")
        self.assertEqual(self.server.node("east")["state"], "drained")
        self.assertEqual(self.server.data(WWW, "A"), (WEST_V4,))


class ReloadTest(OperatingCase):
    """failover-reload reads now and says what changed."""

    def settings(self):
        return {"failover_poll_interval_ms": 10000}

    def test_says_what_changed(self):
        self.store.add_zone("beta.example", "www A 198.51.100.1")
        said = self.server.control("failover-reload")
        self.assertRegex(said, r"zone")
        self.assertEqual(self.server.data("www.beta.example.", "A"), ("198.51.100.1",))
        self.store.add_record("alpha.example", "fresh", "A", "198.51.100.2")
        self.assertRegex(self.server.control("failover-reload"), r"1 zone|alpha\.example")
        self.assertEqual(self.server.data("fresh.alpha.example.", "A"), ("198.51.100.2",))

    def test_nothing_changed(self):
        self.server.control("failover-reload")
        self.assertRegex(self.server.control("failover-reload"), NOTHING)


class RecordOfTheDayTest(OperatingCase):
    """Log lines, node_state, health_events."""

    def test_transitions_are_logged_and_stored(self):
        begun = time.time()
        self.east.answer(status=503)
        self.state_becomes("east", "down")
        self.east.recover()
        self.state_becomes("east", "up")
        log = self.server.log()
        url = re.escape(self.east.url("/health"))
        down = re.findall(rf"\[failover\] node east: up -> down after 2/2 failures of {url}: HTTP 503 \(expected 200-399\)", log)
        up = re.findall(rf"\[failover\] node east: down -> up after 2/2 successes of {url}: HTTP 200", log)
        self.assertEqual((len(down), len(up)), (1, 1))
        events = eventually(lambda: self.events(3), WITHIN, "the events are stored")
        self.assertEqual([event[1:3] for event in events], [["unknown", "up"], ["up", "down"], ["down", "up"]])
        self.assertIn("HTTP 503", events[1][3])
        self.assertLess(abs(int(events[1][0]) / 1000 - begun), 60)
        rows = self.store.read("SELECT state, verdict, since, reason FROM node_state WHERE node = 'east'")
        self.assertEqual(rows[0][:2], ["up", "up"])
        self.assertLess(abs(int(rows[0][2]) - begun), 60)

    def events(self, count: int):
        rows = self.store.read("SELECT at_ms, from_state, to_state, reason FROM health_events WHERE node = 'east' ORDER BY id")
        return rows if len(rows) == count else None

    def test_our_own_writes_are_no_changes(self):
        eventually(lambda: self.events(1), WITHIN, "the first event is stored")
        said = len(self.server.log())
        self.east.answer(status=503)
        self.state_becomes("east", "down")
        eventually(lambda: self.events(2), WITHIN, "the second event is stored")
        self.assertRegex(self.server.control("failover-reload"), NOTHING)
        self.assertNotIn("zones", self.server.log()[said:])

    def test_last_states_are_used_at_start(self):
        self.east.answer(status=503)
        self.state_becomes("east", "down")
        eventually(lambda: self.store.read("SELECT verdict FROM node_state WHERE node = 'east'") == [["down"]], WITHIN)
        self.server.stop()
        self.east.silent()  # the first check of the new server cannot decide before its timeout
        self.store.sql("UPDATE checks SET interval_ms = 60000, timeout_ms = 50000")
        self.server.start()
        self.assertEqual(self.server.data(WWW, "A"), (WEST_V4,))
        self.assertEqual(self.server.node("east")["state"], "down")

    def test_states_that_are_too_old_are_not(self):
        self.server.control("failover-status")
        self.east.answer(status=503)
        self.state_becomes("east", "down")
        eventually(lambda: self.store.read("SELECT verdict FROM node_state WHERE node = 'east'") == [["down"]], WITHIN)
        self.server.stop()
        self.east.silent()
        self.store.sql("UPDATE checks SET interval_ms = 60000, timeout_ms = 50000;\n"
                       "UPDATE check_state SET updated = updated - 7200;\n"
                       "UPDATE node_state SET since = since - 7200, updated = updated - 7200")
        self.server.start()
        self.assertEqual(self.server.data(WWW, "A"), (EAST_V4, WEST_V4))
        self.assertEqual(self.server.node("east")["state"], "unknown")


class BoundedHistoryTest(OperatingCase):
    """health_events keeps as many rows as it was told to."""

    def settings(self):
        return {"failover_history_events": 3}

    def test_only_the_latest_are_kept(self):
        for _ in range(3):
            self.server.control("failover-drain", "east")
            self.server.control("failover-resume", "east")
        self.server.control("failover-drain", "west", "force", "the last one")
        reasons = "SELECT reason FROM health_events"
        eventually(lambda: "the last one" in str(self.store.read(reasons)), WITHIN, "the last one is stored")
        eventually(lambda: len(self.store.read(reasons)) <= 3, WITHIN, "older ones are gone")


class EcsTest(OperatingCase):
    """Clients that tell their subnet."""

    def settings(self):
        return {"edns_subnet_processing": "yes"}

    def test_answers_as_without(self):
        for subnet in ("198.51.100.0/24", "0.0.0.0/0", "2001:db8::/48"):
            with self.subTest(subnet=subnet):
                self.assertEqual(self.server.data(WWW, "A", ecs=subnet), (EAST_V4, WEST_V4))
        self.server.control("failover-drain", "east")
        self.assertEqual(self.server.data(WWW, "A", ecs="198.51.100.0/24"), (WEST_V4,))
