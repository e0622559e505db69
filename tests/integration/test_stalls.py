# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""A server that stood still, or whose clock was set, has no false verdict of nodes that were well all the time."""
import os
import re
import signal
import subprocess
import threading
import unittest
from datetime import datetime, timedelta, timezone
from pathlib import Path

from harness.hostileserver import HEAD, HostileServer, request
from harness.poll import Stopwatch, eventually
from harness.testbed import Case

WITHIN = 30.0
NODES = [f"n{number}" for number in range(10)]
# One failure decides. Answers take a second, so that at any moment some checks wait for theirs.
CADENCE = {"interval_ms": 4000, "timeout_ms": 3000, "retry_ms": 3500, "fall": 1, "rise": 1}
TAKES = 1.0
STOPPED = 12.0
STOOD_STILL = r"stood still for (\d+)"


class Unhurried:
    """Ten nodes that are well, behind one port. `waiting`: how many were asked and have yet to answer.

    What was sent to a machine that sleeps gets there late: while `awake` is not set, nobody is answered.
    """

    def __init__(self):
        self.waiting = 0
        self.awake = threading.Event()
        self.awake.set()
        self.server = HostileServer(self.answer)

    def answer(self, connection, closing):
        request(connection)
        self.waiting += 1
        try:
            closing.wait(TAKES)
            if not self.awake.is_set():
                self.awake.wait(2 * STOPPED)
                closing.wait(TAKES)
        finally:
            self.waiting -= 1
        connection.sendall(HEAD + b"Content-Length: 0\r\n\r\n")


class WellCase(Case):
    """All nodes are up when a test begins, and nothing ever happens to them."""

    def wrapper(self) -> tuple:
        """Words before the server's command."""
        return ()

    def setUp(self):
        super().setUp()
        self.node = Unhurried()
        self.addCleanup(self.node.server.close)
        self.store = self.bed.store()
        self.store.add_zone("alpha.example", "www A 192.0.2.1")
        for name in NODES:
            self.store.add_node(name, url=f"http://{self.node.server.authority}/", **CADENCE)
        self.server = self.bed.server(self.store, wrapper=self.wrapper())
        self.server.start()
        eventually(lambda: self.states() == {"up"}, WITHIN, "all are up")
        self.runs_go_on(1)  # out of the first round, which is not spread
        self.before = self.events()

    def states(self) -> set:
        return {node["state"] for node in self.server.status()["nodes"]}

    def checks(self) -> list[dict]:
        return [node["checks"][0] for node in self.server.status()["nodes"]]

    def events(self) -> list:
        return self.store.read("SELECT id, node, from_state, to_state, reason FROM health_events")

    def runs_go_on(self, count: int):
        """Each check ends so many times more."""
        wanted = [check["runs"] + count for check in self.checks()]
        eventually(lambda: all(check["runs"] >= runs for check, runs in zip(self.checks(), wanted)), WITHIN,
                   f"each check runs {count} times more", every=0.1)

    def nothing_has_happened(self):
        self.assertEqual(self.states(), {"up"})
        self.assertEqual(self.events(), self.before)
        self.assertNotRegex(self.server.log(), r"-> down")
        self.assertTrue(all(check["passed"] and check["contrary"] == 0 for check in self.checks()), self.checks())


class StoppedTest(WellCase):
    """SIGSTOP for longer than any timeout: when it is over, the time is up of all that was asked before."""

    def stop_for(self, seconds: float):
        """Stops the server while checks are under way."""
        eventually(lambda: self.node.waiting >= 2, WITHIN, "two checks wait for their answers")
        watch = Stopwatch()
        self.node.awake.clear()
        self.server.process.send_signal(signal.SIGSTOP)
        try:
            eventually(lambda: watch.seconds() >= seconds, seconds + 5, "time passes", every=0.1)
        finally:
            self.server.process.send_signal(signal.SIGCONT)
            self.node.awake.set()

    def said(self) -> list[int]:
        """For how many seconds the server says that it stood still, each time."""
        return [int(seconds) for seconds in re.findall(STOOD_STILL, self.server.log())]

    def test_stopped_and_continued(self):
        self.stop_for(STOPPED)
        self.runs_go_on(2)
        self.nothing_has_happened()
        self.assertEqual(len(self.said()), 1, self.said())
        self.assertTrue(STOPPED - 3 <= self.said()[0] <= STOPPED + 10, self.said())  # less what the loop would have waited anyway

    def test_stopped_again_and_again(self):
        for times in (1, 2, 3):
            self.stop_for(3.5)  # while everything that was under way is asked anew
            eventually(lambda times=times: len(self.said()) == times, WITHIN, f"said {times} times")
        self.runs_go_on(2)
        self.nothing_has_happened()


def library() -> Path | None:
    """libfaketime for programs with threads."""
    return next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)


def faked() -> bool:
    """Whether a program can be given another time here at all."""
    if library() is None:
        return False
    done = subprocess.run(["date", "+%s"], env={**os.environ, "LD_PRELOAD": str(library()), "FAKETIME": "+1d"},
                          capture_output=True, text=True, check=False)
    return done.returncode == 0 and int(done.stdout) - datetime.now(timezone.utc).timestamp() > 80_000


@unittest.skipUnless(faked(), "needs libfaketime (Debian: faketime) to set a clock that nobody else has")
class ClockTest(WellCase):
    """The wall clock is set while the server runs; the monotonic one goes on, as a kernel's does."""

    def wrapper(self) -> tuple:
        self.offset = self.bed.folder / "offset"  # a file that is read at each look at the clock
        self.set_clock("+0")
        return ("env", f"LD_PRELOAD={library()}", f"FAKETIME_TIMESTAMP_FILE={self.offset}", "FAKETIME_NO_CACHE=1",
                "DONT_FAKE_MONOTONIC=1", "FAKETIME_DONT_FAKE_MONOTONIC=1")

    def set_clock(self, offset: str):
        fresh = self.offset.with_suffix(".new")
        fresh.write_text(offset + "\n")
        fresh.rename(self.offset)

    def clock_is(self, offset: timedelta):
        """The server believes that it is that much later than it is."""

        def as_set() -> bool:
            now = datetime.now(timezone.utc)
            ahead = [datetime.fromisoformat(check["last"].replace("Z", "+00:00")) - now for check in self.checks()]
            return all(abs(each - offset) < timedelta(minutes=5) for each in ahead)

        eventually(as_set, WITHIN, f"the server's clock is {offset} ahead", every=0.1)

    def test_set_a_day_forward_two_back_and_right_again(self):
        day = timedelta(days=1)
        self.clock_is(timedelta())
        for text, offset in (("+86400", day), ("-86400", -day), ("+0", timedelta())):
            with self.subTest(text):
                self.set_clock(text)
                self.clock_is(offset)
                self.runs_go_on(2)
                self.nothing_has_happened()
        self.assertNotRegex(self.server.log(), STOOD_STILL)
