# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""A restart changes no answer: verdicts, streaks, holds and the operator's wishes come back from the store, before any check has run."""
import re
import sqlite3
from contextlib import contextmanager
from datetime import datetime, timedelta

from harness.poll import eventually
from harness.probing import FAST, PATIENCE
from harness.testbed import Case

WITHIN = 20.0
WWW = "www.alpha.example."
# How each node's life went before the restart.
NODES = ("down", "up", "forced", "held", "halfway", "witness")
ADDRESS = {name: f"192.0.2.{number}" for number, name in enumerate(NODES, start=1)}
BEFORE = tuple(sorted(ADDRESS[name] for name in NODES if name not in ("down", "held", "witness")))
HELD = re.compile("held down until 20[^ ]+ (after . falls); .*")
PATIENT = "interval_ms = 120000, timeout_ms = 110000, retry_ms = 110000"  # nothing ends while a test runs


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")


class WarmStartCase(Case):
    """`halfway` fails on and on and has yet to fall; `witness` is there to fall last, so that all of this is stored."""

    def setUp(self):
        super().setUp()
        self.store = self.bed.store()
        self.store.add_zone("alpha.example", "\n".join(f"www A {address}" for address in ADDRESS.values()))
        self.nodes = {name: self.bed.node() for name in NODES}
        for name, node in self.nodes.items():
            self.store.add_node(name, ADDRESS[name], url=node.url(), **FAST | ({"fall": 100} if name == "halfway" else {}))
        self.server = self.bed.serve(self.store, failover_freeze_share=0, failover_hold_down=100)
        for name in NODES:
            self.becomes(name, "up")

    def becomes(self, name: str, state: str):
        eventually(lambda: self.server.node(name)["state"] == state, PATIENCE, f"{name} is {state}")

    def falls(self, name: str):
        self.nodes[name].answer(status=503)
        self.becomes(name, "down")

    def check(self, name: str) -> dict:
        return self.server.node(name)["checks"][0]

    def live(self):
        """Lets all of it happen."""
        self.falls("down")
        self.falls("forced")
        self.server.control("failover-force", "forced", "up", "we know better")
        self.becomes("forced", "forced-up")
        self.falls("held")
        self.nodes["held"].recover()
        self.becomes("held", "up")
        self.falls("held")
        self.nodes["held"].recover()
        eventually(lambda: self.server.node("held")["held_until"], PATIENCE, "held is held")
        self.nodes["halfway"].answer(status=503)
        eventually(lambda: self.check("halfway")["contrary"] >= 3, PATIENCE, "halfway is half way down")
        self.falls("witness")
        eventually(lambda: self.store.read("SELECT state FROM node_state WHERE node = 'witness'") == [["down"]], PATIENCE, "it is stored")

    def come_back(self):
        """Starts with nodes that are silent, and so patient that nothing decides anything."""
        self.store.sql(f"UPDATE checks SET {PATIENT}")
        for node in self.nodes.values():
            node.silent()
            node.connections = 0
        self.server.start()

    def told(self) -> dict:
        """What status says of each node. Why one is held has a time in it, and what its check said last, which is not stored."""
        kept = ("state", "since", "own", "falls", "held_until")
        return {node["name"]: {key: node[key] for key in kept} | {"reason": HELD.sub(r"held \1", node["reason"])}
                for node in self.server.status()["nodes"]}

    def stored_checks(self) -> dict:
        rows = self.store.read("SELECT node, verdict, contrary, passed, streak FROM check_state JOIN checks ON id = check_id")
        return {node: (verdict, int(contrary), passed == "1", int(streak)) for node, verdict, contrary, passed, streak in rows}

    def remembered_checks(self) -> dict:
        checks = {node["name"]: node["checks"][0] for node in self.server.status()["nodes"]}
        self.assertEqual({check["runs"] for check in checks.values()}, {0}, "no check has ended")
        return {name: (check["verdict"], check["contrary"], check["passed"], check["streak"]) for name, check in checks.items()}


