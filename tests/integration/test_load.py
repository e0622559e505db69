# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""The module loads, says so, and refuses to start where it could not serve."""
import os
import re
import signal
import subprocess
from pathlib import Path

from harness.command import run
from harness.poll import eventually
from harness.nameserver import StartFailed
from harness.store import Store
from harness.testbed import EAST, EAST_V4, HOSTS, Case


def threads_of(pid: int) -> list[str]:
    names = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            names.append((task / "comm").read_text().strip())
        except OSError:
            pass  # this thread has just ended
    return names


class LoadTest(Case):
    """What is seen at start, and what a server is made of."""

    def serve_zone(self, **settings):
        store = self.bed.store()
        store.add_zone("alpha.example", HOSTS + f"www A {EAST_V4}")
        return self.bed.serve(store, **settings)

    def test_one_info_line_names_both_versions(self):
        server = self.serve_zone()
        version = re.search(r"^\s*version: '([^']+)'", Path(__file__).parents[2].joinpath("meson.build").read_text(), re.M)[1]
        pdns = re.search(r"PowerDNS Authoritative Server (\S+)", server.log())[1]
        lines = [line for line in server.log().splitlines() if "failover" in line and version in line and pdns in line]
        self.assertEqual(len(lines), 1, server.log())

    def test_serves_as_a_daemon(self):
        store = self.bed.store()
        store.add_zone("alpha.example", f"www A {EAST_V4}")
        node = self.bed.node()
        store.add_node("east", *EAST, url=node.url(), interval_ms=300, timeout_ms=200, retry_ms=50)
        server = self.bed.server(store, daemon="yes", write_pid="yes")
        server.configure()
        run("pdns_server", f"--config-dir={server.folder}")
        eventually(server.answers, 20, "the daemon answers")
        pid = int((server.folder / "pdns.pid").read_text())
        self.addCleanup(self.end_daemon, pid)
        self.assertEqual(server.data("www.alpha.example.", "A"), (EAST_V4,))
        eventually(lambda: node.requests, 10, "the daemon probes")
        eventually(lambda: server.node("east").get("state") == "up", 10, "the daemon knows the node")

    def end_daemon(self, pid: int):
        """No child of ours, so there is nothing to wait for but its end."""
        run("kill", f"-{signal.SIGTERM.value}", str(pid))
        eventually(lambda: not Path(f"/proc/{pid}").exists(), 10, "the daemon ends")

    def own_threads(self, server) -> list:
        return sorted(name for name in threads_of(server.process.pid) if name.startswith("pdns/fo-"))

    def test_has_one_thread_for_probes_and_one_for_the_store(self):
        self.assertEqual(self.own_threads(self.serve_zone()), ["pdns/fo-probe", "pdns/fo-store"])

    def test_has_one_more_where_answers_rotate(self):
        server = self.serve_zone(failover_rotate_ms=200)
        self.assertEqual(self.own_threads(server), ["pdns/fo-probe", "pdns/fo-rotate", "pdns/fo-store"])

    def test_ends_at_once_while_a_probe_hangs(self):
        store, node = self.bed.store(), self.bed.node()
        node.silent()
        store.add_zone("alpha.example", f"www A {EAST_V4}")
        store.add_node("east", *EAST, url=node.url(), interval_ms=60000, timeout_ms=59000)
        server = self.bed.serve(store)
        eventually(lambda: node.requests, 10, "the probe is under way")
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(5)

    def test_two_suffixes_side_by_side(self):
        stores = {name: self.bed.folder / f"{name}.sqlite3" for name in "ab"}
        for name, path in stores.items():
            store = Store(path)
            store.add_zone(f"{name}.example", f"www A {EAST_V4}")
            store.add_node(f"node-{name}", EAST_V4)
        server = self.bed.serve(launch="failover:a,failover:b", failover_a_database=stores["a"],
                                failover_b_database=stores["b"])
        self.assertEqual(server.data("www.a.example.", "A"), (EAST_V4,))
        self.assertEqual(server.data("www.b.example.", "A"), (EAST_V4,))
        status = server.status()
        self.assertEqual(sorted(part["suffix"] for part in status), ["a", "b"])
        for part in status:
            self.assertEqual([node["name"] for node in part["nodes"]], [f"node-{part['suffix']}"])
            self.assertEqual(part["store"]["database"], str(stores[part["suffix"]]))
        server.control("failover-drain", "a:node-a", "force", "work")
        states = {node["name"]: node["state"] for part in server.status() for node in part["nodes"]}
        self.assertEqual(states, {"node-a": "drained", "node-b": "up"})

    def test_keys_of_the_second_suffix_are_its_own(self):
        stores = {name: self.bed.folder / f"{name}.sqlite3" for name in "ab"}
        for name, path in stores.items():
            Store(path).add_zone(f"{name}.example", f"www A {EAST_V4}")
        server = self.bed.serve(launch="failover:a,failover:b", failover_a_database=stores["a"], failover_a_dnssec="yes",
                                failover_b_database=stores["b"], failover_b_dnssec="yes")
        self.assertIn("Zone b.example secured", server.util("secure-zone", "b.example"))
        server.util("set-meta", "b.example", "X-WHOSE", "b")
        self.assertEqual([len(Store(stores[name], create=False).read("SELECT id FROM cryptokeys")) for name in "ab"], [0, 1])
        self.assertIn("X-WHOSE", server.util("get-meta", "b.example"))
        self.eventually(lambda: server.ask("www.b.example.", "A", dnssec=True).data("RRSIG"), 5, "signed answers")


