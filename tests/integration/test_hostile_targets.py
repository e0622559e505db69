# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Nodes that come to mean harm: each costs bounded time and memory, status says what it did, and the other checks come on time."""
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from harness import hostileserver
from harness.hostileserver import HostileServer
from harness.poll import Stopwatch, eventually
from harness.testbed import SharedCase

WITHIN = 30.0
MEASURED = 10.0  # seconds for which everything goes on once every hostile node is down
CADENCE = {"interval_ms": 1000, "timeout_ms": 600, "retry_ms": 200, "fall": 2, "rise": 1}
WELL = [f"well{number}" for number in range(5)]
MOST_GROWTH = 30 * 1024  # KiB
SECRETS = {"header": "hunter2-header", "password": "hunter2-password", "token": "hunter2-token"}
BASIC = "dXNlcjpodW50ZXIyLXBhc3N3b3Jk"  # RFC 7617: user and password as they go over the wire
TIMEOUT = r"timeout after 600 ms"


@dataclass
class Hostile:
    """A behaviour, and the reason that status has to give for it. `columns`: of its check."""

    name: str
    behaviour: object
    reason: str
    columns: dict = field(default_factory=dict)
    scheme: str = "http"


def hostiles(elsewhere: HostileServer) -> list[Hostile]:
    wanted = {"expect_body": "all is well"}
    ready = {"expect_json": "/ready=true"}
    million = b'{"list": [' + b"0," * 999_999 + b'0], "ready": true}'
    return [
        Hostile("endless-headers", hostileserver.endless_headers, r"more than 65536 bytes of headers"),
        Hostile("endless-interim", hostileserver.endless_interim, r"more than 65536 bytes of headers"),
        Hostile("huge-header", hostileserver.huge_header, r"a header line that is too long|more than 65536 bytes of headers"),
        Hostile("endless-body", hostileserver.endless_body, r"body lacks 'all is well' \(first 65536 bytes read\)", wanted),
        Hostile("endless-chunk", hostileserver.endless_chunk_extension, rf"chunk|{TIMEOUT}", wanted),
        Hostile("slow", hostileserver.slow, TIMEOUT),
        Hostile("garbage", hostileserver.garbage, r"HTTP/0\.9"),
        Hostile("garbage-tls", hostileserver.garbage, r"TLS: ", scheme="https"),
        Hostile("reset-in-headers", hostileserver.reset_in_headers, r"connection reset by peer"),
        Hostile("reset-in-body", hostileserver.reset_in_body, r"connection reset by peer", wanted),
        Hostile("gzip-bomb", hostileserver.body(hostileserver.bomb(2**28), b"Content-Encoding: gzip\r\n"),
                r"body lacks 'all is well' \(first 65536 bytes read\)", wanted),
        Hostile("redirect", hostileserver.redirect(f"http://{elsewhere.authority}/"), r"HTTP 302 \(expected 200\)",
                {"expect_status": "200"}),
        Hostile("million-entries", hostileserver.body(million), r"body is not JSON.*\(first 65536 bytes read\)", ready),
        Hostile("deep", hostileserver.body(b"[" * 60_000), r"body is not JSON.*stackLimit", ready),
        Hostile("silent", hostileserver.silent, TIMEOUT),
        Hostile("silent-tls", hostileserver.silent, TIMEOUT, scheme="https"),
        Hostile("closes", hostileserver.close_at_once, r"empty reply from server|connection reset by peer"),
        Hostile("echo", hostileserver.echo, r"/ready", ready),
        Hostile("echo-backwards", hostileserver.echo_backwards, r"/ready", ready),
        Hostile("echo-as-status", hostileserver.echo_as_status, r"unsupported HTTP version"),
    ]


