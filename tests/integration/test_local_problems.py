# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""A fault on our own side is said aloud and decides nothing."""
import unittest

from harness.command import CommandFailed
from harness.namespaces import may_unshare
from harness.poll import eventually
from harness.probing import FAST, PATIENCE, ProbingCase
from harness.testbed import Case


def local_problem(server, name: str) -> dict:
    """Waits until the node's check reports one; returns the check."""

    def reported():
        checks = server.node(name).get("checks", [])
        return checks[0] if checks and checks[0]["local_problem"] else None

    return eventually(reported, PATIENCE, f"a local problem of {name}")


class LocalProblemTest(ProbingCase):
    """Faults of one check."""

    def test_a_source_address_that_is_not_ours(self):
        node = self.bed.node()
        name = self.check(node.url())
        self.verdict(name, "up")
        self.store.sql(f"UPDATE checks SET source = '203.0.113.200' WHERE node = '{name}'")
        check = local_problem(self.server, name)
        self.assertEqual((check["verdict"], self.server.node(name)["state"]), ("up", "up"))
        self.assertRegex(check["outcome"], "(?i)cannot assign|failed binding")
        self.assertEqual(self.said(check), 1)
        before = check["last"]
        eventually(lambda: local_problem(self.server, name)["last"] != before, PATIENCE, "it went on probing")
        self.assertEqual(self.said(check), 1, "said again without a change")
        self.store.sql(f"UPDATE checks SET source = NULL WHERE node = '{name}'")
        eventually(lambda: not self.server.node(name)["checks"][0]["local_problem"], PATIENCE, "the problem is over")

    def said(self, check: dict) -> int:
        """How many lines of the log have this outcome."""
        return self.server.log().count(check["outcome"])

    def test_an_authority_file_that_is_not_there(self):
        node = self.bed.node()
        name = self.check(f"https://{node.authority}/", ca_file="/nonexistent/ca.pem")
        self.assertEqual(local_problem(self.server, name)["verdict"], "unknown")
        self.assertEqual(self.server.node(name)["state"], "unknown")


@unittest.skipUnless(may_unshare(), "needs a network namespace of its own")
class NoRouteTest(Case):
    """A server whose only network is an unplugged one."""

    def test_no_route(self):
        store = self.bed.store()
        store.add_zone("alpha.example", "www A 192.0.2.1")
        for name, url in (("four", "http://198.51.100.1/"), ("six", "http://[2001:db8::1]/"), ("tcp", "tcp://198.51.100.1:25")):
            store.add_node(name, url=url, **FAST)
        server = self.bed.server(store, wrapper=("unshare", "--net"), local_address_nonexist_fail="no")

        def ready() -> bool:
            try:
                return bool(server.status())
            except (CommandFailed, ValueError):
                return False

        server.start(ready=ready)  # nobody can ask it, but its control socket is a file
        for name in ("four", "six", "tcp"):
            check = local_problem(server, name)
            self.assertEqual((check["verdict"], server.node(name)["state"]), ("unknown", "unknown"))
            self.assertRegex(check["outcome"], "(?i)unreachable|cannot assign")
