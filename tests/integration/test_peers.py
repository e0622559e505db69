# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""A second opinion: three servers with a store each vote through their PowerDNS HTTP APIs; a node is down where two agree."""
import signal
import unittest

from harness.command import CommandFailed
from harness.namespaces import Namespace, may_unshare
from harness.poll import Stopwatch, eventually
from harness.server import API_KEY
from harness.testbed import EAST_V4, WEST_V4, Case

WITHIN = 20.0
SERVERS = ("ns1", "ns2", "ns3")
WWW = "www.alpha.example."
CADENCE = {"interval_ms": 400, "timeout_ms": 300, "retry_ms": 100, "fall": 2, "rise": 1}
ASKED = {"interval_ms": 700, "timeout_ms": 600}  # stale after 2.7 s: a busy machine may be slow
MANY_VERDICTS = 3.0  # seconds in which a node could have gone down several times
WRONG = "wrong-key-of-a-peer"


class PeersCase(Case):
    """Three servers that check the same two nodes; `servers` and `stores` by name."""

    def setUp(self):
        super().setUp()
        self.servers, self.stores = {}, {}
        self.make_nodes()
        for name in SERVERS:
            store = self.stores[name] = self.bed.store(f"{name}.sqlite3")
            store.add_zone("alpha.example", f"www A {EAST_V4}\nwww A {WEST_V4}")
            for node, target in (("east", EAST_V4), ("west", WEST_V4)):
                store.add_node(node, target, url=self.nodes[node].url(), **CADENCE)
            self.servers[name] = self.serve(name, store)
        for name in SERVERS:
            for peer in SERVERS:
                if peer != name:
                    self.stores[name].insert("peers", name=peer, url=self.api_of(peer), api_key=API_KEY, **ASKED)
        for name in SERVERS:
            self.becomes(name, "east", "up")
            self.becomes(name, "west", "up")
            self.hears(name, *(peer for peer in SERVERS if peer != name))

    def make_nodes(self):
        self.nodes = {"east": self.bed.node(), "west": self.bed.node()}

    def serve(self, name: str, store):
        return self.bed.serve(store, name=name, api=True, **self.settings())

    def settings(self) -> dict:
        return {"failover_quorum": 2, "failover_hold_down": 0, "failover_freeze_share": 0}

    def api_of(self, name: str) -> str:
        return f"http://127.0.0.1:{self.servers[name].api_port}"

    # ---- what is seen ----

    def node(self, server: str, node: str) -> dict:
        return self.servers[server].node(node)

    def becomes(self, server: str, node: str, state: str):
        eventually(lambda: self.node(server, node).get("state") == state, WITHIN, f"{node} is {state} at {server}")

    def own(self, server: str, node: str, verdict: str):
        eventually(lambda: self.node(server, node)["own"] == verdict, WITHIN, f"{server} alone takes {node} for {verdict}")

    def views(self, server: str) -> dict:
        return {peer["name"]: peer["view"] for peer in self.servers[server].status()["peers"]}

    def peer(self, server: str, name: str) -> dict:
        return next(peer for peer in self.servers[server].status()["peers"] if peer["name"] == name)

    def hears(self, server: str, *names: str):
        """These peers, and no others."""
        def as_expected() -> bool:
            return {name for name, view in self.views(server).items() if view == "fresh"} == set(names)

        eventually(as_expected, WITHIN, f"{server} hears {names}")

    def stays(self, server: str, node: str, state: str, seconds: float = MANY_VERDICTS):
        watch = Stopwatch()
        while watch.seconds() < seconds:
            self.assertEqual(self.node(server, node)["state"], state, f"{node} at {server}")
            eventually(lambda: True, 1.0, every=0.2)

    def transitions(self, server: str) -> list:
        return self.stores[server].read("SELECT node, to_state FROM health_events WHERE from_state <> 'unknown'")

    def blind(self, server: str, node: str = "east"):
        """From now on this server sees the node at a port where nobody listens."""
        nobody = self.bed.node()
        nobody.refuse()
        self.stores[server].sql(f"UPDATE checks SET url = '{nobody.url()}' WHERE node = '{node}'")

    def keeps_secrets(self):
        for server in self.servers.values():
            for text in (server.log(), server.control("failover-status"), server.control("failover-status", "json"),
                         server.control("show", "*")):
                for secret in (API_KEY, WRONG):
                    self.assertNotIn(secret, text)