class HostileTargetsTest(SharedCase):
    """All of them at once, beside nodes that are well. What is read here was gathered when they had gone on for a while."""

    @classmethod
    def prepare(cls, bed):
        cls.store = bed.store()
        cls.store.add_zone("alpha.example", "www A 192.0.2.1")
        for name in WELL:
            cls.store.add_node(name, url=bed.node().url(), **CADENCE)
        cls.server = bed.serve(cls.store)
        cls.elsewhere = HostileServer(hostileserver.silent)
        cls.addClassCleanup(cls.elsewhere.close)
        cls.hostiles = hostiles(cls.elsewhere)
        servers = [cls.add(hostile) for hostile in cls.hostiles]
        cls.reached("up", WELL + [hostile.name for hostile in cls.hostiles if hostile.scheme == "http"])
        cls.proc = Path("/proc") / str(cls.server.process.pid)
        before, descriptors = cls.memory("VmRSS"), len(os.listdir(cls.proc / "fd"))
        for hostile, server in zip(cls.hostiles, servers):
            server.behaviour = hostile.behaviour
        cls.reached("down", [hostile.name for hostile in cls.hostiles])
        cls.go_on()
        cls.growth = cls.memory("VmHWM") - before  # the most it ever was
        cls.descriptors = len(os.listdir(cls.proc / "fd")) - descriptors

    @classmethod
    def add(cls, hostile: Hostile) -> HostileServer:
        """Well at first, but where it would have to speak TLS."""
        server = HostileServer(hostileserver.well if hostile.scheme == "http" else hostile.behaviour)
        cls.addClassCleanup(server.close)
        url = f"{hostile.scheme}://user:{SECRETS['password']}@{server.authority}/?token={SECRETS['token']}"
        cls.store.add_node(hostile.name, url=url, headers=f"X-Api-Key: {SECRETS['header']}", **CADENCE, **hostile.columns)
        return server

    @classmethod
    def nodes(cls) -> dict:
        return {node["name"]: node for node in cls.server.status()["nodes"]}

    @classmethod
    def reached(cls, state: str, names: list[str]):
        def missing():
            nodes = cls.nodes()
            return {name: nodes.get(name) for name in names if nodes.get(name, {}).get("state") != state}

        eventually(lambda: not missing(), WITHIN, f"{state}: {', '.join(names)}", every=0.2)

    @classmethod
    def memory(cls, key: str) -> int:
        """KiB."""
        return int(re.search(rf"^{key}:\s*(\d+) kB", (cls.proc / "status").read_text(), re.M).group(1))

    @classmethod
    def go_on(cls):
        """Lets the time pass, and remembers what became of the checks in it."""
        cls.before, watch = cls.nodes(), Stopwatch()
        eventually(lambda: watch.seconds() >= MEASURED, WITHIN, "time passes", every=0.5)
        cls.after, cls.took = cls.nodes(), watch.seconds()

    def runs(self, name: str) -> int:
        return self.after[name]["checks"][0]["runs"] - self.before[name]["checks"][0]["runs"]

    def test_each_is_down_and_status_says_what_it_did(self):
        for hostile in self.hostiles:
            with self.subTest(hostile.name):
                node = self.after[hostile.name]
                print(f"      {hostile.name}: {node['checks'][0]['outcome']}", flush=True)
                self.assertEqual(node["state"], "down")
                decided = "after 2/2 failures" if hostile.scheme == "http" else "on the first check"
                self.assertRegex(node["reason"], rf"{decided} of .*({hostile.reason})")
                self.assertRegex(node["checks"][0]["outcome"], hostile.reason)

    def test_none_takes_longer_than_its_timeout(self):
        for hostile in self.hostiles:
            with self.subTest(hostile.name):
                self.assertLess(self.after[hostile.name]["checks"][0]["latency_ms"], 600 + 300)
                self.assertGreater(self.runs(hostile.name), 0)

    def test_the_others_stay_up_and_are_checked_on_time(self):
        least = int(self.took / 1.1) - 2  # the interval is stretched by at most a tenth; one at either end
        for name in WELL:
            with self.subTest(name):
                self.assertEqual((self.after[name]["state"], self.after[name]["since"]), ("up", self.before[name]["since"]))
                self.assertNotEqual(self.after[name]["checks"][0]["last"], self.before[name]["checks"][0]["last"])
                self.assertGreaterEqual(self.runs(name), least)
        self.assertNotRegex(self.server.log(), r"node well\d: up -> ")

    def test_memory_and_descriptors_are_bounded(self):
        print(f"      measured: memory grew by {self.growth / 1024:.1f} MiB (allowed: {MOST_GROWTH // 1024})", flush=True)
        self.assertLess(self.growth, MOST_GROWTH)
        self.assertLessEqual(self.descriptors, 2 * len(self.hostiles) + 10)  # two runs each under way at most

    def test_a_redirect_leads_nowhere(self):
        self.assertEqual(self.elsewhere.connections, 0)

    def test_secrets_are_shown_nowhere(self):
        columns = "SELECT * FROM "
        shown = {
            "log": self.server.log(), "status": self.server.control("failover-status"),
            "json": self.server.control("failover-status", "json"), "statistics": self.server.control("show", "*"),
            "one node": self.server.control("failover-status", "echo"),
            "node_state": str(self.store.read(columns + "node_state")),
            "health_events": str(self.store.read(columns + "health_events")),
        }
        self.assertIn("node echo: up -> down", shown["log"])
        for where, text in shown.items():
            for what, secret in (*SECRETS.items(), ("basic", BASIC)):
                with self.subTest(f"{what} in {where}"):
                    found = text.find(secret)
                    self.assertEqual(found, -1, text[max(found - 200, 0):found + 50])
