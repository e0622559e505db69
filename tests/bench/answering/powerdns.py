# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""pdns_server with each of the backends, alike in all but what is compared."""
import re
import subprocess
from pathlib import Path

from answering.contender import Contender
from process import PATH, Failed
from answering.zone import APEX, NODES, lua_zone, static_zone
from harness.command import run
from harness.paths import BUILD, stock_module
from harness.store import Store

NULL_MODULE = BUILD / "tests" / "libnullbackend.so"
# All else is PowerDNS's default. Alike for all, and nothing of it decides what an answer costs but the numbers of threads.
COMMON = {
    "receiver-threads": 1, "distributor-threads": 1,
    "local-address": "127.0.0.1", "daemon": "no", "guardian": "no", "disable-syslog": "yes", "loglevel": 3,
    "security-poll-suffix": "",  # asks the Internet otherwise
}
CACHES_OFF = {"cache-ttl": 0, "query-cache-ttl": 0, "negquery-cache-ttl": 0}
# Longer than a measurement; what is cached is kept for the records' TTL at most.
CACHES_ON = {"cache-ttl": 3600, "query-cache-ttl": 3600, "negquery-cache-ttl": 3600}


def make_modules(folder: Path) -> Path:
    """PowerDNS looks for all its backends in one folder."""
    folder.mkdir()
    (folder / NULL_MODULE.name).symlink_to(NULL_MODULE)
    module = BUILD / "backend" / "libfailoverbackend.so"
    (folder / module.name).symlink_to(module)
    for name in ("bind", "gsqlite3", "lmdb"):
        (folder / stock_module(name).name).symlink_to(stock_module(name))
    return folder


def version() -> str:
    said = subprocess.run(["pdns_server", "--version"], capture_output=True, text=True, check=False, env={"PATH": PATH})
    found = re.search(r"Server (\S+)", said.stdout + said.stderr)
    return found[1] if found else "unknown"


def knows(modules: Path, setting: str) -> bool:
    """Whether the failover backend has this setting."""
    return f"{setting}=" in run("pdns_server", f"--module-dir={modules}", "--launch=failover", "--config")


class PowerDNS(Contender):
    """Subclasses say what is launched and where its zone is."""

    launch = ""

    def __init__(self, name: str, modules: Path, settings: dict | None = None, **more):
        super().__init__(name, **more)
        self.modules, self.settings = modules, settings or {}

    def configure(self) -> list:
        lines = {**COMMON, "launch": self.launch, "module-dir": self.modules, "socket-dir": self.folder, "local-port": self.port,
                 **self.data_settings(), **self.settings}
        (self.folder / "pdns.conf").write_text("".join(f"{key}={value}\n" for key, value in lines.items()))
        return ["pdns_server", f"--config-dir={self.folder}"]

    def data_settings(self) -> dict:
        return {}

    def util(self, *words):
        self.configure()
        run("pdnsutil", f"--config-dir={self.folder}", *words, timeout=120)

    def load(self, text: str):
        path = self.folder / "zonefile"
        path.write_text(text)
        self.util("load-zone", APEX, path)

    def sign(self):
        if self.signed is None:
            return
        self.util("secure-zone", APEX)
        if self.signed == "NSEC3":
            self.util("set-nsec3", APEX, "1 0 0 -")
        self.util("rectify-zone", APEX)


class Null(PowerDNS):
    """Does nothing: what PowerDNS itself costs."""

    launch = "null"

    def make_data(self, node_port: int):
        pass

    def data_settings(self) -> dict:
        return {"null-records": self.answers}


class Sqlite(PowerDNS):
    """gsqlite3: each lookup is a question to SQLite."""

    launch = "gsqlite3"

    def make_data(self, node_port: int):
        self.store = Store(self.folder / "store")
        self.load(static_zone())
        self.sign()

    def data_settings(self) -> dict:
        return {f"{self.launch}-database": self.folder / "store", f"{self.launch}-dnssec": "yes" if self.signed else "no"}


class Failover(Sqlite):
    """The same store; its nodes are checked as the others' are."""

    launch = "failover"

    def make_data(self, node_port: int):
        super().make_data(node_port)
        for number, address in enumerate(NODES):
            self.store.add_node(f"n{number}", address, url=f"tcp://{address}:{node_port}")


class Lmdb(PowerDNS):
    launch = "lmdb"

    def make_data(self, node_port: int):
        self.load(static_zone())
        self.sign()

    def data_settings(self) -> dict:
        return {"lmdb-filename": self.folder / "pdns.lmdb"}


class Bind(PowerDNS):
    """Zone files; keys are in a database of their own."""

    launch = "bind"

    def make_data(self, node_port: int):
        zonefile = self.folder / "zonefile"
        zonefile.write_text(self.zone(node_port))
        (self.folder / "named.conf").write_text(f'zone "{APEX}" {{ type master; file "{zonefile}"; }};\n')
        if self.signed:
            self.util("create-bind-db", self.folder / "keys")
            self.sign()

    def zone(self, node_port: int) -> str:
        return static_zone()

    def sign(self):
        self.util("secure-zone", APEX)
        if self.signed == "NSEC3":
            self.util("set-nsec3", APEX, "1 0 0 -")

    def data_settings(self) -> dict:
        return {"bind-config": self.folder / "named.conf", **({"bind-dnssec-db": self.folder / "keys"} if self.signed else {})}


class Lua(Bind):
    """LUA records that check the nodes, on the backend where they cost least."""

    def zone(self, node_port: int) -> str:
        return lua_zone(node_port)


class LuaSqlite(Sqlite):
    def make_data(self, node_port: int):
        self.store = Store(self.folder / "store")
        self.load(lua_zone(node_port))
