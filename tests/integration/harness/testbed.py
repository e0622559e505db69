# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""A folder with stores, servers and nodes in it, all gone when it is closed; and the test cases that stand on one."""
import contextlib
import shutil
import tempfile
import unittest
from pathlib import Path

from harness.certificates import Authority
from harness.nameserver import NameServer, StartFailed
from harness.nodeserver import NodeServer
from harness.poll import NotSeen, eventually
from harness.server import PowerDNS
from harness.store import Store

# The names and addresses of two nodes in two places. They are only ever in answers; checks go to loopback.
EAST_V4, EAST_V6, EAST_HOST = "192.0.2.1", "2001:db8::1", "east.alpha.example"
WEST_V4, WEST_V6, WEST_HOST = "192.0.2.2", "2001:db8::2", "west.alpha.example"
EAST, WEST = (EAST_V4, EAST_V6, EAST_HOST), (WEST_V4, WEST_V6, WEST_HOST)

HOSTS = f"""
east A {EAST_V4}
east AAAA {EAST_V6}
west A {WEST_V4}
west AAAA {WEST_V6}
"""


class Testbed:
    """Thread: one test."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="failover-test-"))
        self.servers: list[NameServer] = []
        self.nodes: list[NodeServer] = []
        self._authority = None

    def store(self, name: str = "store.sqlite3") -> Store:
        return Store(self.folder / name)

    def server(self, store: Store | None = None, name: str = "pdns", **settings) -> PowerDNS:
        """Not started yet. `settings` as in pdns.conf with _ for -, and those of PowerDNS()."""
        if store is not None:
            settings.setdefault("failover_database", store.path)
        return self.keep(PowerDNS(self.folder / name, **settings))

    def keep(self, server: NameServer) -> NameServer:
        """Its log is shown with a failure, and it is ended with the bed."""
        self.servers.append(server)
        return server

    def serve(self, store: Store | None = None, **settings) -> PowerDNS:
        return self.server(store, **settings).start()

    def node(self, address: str = "127.0.0.1", **options) -> NodeServer:
        node = NodeServer(address, **options)
        self.nodes.append(node)
        return node

    @property
    def authority(self) -> Authority:
        if self._authority is None:
            self._authority = Authority(self.folder / "authority")
        return self._authority

    def logs(self) -> str:
        return "\n".join(f"---- log of {server.folder.name} ----\n{server.log()}" for server in self.servers)

    def close(self):
        with contextlib.ExitStack() as ends:  # each of them, whatever the others raise
            ends.callback(shutil.rmtree, self.folder, ignore_errors=True)
            for end in [node.close for node in self.nodes] + [server.stop for server in self.servers]:
                ends.callback(end)


class Case(unittest.TestCase):
    """A test with a bed of its own."""

    maxDiff = 4000

    def setUp(self):
        self.bed = Testbed()
        self.addCleanup(self.close_bed)

    def close_bed(self):
        # The log is of use only with a failure, and by then the folder is gone.
        self.server_logs = self.bed.logs()
        self.bed.close()

    def eventually(self, condition, within: float, what: str = ""):
        return eventually(condition, within, what)

    def eventually_data(self, server: PowerDNS, name: str, rdtype: str, expected, within: float):
        """Asks on and on, so that PowerDNS's caches are warm, until exactly this is answered."""
        expected = tuple(sorted(expected))
        seen = set()

        def as_expected() -> bool:
            data = server.data(name, rdtype)
            seen.add(data)
            return data == expected

        try:
            eventually(as_expected, within, f"{name} {rdtype} is {expected}")
        except NotSeen as error:
            raise NotSeen(f"{error}; seen: {seen}") from None


class SharedCase(Case):
    """Tests that only ask: one bed for all of them, made by prepare()."""

    @classmethod
    def setUpClass(cls):
        cls.bed = Testbed()
        cls.addClassCleanup(cls.bed.close)
        try:
            cls.prepare(cls.bed)
        except StartFailed:
            raise  # has the log in it
        except Exception:
            print(cls.bed.logs(), flush=True)
            raise

    @classmethod
    def prepare(cls, bed: Testbed):
        raise NotImplementedError

    def setUp(self):
        self.addCleanup(self.keep_logs)

    def keep_logs(self):
        self.server_logs = self.bed.logs()