class AgreementTest(PeersCase):
    """Whoever is in the minority gives way."""

    def test_a_dead_node_leaves_everywhere(self):
        self.nodes["east"].refuse()
        for name, server in self.servers.items():
            self.becomes(name, "east", "down")
            self.eventually_data(server, WWW, "A", [WEST_V4], WITHIN)
        eventually(lambda: all(self.node(name, "east")["vote"]["down"] == 3 for name in SERVERS), WITHIN, "all three say so")
        self.assertEqual(self.node("ns1", "east")["vote"], {"views": 3, "down": 3, "needed": 2, "disagreeing": []})
        self.assertRegex(self.node("ns1", "east")["reason"], r"refused; 3 of 3 say down$")
        self.nodes["east"].recover()
        for name, server in self.servers.items():
            self.becomes(name, "east", "up")
            self.eventually_data(server, WWW, "A", [EAST_V4, WEST_V4], WITHIN)
        self.keeps_secrets()

    def test_alone_against_two(self):
        self.blind("ns1")
        self.own("ns1", "east", "down")
        for name in SERVERS:
            eventually(lambda name=name: self.node(name, "east")["vote"]["down"] == 1, WITHIN, f"{name} knows of it")
        self.assertEqual(self.node("ns1", "east")["vote"], {"views": 3, "down": 1, "needed": 2, "disagreeing": []})
        self.assertIn("east: 1 of 3 say down, this server disagrees", self.servers["ns1"].control("failover-status"))
        for name in ("ns2", "ns3"):
            node = self.node(name, "east")
            self.assertEqual((node["own"], node["vote"]["disagreeing"]), ("up", ["ns1"]))
            self.assertIn("east: 1 of 3 say down, ns1 disagrees", self.servers[name].control("failover-status"))
        self.stays("ns1", "east", "up")
        for name, server in self.servers.items():
            self.assertEqual(server.data(WWW, "A"), (EAST_V4, WEST_V4))
            self.assertEqual(self.transitions(name), [])
            self.assertEqual(server.statistic("failover-verdict-east"), 2 if name == "ns1" else 1, "peers are told one's own view")
        self.keeps_secrets()

    def test_two_against_one(self):
        self.blind("ns1")
        self.blind("ns2")
        for name in SERVERS:
            self.becomes(name, "east", "down")
        self.assertEqual(self.node("ns3", "east")["own"], "up")
        self.assertEqual(self.node("ns3", "east")["reason"], "2 of 3 say down, this server disagrees")
        self.eventually_data(self.servers["ns3"], WWW, "A", [WEST_V4], WITHIN)

    def test_what_is_published(self):
        items = self.servers["ns1"].call_api("GET", "/statistics")
        values = {item["name"]: item["value"] for item in items if item["type"] == "StatisticItem"}
        self.assertEqual({name: values[f"failover-{name}"] for name in ("verdict-east", "verdict-west", "frozen")},
                         {"verdict-east": "1", "verdict-west": "1", "frozen": "0"})
        self.assertLess(int(values["failover-probe-overdue-ms"]), 1000)


class SilentPeersTest(PeersCase):
    """Who says nothing has no vote."""

    def test_a_wrong_key(self):
        self.stores["ns1"].sql(f"UPDATE peers SET api_key = '{WRONG}'")
        self.hears("ns1")
        for name in ("ns2", "ns3"):
            self.assertRegex(self.peer("ns1", name)["outcome"], "401")
            self.assertIn(f"peer {name} does not tell what it sees: ", self.servers["ns1"].log())
        self.blind("ns1")
        self.becomes("ns1", "east", "down")
        self.assertIsNone(self.node("ns1", "east")["vote"])
        self.assertNotIn("say down", self.node("ns1", "east")["reason"])
        self.stays("ns2", "east", "up", 1.0)
        self.keeps_secrets()
        self.stores["ns1"].sql(f"UPDATE peers SET api_key = '{API_KEY}'")
        self.becomes("ns1", "east", "up")
        self.keeps_secrets()

    def test_peers_that_are_gone(self):
        for name in ("ns2", "ns3"):
            self.servers[name].stop()
        self.hears("ns1")
        self.assertRegex(self.peer("ns1", "ns2")["outcome"], "refused")
        self.assertIn("none", self.servers["ns1"].control("failover-status"))
        self.nodes["east"].refuse()
        self.becomes("ns1", "east", "down")
        self.nodes["east"].recover()
        self.becomes("ns1", "east", "up")

    def test_one_is_stopped_and_goes_on(self):
        """Two views are left, and both must agree."""
        stopped = self.servers["ns3"].process
        stopped.send_signal(signal.SIGSTOP)
        try:
            self.hears("ns1", "ns2")
            self.assertRegex(self.peer("ns1", "ns3")["outcome"], "timeout")
            self.blind("ns1")
            self.own("ns1", "east", "down")
            eventually(lambda: self.node("ns1", "east")["vote"] == {"views": 2, "down": 1, "needed": 2, "disagreeing": []}, WITHIN)
            self.stays("ns1", "east", "up")
            self.nodes["east"].refuse()
            self.becomes("ns1", "east", "down")
            self.becomes("ns2", "east", "down")
        finally:
            stopped.send_signal(signal.SIGCONT)
        self.hears("ns1", "ns2", "ns3")
        self.becomes("ns3", "east", "down")

    def test_a_peer_that_is_deleted(self):
        self.blind("ns1")
        self.own("ns1", "east", "down")
        self.stays("ns1", "east", "up", 1.0)
        self.stores["ns1"].sql("DELETE FROM peers")
        self.becomes("ns1", "east", "down")


