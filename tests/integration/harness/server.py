# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""A real pdns_server with a folder, ports and a control socket of its own. Its caches are as PowerDNS has them."""
import json
import os
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import dns.exception

from harness.command import run
from harness.paths import MODULE, stock_module
from harness.poll import eventually
from harness.questions import Resolver

API_KEY = "test-key"
PORT_TAKEN = ("Address already in use", "Unable to bind", "binding to")


class StartFailed(AssertionError):
    """The server ended instead of serving; the message is its log."""


def free_port() -> int:
    """A port of 127.0.0.1 that was free for UDP and TCP a moment ago."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp, \
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            try:
                udp.bind(tcp.getsockname())
            except OSError:
                continue
            return tcp.getsockname()[1]


class PowerDNS:
    """One server. `launch` may name stock backends (gsqlite3) too; settings are written as in pdns.conf."""

    def __init__(self, folder: Path, launch: str = "failover", api: bool = False, wrapper: tuple = (), **settings):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.launch, self.api, self.wrapper = launch, api, wrapper
        self.settings = {key.replace("_", "-"): value for key, value in settings.items()}
        self.log_path = self.folder / "log"
        self.process = None
        self.port = self.api_port = 0
        self._resolver = None

    # ---- life ----

    def start(self, within: float = 20.0, ready=None) -> "PowerDNS":
        """Returns when it is ready(), by default when it answers. Raises StartFailed when it ends instead."""
        ready = ready or self.answers
        for attempt in range(5):
            self.configure()
            self._spawn()
            eventually(lambda: self.process.poll() is not None or ready(), within, "pdns_server answers")
            if self.process.poll() is None:
                return self
            log = self.log()
            if attempt == 4 or not any(text in log for text in PORT_TAKEN):
                break
        raise StartFailed(f"pdns_server ended with status {self.process.returncode}\n{self.log()}")

    def configure(self):
        """Writes pdns.conf with fresh ports; pdnsutil and pdns_control use it too."""
        self.port, self.api_port = free_port(), free_port()
        self.close_resolver()
        lines = {
            "launch": self.launch, "load-modules": self._modules(),
            "local-address": "127.0.0.1", "local-port": self.port, "socket-dir": self.folder,
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

    def _spawn(self):
        path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
        with open(self.log_path, "ab") as log:
            # pylint: disable-next=consider-using-with
            self.process = subprocess.Popen([*self.wrapper, "pdns_server", f"--config-dir={self.folder}"],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env={**os.environ, "PATH": path})

    def stop(self, within: float = 10.0) -> int | None:
        """SIGTERM, and SIGKILL after the deadline; the exit status."""
        self.close_resolver()
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(within)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError(f"pdns_server did not end within {within} s of SIGTERM") from None
        return self.process.returncode

    def restart(self):
        self.stop()
        self.start()

    def log(self) -> str:
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    # ---- questions ----

    def answers(self) -> bool:
        resolver = self.resolver(timeout=0.3)
        try:
            resolver.ask("ready.invalid", "SOA")
            return True
        except (OSError, dns.exception.DNSException):
            return False
        finally:
            resolver.close()

    def resolver(self, timeout: float = 3.0) -> Resolver:
        return Resolver("127.0.0.1", self.port, timeout)

    def close_resolver(self):
        if self._resolver is not None:
            self._resolver.close()
            self._resolver = None

    def ask(self, name, rdtype: str, **options):
        """Thread: the test's own; others make a resolver()."""
        if self._resolver is None:
            self._resolver = self.resolver()
        return self._resolver.ask(name, rdtype, **options)

    def data(self, name, rdtype: str, **options) -> tuple:
        return self.ask(name, rdtype, **options).data(rdtype)

    # ---- tools ----

    def control(self, *words: str) -> str:
        return run("pdns_control", f"--config-dir={self.folder}", f"--socket-dir={self.folder}", *words)

    def util(self, *words: str, text: str = "") -> str:
        """`text`: what is typed."""
        return run("pdnsutil", f"--config-dir={self.folder}", *words, text=text)

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
