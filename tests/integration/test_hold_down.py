# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""A node that falls again and again stays out longer each time, and everybody can see why."""
import re
from datetime import datetime, timezone

from harness.poll import Stopwatch, eventually
from harness.probing import FAST, PATIENCE
from harness.testbed import EAST_V4, WEST_V4, Case

WWW = "www.alpha.example."
LATE = 2.0  # seconds by which a hold may last too long: it ends at a full second
HELD = re.compile(r"held down until 20\S+Z after (\d+) falls; ")


class HoldDownCase(Case):
    """East falls and returns as it is told to."""

    settings: dict = {}

    def setUp(self):
        super().setUp()
        self.store = self.bed.store()
        self.store.add_zone("alpha.example", f"www A {EAST_V4}\nwww A {WEST_V4}")
        self.east = self.bed.node()
        self.store.add_node("east", EAST_V4, url=self.east.url(), **FAST)
        self.store.add_node("west", WEST_V4)
        self.server = self.bed.serve(self.store, **self.settings)
        self.becomes("up")

    def node(self) -> dict:
        return self.server.node("east")

    def becomes(self, state: str):
        eventually(lambda: self.node()["state"] == state, PATIENCE, f"east is {state}")

    def passes(self):
        eventually(lambda: self.node()["checks"][0]["verdict"] == "up", PATIENCE, "its check passes")

    def fall_for_a_moment(self):
        """Down by its check, which passes again when this returns."""
        self.east.answer(status=503)
        self.becomes("down")
        self.east.recover()
        self.passes()

    def turns(self) -> list[tuple[str, int]]:
        """States and when they began, in milliseconds."""
        rows = self.store.read("SELECT to_state, at_ms FROM health_events WHERE node = 'east' AND from_state <> 'unknown' ORDER BY id")
        return [(state, int(at)) for state, at in rows]

    def last_outage(self, number: int) -> float:
        """Seconds of the number-th time out; waits for its end to be stored."""
        turns = eventually(lambda: self.turns() if len(self.turns()) == 2 * number else None, PATIENCE, f"outage {number} is stored")
        (down, began), (up, ended) = turns[-2:]
        self.assertEqual((down, up), ("down", "up"))
        return (ended - began) / 1000


class HeldTest(HoldDownCase):
    """Two seconds, then four, and never more."""

    settings = {"failover_hold_down": 2, "failover_hold_down_max": 4}

    def test_longer_each_time(self):
        self.fall_for_a_moment()
        self.becomes("up")
        self.assertLess(self.last_outage(1), 2.0, "the first fall costs no more than the fall")
        self.assertEqual((self.node()["falls"], self.node()["held_until"]), (1, None))
        self.assertNotIn("held down", self.server.log())
        for number, hold in ((2, 2.0), (3, 4.0), (4, 4.0)):
            self.fall_for_a_moment()
            self.is_held(falls=min(number, 3))
            self.becomes("up")
            outage = self.last_outage(number)
            self.assertGreaterEqual(outage, hold)
            self.assertLess(outage, hold + LATE)
            self.assertIsNone(self.node()["held_until"])
        self.assertIn("east: fell 3 times lately", self.server.control("failover-status"))
        self.assertRegex(self.server.log(), r"node east: down -> up by its checks: http")

    def is_held(self, falls: int):
        """Its check passes, and it is not in the answers; status says why and until when."""
        node = self.node()
        self.assertEqual((node["state"], node["own"], node["falls"]), ("down", "up", falls))
        until = datetime.strptime(node["held_until"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
        self.assertLess((until - datetime.now(timezone.utc)).total_seconds(), 5.0)
        self.assertEqual(HELD.match(node["reason"]).group(1), str(falls), node["reason"])
        self.assertEqual(self.server.data(WWW, "A"), (WEST_V4,))
        self.assertRegex(self.server.control("failover-status"), rf"(?m)^east: held down for \d+ s more after {falls} falls$")

    def test_the_operator_goes_before(self):
        for _ in range(2):
            self.becomes("up")
            self.fall_for_a_moment()
        self.server.control("failover-force", "east", "up")
        self.assertEqual(self.node()["state"], "forced-up")
        self.assertEqual(self.server.data(WWW, "A"), (EAST_V4, WEST_V4))


class ForgottenTest(HoldDownCase):
    """A fall is forgotten after ten times the first hold without another."""

    settings = {"failover_hold_down": 1, "failover_hold_down_max": 4}

    def test_one_fall_after_the_other(self):
        for _ in range(2):
            self.fall_for_a_moment()
            self.becomes("up")
        self.assertEqual(self.node()["falls"], 2)
        watch = Stopwatch()
        eventually(lambda: self.node()["falls"] == 1, 15.0, "one fall is forgotten", every=0.1)
        self.assertGreater(watch.seconds(), 8.0)


class NeverHeldTest(HoldDownCase):
    """failover-hold-down=0."""

    settings = {"failover_hold_down": 0}

    def test_it_returns_as_soon_as_it_can(self):
        for number in range(1, 5):
            self.fall_for_a_moment()
            self.becomes("up")
            self.assertLess(self.last_outage(number), 2.0)
        self.assertNotIn("held down", self.server.log())


class DefaultTest(HoldDownCase):
    """Half a minute."""

    def test_the_second_fall_holds_for_half_a_minute(self):
        self.fall_for_a_moment()
        self.becomes("up")
        self.fall_for_a_moment()
        self.assertRegex(self.server.control("failover-status"), r"east: held down for (2\d|3[01]) s more after 2 falls")