class QuorumOfOneTest(PeersCase):
    """failover-quorum=1: one who sees it down is enough."""

    def settings(self) -> dict:
        return super().settings() | {"failover_quorum": 1}

    def test_down_everywhere(self):
        self.blind("ns1")
        for name in SERVERS:
            self.becomes(name, "east", "down")
        self.assertEqual(self.node("ns2", "east")["reason"], "1 of 3 say down, this server and ns3 disagree")


@unittest.skipUnless(may_unshare(), "needs network namespaces of its own")
class CutOffTest(PeersCase):
    """Each server and the nodes stand behind one router; one server's cable is cut."""

    def make_nodes(self):
        self.router, there = Namespace(), Namespace()
        self.homes = {name: Namespace() for name in SERVERS}
        for made in (self.router, there, *self.homes.values()):
            self.addCleanup(made.close)
        self.router.forward()
        there.join(self.router, "10.9.9", "10.9.9.8", "10.9.9.9")
        with there.inside():
            self.nodes = {"east": self.bed.node("10.9.9.8"), "west": self.bed.node("10.9.9.9")}

    @staticmethod
    def address_of(name: str) -> str:
        return f"10.9.{name[-1]}.2"

    def serve(self, name: str, store):
        home, address = self.homes[name], self.address_of(name)
        home.join(self.router, address.rpartition(".")[0], address)
        server = self.bed.server(store, name=name, api=True, wrapper=home.wrapper, webserver_address=address,
                                 webserver_allow_from="10.9.0.0/16", **self.settings())

        def ready() -> bool:  # only its control socket can be reached from here
            try:
                return bool(server.status())
            except (CommandFailed, ValueError):
                return False

        return server.start(ready=ready)

    def api_of(self, name: str) -> str:
        return f"http://{self.address_of(name)}:{self.servers[name].api_port}"

    def test_one_is_cut_off(self):
        self.router.swallow(self.address_of("ns1"))
        self.hears("ns1")
        for node in self.nodes:
            self.becomes("ns1", node, "down")
            self.assertIsNone(self.node("ns1", node)["vote"], "alone, it decides alone")
        for name, other in (("ns2", "ns3"), ("ns3", "ns2")):
            self.hears(name, other)
            self.assertRegex(self.peer(name, "ns1")["outcome"], "timeout")
            self.stays(name, "east", "up", 1.0)
            self.assertEqual(self.transitions(name), [])
        self.nodes["east"].refuse()
        for name in ("ns2", "ns3"):
            self.becomes(name, "east", "down")
            eventually(lambda name=name: self.node(name, "east")["vote"]["down"] == 2, WITHIN, "both say so")
            self.assertEqual(self.node(name, "east")["vote"], {"views": 2, "down": 2, "needed": 2, "disagreeing": []})
            self.assertEqual(self.node(name, "west")["state"], "up")
        self.router.pass_on(self.address_of("ns1"))
        for name in SERVERS:
            self.hears(name, *(peer for peer in SERVERS if peer != name))
            self.becomes(name, "west", "up")
            self.becomes(name, "east", "down")
        eventually(lambda: self.node("ns1", "east")["vote"] == {"views": 3, "down": 3, "needed": 2, "disagreeing": []}, WITHIN)
        self.keeps_secrets()
