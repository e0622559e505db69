# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""\"Is it me?\": a server whose own cable is cut believes none of its failures; one whose nodes are cut off does.

The server, the nodes and the references each stand behind one router, which drops packets without a word.
"""
import unittest

from harness.command import CommandFailed
from harness.namespaces import Namespace, may_unshare
from harness.poll import Stopwatch, eventually
from harness.testbed import Case

WITHIN = 20.0
SERVER, NODES, REFERENCES = "10.9.1", "10.9.2", "10.9.3"  # /24 networks of the namespaces alone
ALL_NODES = f"{NODES}.8/29"
CADENCE = {"interval_ms": 500, "timeout_ms": 400, "retry_ms": 100, "fall": 3, "rise": 1}
MANY_VERDICTS = 6.0  # seconds in which each node would have gone down several times
FROZEN = "verdicts are frozen"
THAWED = "verdicts are no longer frozen"


class CutOffCase(Case):
    """Four nodes and, except where `references` is 0, two references; everything is well when a test begins."""

    references = 2

    def setUp(self):
        super().setUp()
        self.router, here, there, beyond = (self.namespace() for _ in range(4))
        self.router.forward()
        addresses = [f"{NODES}.{8 + number}" for number in range(4)]
        outside = [f"{REFERENCES}.{8 + number}" for number in range(2)]
        here.join(self.router, SERVER, f"{SERVER}.2")
        there.join(self.router, NODES, *addresses)
        beyond.join(self.router, REFERENCES, *outside)
        self.store = self.bed.store()
        self.store.add_zone("alpha.example", "www A 192.0.2.1")
        with there.inside():
            self.nodes = [self.bed.node(address) for address in addresses]
        for number, node in enumerate(self.nodes):
            self.store.add_node(f"n{number}", url=node.url(), **CADENCE)
        with beyond.inside():
            servers = [self.bed.node(address) for address in outside]
        for server in servers[:self.references]:
            self.store.insert('"references"', url=server.url(), **CADENCE)
        self.server = self.bed.server(self.store, wrapper=here.wrapper)
        self.server.start(ready=self.ready)  # only its control socket can be reached from here
        self.becomes("up")

    def namespace(self) -> Namespace:
        made = Namespace()
        self.addCleanup(made.close)
        return made

    def ready(self) -> bool:
        try:
            return bool(self.server.status())
        except (CommandFailed, ValueError):
            return False

    # ---- what is done ----

    def cut_the_server_off(self):
        self.router.swallow(f"{SERVER}.2")

    def reconnect_the_server(self):
        self.router.pass_on(f"{SERVER}.2")

    # ---- what is seen ----

    def states(self) -> dict:
        return {node["name"]: node["state"] for node in self.server.status()["nodes"]}

    def becomes(self, state: str, count: int = 4):
        """So many nodes are in this state, and the others up."""
        wanted = sorted([state] * count + ["up"] * (4 - count))
        eventually(lambda: sorted(self.states().values()) == wanted, WITHIN, f"{count} of 4 are {state}")

    def transitions(self) -> list:
        return self.store.read("SELECT node, from_state, to_state FROM health_events WHERE from_state <> 'unknown'")

    def frozen(self) -> bool:
        return self.server.statistic("failover-frozen") != 0

    def stays_up(self, seconds: float):
        watch = Stopwatch()
        while watch.seconds() < seconds:
            self.assertEqual(set(self.states().values()), {"up"})
            eventually(lambda: True, 1.0, every=0.2)
        self.assertEqual(self.transitions(), [])
        self.assertNotIn("-> down", self.server.log())

    def fail_meanwhile(self):
        """The nodes' checks fail, each of them soon, and the verdicts stay."""

        def fails(check: dict) -> bool:
            self.assertEqual(check["verdict"], "up")
            return not check["passed"]

        eventually(lambda: all(fails(node["checks"][0]) for node in self.server.status()["nodes"]), WITHIN, "every check fails")
        self.assertRegex(self.server.status()["frozen"]["reason"], "nodes fail together, and no reference answers")


@unittest.skipUnless(may_unshare(), "needs network namespaces of its own")
class WithReferencesTest(CutOffCase):
    """The references tell whose fault it is."""

    def test_the_server_is_cut_off(self):
        self.cut_the_server_off()
        eventually(self.frozen, WITHIN, "frozen")
        self.fail_meanwhile()
        self.assertRegex(self.server.log(), rf"{FROZEN}: .*\d of 4 nodes fail together, and no reference answers")
        self.assertIn("FROZEN", self.server.control("failover-status"))
        self.stays_up(MANY_VERDICTS)
        self.assertTrue(self.frozen())
        self.fail_meanwhile()
        self.assertEqual(self.server.log().count(FROZEN), 1)
        self.reconnect_the_server()
        eventually(lambda: not self.frozen(), WITHIN, "thawed")
        self.assertEqual(self.server.log().count(THAWED), 1)
        eventually(lambda: all(node["checks"][0]["passed"] for node in self.server.status()["nodes"]), WITHIN, "well again")
        self.stays_up(2.0)
        self.assertNotIn("FROZEN", self.server.control("failover-status"))

    def test_cut_off_again_and_again(self):
        for turn in (1, 2, 3):
            self.cut_the_server_off()
            eventually(self.frozen, WITHIN, "frozen")
            self.assertEqual(self.server.log().count(FROZEN), turn)
            self.reconnect_the_server()
            eventually(lambda: not self.frozen(), WITHIN, "thawed")
        self.stays_up(2.0)

    def test_a_node_that_died_meanwhile_goes_down_once_that_can_be_told(self):
        self.cut_the_server_off()
        eventually(self.frozen, WITHIN, "frozen")
        self.nodes[2].refuse()
        self.stays_up(2.0)
        self.reconnect_the_server()
        self.becomes("down", 1)
        self.assertEqual(self.states()["n2"], "down")
        self.assertEqual(self.transitions(), [["n2", "up", "down"]])

    def test_only_the_nodes_are_cut_off(self):
        self.router.swallow(ALL_NODES)
        self.becomes("down")
        self.assertFalse(self.frozen())
        self.assertNotIn(FROZEN, self.server.log())
        self.router.pass_on(ALL_NODES)
        self.becomes("up")

    def test_one_node_of_four(self):
        self.router.swallow(f"{NODES}.9")
        self.becomes("down", 1)
        self.assertEqual(self.states()["n1"], "down")
        self.assertFalse(self.frozen())

    def test_one_node_of_four_while_the_references_are_gone(self):
        """A node that fails alone is a node that fails, whatever the references say."""
        self.router.swallow(f"{REFERENCES}.8/29")
        self.nodes[3].refuse()
        self.becomes("down", 1)
        self.assertEqual(self.states()["n3"], "down")
        self.assertFalse(self.frozen())

    def test_one_reference_of_two_is_enough(self):
        self.router.swallow(f"{REFERENCES}.8")
        self.router.swallow(ALL_NODES)
        self.becomes("down")
        self.assertNotIn(FROZEN, self.server.log())


@unittest.skipUnless(may_unshare(), "needs network namespaces of its own")
class WithoutReferencesTest(CutOffCase):
    """Nothing can tell: that so many fail together is said, and believed."""

    references = 0

    def test_the_server_is_cut_off(self):
        self.cut_the_server_off()
        self.becomes("down")
        self.assertFalse(self.frozen())
        self.assertRegex(self.server.log(), r"\d of 4 nodes fail together, and there is no reference")
        self.reconnect_the_server()
        self.becomes("up")
