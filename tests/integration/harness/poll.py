# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Waiting for something to come true. The only place of these tests that lets time pass."""
import time


class NotSeen(AssertionError):
    """What was waited for did not come true in time."""


def eventually(condition, within: float, what: str = "", every: float = 0.02):
    """Calls condition() until it is true, and returns what it returned then.

    Raises NotSeen after `within` seconds, with what it returned last. `every`: seconds between two tries.
    """
    end = time.monotonic() + within
    while True:
        seen = condition()
        if seen:
            return seen
        if time.monotonic() >= end:
            raise NotSeen(f"not within {within} s: {what or getattr(condition, '__name__', 'condition')} (last: {seen!r})")
        time.sleep(every)


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self):
        self.started = time.monotonic()

    def seconds(self) -> float:
        return time.monotonic() - self.started


def report(what: str, seconds: float, allowed: float | None = None):
    """Prints a measured time for people; what is asserted is only ever a deadline."""
    bound = f" (allowed: {allowed:g} s)" if allowed is not None else ""
    print(f"      measured: {what}: {seconds:.2f} s{bound}", flush=True)
