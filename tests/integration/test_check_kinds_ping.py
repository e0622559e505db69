# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Pings, from a server in a network namespace: of itself, of a router, of nobody, and without the right to."""
import unittest

from harness.command import CommandFailed
from harness.namespaces import Namespace, may_unshare
from harness.poll import eventually
from harness.probing import FAST, PATIENCE
from harness.testbed import Case

NEEDS = "ping needs CAP_NET_RAW, or the server's group in net.ipv4.ping_group_range"
WITHOUT_RAW = ("setpriv", "--bounding-set=-net_raw")


@unittest.skipUnless(may_unshare(), "needs network namespaces")
class PingTest(Case):
    """One machine with a cable to a router."""

    def setUp(self):
        super().setUp()
        self.machine, self.router = Namespace(), Namespace()
        self.addCleanup(self.machine.close)
        self.addCleanup(self.router.close)
        self.machine.join(self.router, "10.1.1", "10.1.1.2")
        self.store = self.bed.store()
        self.store.add_zone("alpha.example", "www A 192.0.2.1")

    def allow_groups(self, groups: str):
        self.machine.run("sh", "-c", f"echo {groups} > /proc/sys/net/ipv4/ping_group_range")

    def serve(self, *words: str):
        server = self.bed.server(self.store, wrapper=(*self.machine.wrapper, *words), local_address_nonexist_fail="no")

        def ready() -> bool:
            try:
                return bool(server.status())
            except (CommandFailed, ValueError):
                return False

        return server.start(ready=ready)  # nobody can ask it, but its control socket is a file

    def outcome(self, server, name: str, verdict: str, text: str) -> dict:
        def seen():
            checks = server.node(name).get("checks", [])
            return checks[0] if checks and checks[0]["verdict"] == verdict and text in checks[0]["outcome"] else None

        try:
            return eventually(seen, PATIENCE, f"{name} is {verdict}, {text!r}")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{server.node(name)}") from None

    def try_echoes(self, *words: str):
        self.store.add_node("self4", url="icmp://127.0.0.1", **FAST)
        self.store.add_node("self6", url="icmpv6://[::1]", **FAST)
        self.store.add_node("router", url="icmp://router.example", address="10.1.1.1", source="10.1.1.2", **FAST)
        server = self.serve(*words)
        for name in ("self4", "self6", "router"):
            self.outcome(server, name, "up", "echo reply")

    def test_raw_sockets(self):
        self.allow_groups("1 0")
        self.try_echoes()

    def test_datagram_sockets(self):
        self.allow_groups("0 0")
        self.try_echoes(*WITHOUT_RAW)

    def test_neither(self):
        self.allow_groups("1 0")
        self.store.add_node("self4", url="icmp://127.0.0.1", **FAST)
        server = self.serve(*WITHOUT_RAW)
        self.assertTrue(self.outcome(server, "self4", "unknown", NEEDS)["local_problem"])

    def test_nobody_there(self):
        self.router.run("ip", "route", "add", "unreachable", "198.51.100.0/24")
        self.router.forward()
        self.router.swallow("203.0.113.0/24")
        self.store.add_node("unreachable", url="icmp://198.51.100.1", **FAST)
        self.store.add_node("silent", url="icmp://203.0.113.1", **FAST)
        self.store.add_node("noroute", url="icmpv6://[2001:db8::1]", **FAST)
        server = self.serve()
        self.outcome(server, "unreachable", "down", "no route to host")
        self.outcome(server, "silent", "down", "timeout after 300 ms")
        self.assertTrue(self.outcome(server, "noroute", "unknown", "this machine's own network")["local_problem"])

    def test_up_then_down_then_up(self):
        self.router.forward()
        self.router.run("ip", "address", "add", "203.0.113.1/32", "dev", "lo")
        self.store.add_node("far", url="icmp://203.0.113.1", **FAST)
        server = self.serve()
        self.outcome(server, "far", "up", "echo reply")
        self.router.run("ip", "address", "delete", "203.0.113.1/32", "dev", "lo")
        self.router.swallow("203.0.113.1")
        self.outcome(server, "far", "down", "timeout")
        self.router.pass_on("203.0.113.1")
        self.router.run("ip", "address", "add", "203.0.113.1/32", "dev", "lo")
        self.outcome(server, "far", "up", "echo reply")


if __name__ == "__main__":
    unittest.main()
