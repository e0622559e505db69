# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""A real pdns_server with a folder, ports and a control socket of its own. Its caches are as PowerDNS has them."""
import json
import urllib.error
import urllib.request
from pathlib import Path

from harness.command import run
from harness.nameserver import LOOPBACK, NameServer, free_port
from harness.paths import MODULE, stock_module
from harness.pdnsutil import as_installed

API_KEY = "test-key"


class PowerDNS(NameServer):
    """One server. `launch` may name stock backends (gsqlite3) too; settings are written as in pdns.conf."""

    program = "pdns_server"

    def __init__(self, folder: Path, launch: str = "failover", api: bool = False, wrapper: tuple = (),
                 address: str = LOOPBACK, port: int | None = None, **settings):
        super().__init__(folder, address, port)
        self.launch, self.api, self.wrapper = launch, api, wrapper
        self.settings = {key.replace("_", "-"): value for key, value in settings.items()}
        self.api_port = 0

    def configure(self):
        """Writes pdns.conf with fresh ports; pdnsutil and pdns_control use it too."""
        super().configure()
        self.api_port = free_port()
        while self.api_port == self.port:  # not yet in use
            self.api_port = free_port()
        lines = {
            "launch": self.launch, "load-modules": self._modules(),
            "local-address": self.address, "local-port": self.port, "socket-dir": self.folder,
            "daemon": "no", "guardian": "no", "disable-syslog": "yes", "loglevel": 6,
            "security-poll-suffix": "",  # asks the Internet otherwise
        }
        if self.api:
            lines |= {"api": "yes", "api-key": API_KEY, "webserver": "yes", "webserver-address": "127.0.0.1",
                      "webserver-port": self.api_port}
        text = "".join(f"{key}={value}\n" for key, value in (lines | self.settings).items())
        (self.folder / "pdns.conf").write_text(text)

    def _modules(self) -> str:
        kinds = dict.fromkeys(name.partition(":")[0] for name in self.launch.split(","))
        return ",".join(str(MODULE if kind == "failover" else stock_module(kind)) for kind in kinds)

    def command(self) -> list[str]:
        return [*self.wrapper, "pdns_server", f"--config-dir={self.folder}"]

    # ---- tools ----

    def control(self, *words: str) -> str:
        return run("pdns_control", f"--config-dir={self.folder}", f"--socket-dir={self.folder}", *words)

    def util(self, *words: str, text: str = "") -> str:
        """`words`: as for 4.x (as_installed). `text`: what is typed."""
        return run("pdnsutil", f"--config-dir={self.folder}", *as_installed(words), text=text)

    def status(self, *words: str):
        return json.loads(self.control("failover-status", *words, "json"))

    def node(self, name: str) -> dict:
        """What failover-status says of one node; empty when it is not listed."""
        return next((node for node in self.status()["nodes"] if node["name"] == name), {})

    def statistic(self, name: str) -> int:
        return int(self.control("show", name))

    def call_api(self, method: str, path: str, body: dict | None = None):
        """Raises AssertionError with what the server said."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.api_port}/api/v1/servers/localhost{path}",
                                         method=method, headers={"X-API-Key": API_KEY},
                                         data=json.dumps(body).encode() if body is not None else None)
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                text = response.read()
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from None
        return json.loads(text) if text else None