class PdnsutilTest(Case):
    """pdnsutil works on the store, and is no second prober."""

    def test_administers_and_probes_nothing(self):
        store, node = self.bed.store(), self.bed.node()
        store.add_zone("alpha.example", f"www A {EAST_V4}")
        store.add_node("east", *EAST, url=node.url())
        server = self.bed.server(store)
        server.configure()
        self.assertIn("alpha.example", server.util("list-all-zones"))
        server.util("create-zone", "beta.example", "ns1.beta.example")
        server.util("add-record", "beta.example", "www", "A", "198.51.100.1")
        self.assertIn("198.51.100.1", server.util("list-zone", "beta.example"))
        server.util("check-zone", "beta.example")
        self.assertEqual(node.connections, 0)

    def test_has_no_thread_of_ours_while_it_runs(self):
        store = self.bed.store()
        store.add_zone("alpha.example", f"www A {EAST_V4}")
        server = self.bed.server(store)
        server.configure()
        # pdnsutil waits for the editor, and the editor for a line of ours.
        editor, leave = self.bed.folder / "editor", self.bed.folder / "leave"
        editor.write_text(f"#!/bin/sh\n: >'{editor}.started'\nread -r line <'{leave}'\n")
        editor.chmod(0o755)
        os.mkfifo(leave)
        with open(leave, "r+b", buffering=0) as line, subprocess.Popen(
                ["pdnsutil", f"--config-dir={server.folder}", "edit-zone", "alpha.example"], stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                env={"EDITOR": str(editor), "PATH": "/usr/bin:/bin"}) as process:
            try:
                eventually(lambda: Path(f"{editor}.started").exists() or process.poll() is not None, 10, "the editor starts")
                self.assertIsNone(process.poll(), "pdnsutil edit-zone ended by itself")
                self.assertEqual([name for name in threads_of(process.pid) if "fo-" in name], [])
            finally:
                line.write(b"\n")


class RefusalTest(Case):
    """A start that cannot end well does not begin: the message names what, which value, and the rule."""

    def refused(self, *expected: str, store=None, **settings):
        server = self.bed.server(store, **settings)
        with self.assertRaises(StartFailed) as caught:
            server.start()
        for text in expected:
            self.assertIn(text, str(caught.exception))
        return str(caught.exception)

    def test_settings_out_of_bounds(self):
        store = self.bed.store()
        for key, low, high in (("poll-interval-ms", 50, 10000), ("rotate-ms", 0, 10000), ("state-max-age", 0, 604800),
                               ("history-events", 0, 1000000), ("max-probes", 0, 65536), ("freeze-share", 0, 100),
                               ("quorum", 1, 100), ("hold-down", 0, 86400), ("hold-down-max", 0, 86400)):
            for value in (low - 1, high + 1, "70s", ""):
                with self.subTest(key=key, value=value):
                    self.refused(f"failover-{key}", f"'{value}'", str(low), str(high), store=store,
                                 **{f"failover_{key.replace('-', '_')}": value})

    def test_settings_at_their_bounds_are_taken(self):
        for bounds in ((50, 0, 0, 0, 0, 0, 1, 0, 0), (10000, 10000, 604800, 1000000, 65536, 100, 100, 86400, 86400)):
            with self.subTest(bounds=bounds):
                keys = ("failover_poll_interval_ms", "failover_rotate_ms", "failover_state_max_age", "failover_history_events",
                        "failover_max_probes", "failover_freeze_share", "failover_quorum", "failover_hold_down", "failover_hold_down_max")
                store = Store(self.bed.folder / f"bounds-{bounds[0]}.sqlite3")
                self.bed.serve(store, name=f"pdns-{bounds[0]}", **dict(zip(keys, bounds))).stop()

    def test_pragmas_that_are_none(self):
        store = self.bed.store()
        self.refused("failover-pragma-journal-mode", "'sometimes'", store=store, failover_pragma_journal_mode="sometimes")
        self.refused("failover-pragma-synchronous", "'0; drop'", store=store, failover_pragma_synchronous="0; drop")

    def test_unknown_setting(self):
        self.refused("failover-frobnicate", store=self.bed.store(), failover_frobnicate="1")

    def test_missing_store(self):
        path = self.bed.folder / "nowhere.sqlite3"
        self.refused(str(path), failover_database=path)
        self.assertFalse(path.exists(), "a store came into being by itself")

    def test_store_of_garbage(self):
        path = self.bed.folder / "garbage.sqlite3"
        path.write_bytes(bytes(range(256)) * 64)
        self.refused(str(path), "not a database", failover_database=path)

    def test_database_without_our_tables(self):
        path = self.bed.folder / "stock.sqlite3"
        run("sqlite3", path, "CREATE TABLE domains (id INTEGER PRIMARY KEY, name TEXT)")
        log = self.refused(str(path), failover_database=path)
        self.assertRegex(log, r"schema|table")
