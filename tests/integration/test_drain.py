# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Maintenance with a time: a node leaves the answers and returns by itself, over restarts and whatever becomes of the store."""
import os
import sqlite3
import time
from contextlib import contextmanager
from datetime import datetime, timezone

from harness.command import CommandFailed, run
from harness.poll import eventually
from harness.testbed import EAST, EAST_V4, HOSTS, WEST, WEST_V4, Case, SharedCase

WITHIN = 20.0  # seconds for what takes six at most
WWW = "www.alpha.example."
BOTH, REST = (EAST_V4, WEST_V4), (WEST_V4,)
EXCHANGES = {BOTH: ("10 east.alpha.example.", "10 west.alpha.example."), REST: ("10 west.alpha.example.",)}
ZONE = HOSTS + f"www A {EAST_V4}\nwww A {WEST_V4}\n@ MX 10 east.alpha.example\n@ MX 10 west.alpha.example"
SPAN = r"\d+ (h|min|s)( \d+ (min|s))?"
EVENTS = "SELECT from_state, to_state, reason, at_ms FROM health_events WHERE node = 'east' ORDER BY id"


def utc(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Drains:
    """What both kinds of cases do to east."""

    @staticmethod
    def add_zone_and_nodes(store):
        store.add_zone("alpha.example", ZONE)
        store.add_node("east", *EAST)
        store.add_node("west", *WEST)

    def answers_become(self, addresses: tuple):
        """And the exchanges; over UDP and TCP, where PowerDNS asks the backend differently, and while its caches are warm."""
        exchanges = EXCHANGES[addresses]

        def as_expected() -> bool:
            return all(self.server.data(WWW, "A", tcp=tcp) == addresses and
                       self.server.data("alpha.example.", "MX", tcp=tcp) == exchanges for tcp in (False, True))
        eventually(as_expected, WITHIN, f"{WWW} is {addresses}")

    def plan(self, starts: int, ends: int | None, reason: str = "new kernel"):
        """A row of drains, `starts` and `ends` in seconds from now; returns when the server knows it."""
        self.store.sql(f"INSERT INTO drains (node, starts, ends, reason) VALUES ('east', unixepoch() + {starts}, "
                       f"{'NULL' if ends is None else f'unixepoch() + {ends}'}, '{reason}')")
        eventually(lambda: reason in str(self.server.node("east")["drains"]), WITHIN, "the server knows the plan")

    def transitions(self, reason: str) -> list:
        """East's events with this text in their reason."""
        return [row for row in self.store.read(EVENTS) if reason in row[2]]

    def refused(self, *words: str) -> str:
        """What pdns_control says of a command that is in error; its exit status depends on PowerDNS's version."""
        try:
            return self.server.control(*words)
        except CommandFailed as error:
            return error.output


class PlannedDrainTest(Drains, SharedCase):
    """One server; every test leaves no plan behind."""

    @classmethod
    def prepare(cls, bed):
        cls.store = bed.store()
        cls.add_zone_and_nodes(cls.store)
        cls.server = bed.serve(cls.store)

    def setUp(self):
        super().setUp()
        self.store.sql("DELETE FROM drains;\nUPDATE nodes SET admin_state = 'auto'")
        eventually(lambda: not self.server.node("east")["drains"], WITHIN, "nothing is planned")
        self.answers_become(BOTH)

    def test_leaves_and_returns_by_itself(self):
        said = self.server.control("failover-drain", "east", "at", "+4s", "for", "6s", "swapping", "a", "disk")
        self.assertRegex(said, rf"^node east: drain planned in {SPAN} for 6 s: swapping a disk \(from 20.*Z\)")
        starts, ends = map(int, self.store.read("SELECT starts, ends FROM drains")[0])
        self.assertEqual(ends - starts, 6)
        self.answers_become(REST)
        self.answers_become(BOTH)
        self.assertEqual(self.server.node("east")["state"], "up")
        eventually(lambda: len(self.transitions("swapping a disk")) == 2, WITHIN, "both events are stored")
        began, ended = self.transitions("swapping a disk")
        self.assertEqual(began[:3], ["up", "drained", f"planned drain until {utc(ends)}: swapping a disk"])
        self.assertEqual(ended[:3], ["drained", "up", "after the planned drain: swapping a disk"])
        self.assertGreaterEqual(int(began[3]), starts * 1000, "not before its time")
        self.assertGreaterEqual(int(ended[3]), ends * 1000, "not before its time")
        for event in (began, ended):
            self.assertIn(f"[failover] node east: {event[0]} -> {event[1]} {event[2]}", self.server.log())
        self.assertEqual(self.server.node("east")["drains"], [])

    def test_for_a_while_from_now_on(self):
        said = self.server.control("failover-drain", "east", "for", "2h", "quick")
        self.assertRegex(said, r"^node east: up -> drained: drain ends in ")
        self.assertEqual(self.server.data(WWW, "A"), REST, "the answer after the command's return")
        self.assertEqual(self.store.read("SELECT admin_state FROM nodes WHERE name = 'east'"), [["auto"]])
        self.store.sql("UPDATE drains SET ends = unixepoch() + 1")
        self.answers_become(BOTH)

    def test_status(self):
        self.plan(3 * 3600 + 59, 5 * 3600 + 59, "new kernel")
        self.plan(-100, 3600, "new disk")
        self.answers_become(REST)
        table = self.server.control("failover-status")
        self.assertRegex(table, rf"(?m)^east: drain planned in {SPAN} for 2 h: new kernel$")
        self.assertRegex(table, rf"(?m)^east: drain ends in {SPAN}: new disk$")
        self.assertRegex(table, r"(?m)^east +drained .* planned drain until 20.*Z: new disk$")
        self.assertNotIn("drain planned", self.server.control("failover-status", "west"))
        rows = self.store.read("SELECT starts, ends, reason FROM drains ORDER BY starts")
        self.assertEqual(self.server.node("east")["drains"],
                         [{"starts": utc(int(starts)), "ends": utc(int(ends)), "reason": reason, "running": reason == "new disk"}
                          for starts, ends, reason in rows])

    def test_resume_ends_what_runs_then_calls_off_what_is_planned(self):
        self.server.control("failover-drain", "east", "at", "+3h", "later")
        self.server.control("failover-drain", "east", "for", "1h", "now")
        self.server.control("failover-drain", "east", "and", "by", "hand")
        said = self.server.control("failover-resume", "east")
        self.assertRegex(said, r"^node east: drained -> up\nnode east: drain planned in .*: later")
        self.assertEqual(self.server.data(WWW, "A"), BOTH, "the answer after the command's return")
        self.assertEqual(self.store.read("SELECT reason FROM drains"), [["later"]])
        self.assertIn("1 planned drain called off", self.server.control("failover-resume", "east"))
        self.assertEqual(self.store.read("SELECT * FROM drains"), [])
        self.assertIn("nothing to end", self.server.control("failover-resume", "east"))

    def test_what_the_operator_forces_goes_first(self):
        self.server.control("failover-force", "east", "up")
        self.assertIn("failover-release", self.server.control("failover-drain", "east", "for", "1h"))
        self.assertEqual(self.server.data(WWW, "A"), BOTH)
        self.assertIn("(not while forced-up)", self.server.control("failover-status"))
        self.server.control("failover-release", "east")
        self.assertEqual(self.server.data(WWW, "A"), REST)
        self.assertEqual(self.server.node("east")["state"], "drained")

    def test_times_that_are_none(self):
        for words, said in [(("at", "noon"), "'noon' is no time: HH:MM"), (("for", "ever"), "'ever' is no duration: 90s"),
                            (("at", "2020-01-01T00:00"), "is past"), (("at",), "'at' wants a time"), (("at", "25:00"), "time of day")]:
            self.assertIn(said, self.refused("failover-drain", "east", *words))
        self.assertEqual(self.store.read("SELECT * FROM drains"), [])
        self.assertEqual(self.server.data(WWW, "A"), BOTH)

    def test_local_and_utc_times(self):
        self.server.control("failover-drain", "east", "at", "2100-01-31T02:00:30Z")
        self.server.control("failover-drain", "east", "at", "2100-01-31T02:00", "for", "1d")
        local = int(datetime(2100, 1, 31, 2, 0).timestamp())
        self.assertEqual(self.store.read("SELECT starts, coalesce(ends, '-') FROM drains ORDER BY id"),
                         [["4105044030", "-"], [str(local), str(local + 86400)]])
        clock = datetime.fromtimestamp(time.time() + 7200)
        self.server.control("failover-drain", "east", "at", f"{clock:%H:%M}")
        moments = {clock.replace(second=0, microsecond=0, fold=fold).timestamp() for fold in (0, 1)}  # clocks put back show it twice
        self.assertIn(int(self.store.read("SELECT max(id), starts FROM drains")[0][1]), moments)

    def test_the_plan_goes_with_the_node_s_name(self):
        self.plan(-10, None)
        self.answers_become(REST)
        self.store.sql("UPDATE nodes SET name = 'ost' WHERE name = 'east'")
        eventually(lambda: self.server.node("ost").get("state") == "drained", WITHIN, "ost is drained")
        self.store.sql("UPDATE nodes SET name = 'east' WHERE name = 'ost'")
        eventually(lambda: self.server.node("east").get("state") == "drained", WITHIN, "east is drained")

    def test_rows_that_come_around_the_constraints_are_reported_and_harmless(self):
        run("sqlite3", self.store.path, "PRAGMA ignore_check_constraints = 1; "
            "INSERT INTO drains (id, node, starts) VALUES (77, 'east', 4000000000 * 1000)")
        problem = "drains id 77: starts: '4000000000000' is no number from 0 to 4294967295 (left out)"
        eventually(lambda: problem in self.server.status()["store"]["problems"], WITHIN, "the problem is shown")
        self.assertIn(problem, self.server.log())
        self.assertEqual(self.server.data(WWW, "A"), BOTH)
        self.store.sql("DELETE FROM drains")
        eventually(lambda: not self.server.status()["store"]["problems"], WITHIN, "the problem is over")

    def test_drains_that_ended_the_day_before_are_removed(self):
        self.store.sql("INSERT INTO drains (id, node, starts, ends) VALUES (1, 'east', 1, unixepoch() - 86500), "
                       "(2, 'east', 1, unixepoch() - 86000)")
        self.server.control("failover-force", "west", "up")  # any transition has the states written
        self.server.control("failover-release", "west")
        eventually(lambda: self.store.read("SELECT id FROM drains") == [["2"]], WITHIN, "the older row is removed")


class InterruptedDrainTest(Drains, Case):
    """The server, or the store, is away when a drain begins and when it ends."""

    def setUp(self):
        super().setUp()
        self.store = self.bed.store()
        self.add_zone_and_nodes(self.store)
        self.server = self.bed.serve(self.store, failover_pragma_journal_mode="DELETE")
        self.answers_become(BOTH)

    def leaves_and_returns(self, away):
        """Through a drain that begins in one `away` and ends in another. Both may be late to it; it happens all the same."""
        self.plan(5, None)
        with away():
            self.answers_become(REST)
        self.store.sql("UPDATE drains SET ends = unixepoch() + 5, reason = 'nearly done'")
        eventually(lambda: "nearly done" in str(self.server.node("east")["drains"]), WITHIN, "the server knows the end")
        with away():
            self.answers_become(BOTH)
        eventually(lambda: len(self.transitions("planned drain")) == 2, WITHIN, "both events are stored")
        self.assertEqual([row[:2] for row in self.transitions("planned drain")], [["up", "drained"], ["drained", "up"]])

    def test_the_store_is_locked(self):
        self.leaves_and_returns(self.locked)

    def test_the_store_is_gone(self):
        self.leaves_and_returns(self.gone)

    @contextmanager
    def locked(self):
        holder = sqlite3.connect(self.store.path, isolation_level=None, timeout=10)
        try:
            holder.execute("BEGIN EXCLUSIVE")
            yield
        finally:
            holder.execute("ROLLBACK")
            holder.close()

    @contextmanager
    def gone(self):
        elsewhere = self.bed.folder / "elsewhere"
        os.rename(self.store.path, elsewhere)
        eventually(lambda: not self.server.status()["store"]["ok"], WITHIN, "the server misses it")
        yield
        os.rename(elsewhere, self.store.path)
        eventually(lambda: self.server.status()["store"]["ok"], WITHIN, "the server has it back")

    def test_a_restart_in_the_middle(self):
        self.server.control("failover-drain", "east", "for", "1h", "new kernel")
        before = self.server.node("east")
        eventually(lambda: self.store.read("SELECT state FROM node_state WHERE node = 'east'") == [["drained"]], WITHIN)
        self.server.restart()
        self.assertEqual(self.server.data(WWW, "A"), REST, "the first answer")
        eventually(lambda: self.server.node("east").get("reason") == before["reason"], WITHIN, "the reason is back")
        after = self.server.node("east")
        self.assertEqual((after["state"], after["since"], after["drains"]), (before["state"], before["since"], before["drains"]))
        self.assertEqual(len(self.transitions("planned drain")), 1, "going on is no event")
        self.store.sql("UPDATE drains SET ends = unixepoch() + 1")
        self.answers_become(BOTH)

    def test_a_restart_before_it_begins(self):
        self.server.control("failover-drain", "east", "at", "+1h", "for", "1h", "new kernel")
        plan = self.server.node("east")["drains"]
        self.assertEqual([(drain["running"], drain["reason"]) for drain in plan], [(False, "new kernel")])
        self.server.restart()
        eventually(lambda: self.server.node("east").get("drains") == plan, WITHIN, "the plan is back")
        self.answers_become(BOTH)
        self.store.sql("UPDATE drains SET starts = unixepoch()")
        self.answers_become(REST)
        eventually(lambda: [row[:2] for row in self.transitions("new kernel")] == [["up", "drained"]], WITHIN, "the event is stored")

    def test_begin_and_end_while_the_server_is_off(self):
        eventually(lambda: self.store.read("SELECT state FROM node_state WHERE node = 'east'") == [["up"]], WITHIN)
        self.server.stop()
        self.store.sql("INSERT INTO drains (node, starts, ends, reason) VALUES ('east', unixepoch() - 5, unixepoch() + 3600, 'kernel')")
        self.server.start()
        self.assertEqual(self.server.data(WWW, "A"), REST, "the first answer")
        eventually(lambda: [row[:2] for row in self.transitions("kernel")] == [["up", "drained"]], WITHIN, "the event is stored")
        self.server.stop()
        self.store.sql("UPDATE drains SET ends = unixepoch() + 1")
        eventually(lambda: self.store.read("SELECT ends <= unixepoch() FROM drains") == [["1"]], WITHIN, "the drain is over")
        self.server.start()
        self.assertEqual(self.server.data(WWW, "A"), BOTH, "the first answer")
        eventually(lambda: [row[:2] for row in self.transitions("kernel")][1:] == [["drained", "up"]], WITHIN, "the event is stored")
        self.assertEqual(self.transitions("kernel")[1][2], "after the planned drain: kernel")
