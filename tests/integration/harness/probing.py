# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Tests of single checks: nodes are added to a server that runs, and their verdicts awaited."""
import socket

from harness.poll import eventually
from harness.testbed import SharedCase

FAST = {"interval_ms": 400, "timeout_ms": 300, "retry_ms": 50, "fall": 1, "rise": 1}
PATIENCE = 10.0  # seconds for a verdict that takes half of one


def ipv6_here() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as sock:
            sock.bind(("::1", 0))
        return True
    except OSError:
        return False


class ProbingCase(SharedCase):
    """One server; every test adds the node that it is about."""

    @classmethod
    def prepare(cls, bed):
        cls.store = bed.store()
        cls.store.add_zone("alpha.example", "www A 192.0.2.1")
        cls.server = bed.serve(cls.store)

    def check(self, url: str, **columns) -> str:
        """Adds a node named after the test, with one check; returns its name."""
        name = self._testMethodName.replace("_", "-")
        while self.store.read(f"SELECT 1 FROM nodes WHERE name = '{name}'"):
            name += "x"
        self.store.add_node(name, url=url, **{**FAST, **columns})
        return name

    def verdict(self, name: str, expected: str, outcome: str = "") -> dict:
        """Waits for the check's verdict; returns the check's status, whose outcome has this text in it."""

        def decided():
            checks = self.server.node(name).get("checks", [])
            return checks[0] if checks and checks[0]["verdict"] == expected and outcome in checks[0]["outcome"] else None

        try:
            return eventually(decided, PATIENCE, f"{name} is {expected}, {outcome!r}")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.server.node(name)}") from None

    def up(self, url: str, outcome: str = "", **columns):
        return self.verdict(self.check(url, **columns), "up", outcome)

    def down(self, url: str, outcome: str = "", **columns):
        return self.verdict(self.check(url, **columns), "down", outcome)