class RestartTest(WarmStartCase):
    """Ended in order, and not."""

    def test_sigterm(self):
        self.same_after(self.server.stop)

    def test_sigkill(self):
        self.same_after(self.kill)

    def kill(self):
        self.server.close_resolver()
        self.server.process.kill()
        self.server.process.wait(WITHIN)

    def same_after(self, end):
        self.live()
        before = self.told()
        self.assertEqual(self.server.data(WWW, "A"), BEFORE)
        end()
        stored = self.stored_checks()
        self.come_back()
        self.assertEqual(self.server.data(WWW, "A"), BEFORE, "the first answer")
        after = self.told()
        for name in NODES:
            with self.subTest(name):
                self.assertEqual(after[name] | {"held_until": None}, before[name] | {"held_until": None})
        # A second's fraction is not stored.
        self.assertLessEqual(abs(moment(after["held"]["held_until"]) - moment(before["held"]["held_until"])), timedelta(seconds=1))
        self.assertEqual(self.remembered_checks(), stored)
        verdict, contrary, passed, _ = stored["halfway"]
        self.assertEqual((verdict, passed), ("up", False))
        self.assertGreaterEqual(contrary, 3)
        events = "SELECT count(*) FROM health_events"
        count = self.store.read(events)
        eventually(lambda: all(node.connections > 0 for node in self.nodes.values()), PATIENCE, "the first round runs at once")
        self.assertEqual(self.server.data(WWW, "A"), BEFORE)
        self.assertEqual(self.store.read(events), count, "a restart is no event")

    def test_half_way_goes_on(self):
        self.live()
        self.server.stop()
        _, contrary, _, streak = self.stored_checks()["halfway"]
        self.store.sql(f"UPDATE checks SET fall = {contrary + 1}, {PATIENT} WHERE node = 'halfway'")
        self.server.start()  # its node still fails: once more is enough
        self.becomes("halfway", "down")
        self.assertEqual(self.check("halfway")["streak"], streak + 1)


class ForgetfulTest(WarmStartCase):
    """failover-state-max-age."""

    def test_zero_forgets_all_but_wishes(self):
        self.live()
        self.server.stop()
        self.server.settings["failover-state-max-age"] = 0
        eventually(lambda: self.store.read("SELECT 1 WHERE (SELECT max(updated) FROM node_state) < unixepoch()"), WITHIN, "a second has passed")
        self.come_back()
        self.assertEqual(self.server.data(WWW, "A"), tuple(sorted(ADDRESS.values())), "what is unknown is served")
        told = self.told()
        self.assertEqual({name: node["state"] for name, node in told.items()}, {name: "unknown" for name in NODES} | {"forced": "forced-up"})
        self.assertEqual({node["falls"] for node in told.values()}, {0})
        self.assertIn("we know better", told["forced"]["reason"])
        self.assertEqual({check[1:2] + check[3:] for check in self.remembered_checks().values()}, {(0, 0)})

    def test_what_is_too_old_is_forgotten(self):
        self.live()
        self.server.stop()
        self.store.sql("UPDATE node_state SET updated = updated - 7200;\nUPDATE check_state SET updated = updated - 7200")
        self.come_back()
        self.assertEqual(self.server.data(WWW, "A"), tuple(sorted(ADDRESS.values())))
        self.assertEqual(self.server.node("down")["state"], "unknown")


class UnwritableTest(WarmStartCase):
    """A store that cannot be written costs what would have been remembered, and nothing else."""

    @contextmanager
    def locked(self):
        holder = sqlite3.connect(self.store.path, isolation_level=None, timeout=10)
        try:
            holder.execute("BEGIN EXCLUSIVE")
            yield
        finally:
            holder.execute("ROLLBACK")
            holder.close()

    def test_locked(self):
        with self.locked():
            self.falls("down")
            left = tuple(sorted(set(ADDRESS.values()) - {ADDRESS["down"]}))
            self.eventually_data(self.server, WWW, "A", left, WITHIN)
            eventually(lambda: "node states cannot be written to the store" in self.server.log(), WITHIN, "it says so")
            self.assertIn("store cannot be written: ", self.server.control("failover-status"))
            self.server.restart()
            self.becomes("down", "down")  # found out anew
            self.eventually_data(self.server, WWW, "A", left, WITHIN)
        stored = "SELECT state FROM node_state WHERE node = 'down'"
        eventually(lambda: self.store.read(stored) == [["down"]], WITHIN, "written once that can be done")
