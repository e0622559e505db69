# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""What every name server of these tests has in common: a folder, an address, a port, a log, a life and answers."""
import os
import signal
import socket
import subprocess
from pathlib import Path

import dns.exception

from harness.poll import eventually
from harness.questions import Resolver

LOOPBACK = "127.0.0.1"
PORT_TAKEN = ("Address already in use", "Unable to bind", "binding to", "address in use")
CRASHES = (signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGSEGV)


class StartFailed(AssertionError):
    """The server ended instead of serving; the message is its log."""


def free_port(address: str = LOOPBACK) -> int:
    """A port of a loopback address that was free for UDP and TCP a moment ago."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp, \
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            tcp.bind((address, 0))
            try:
                udp.bind(tcp.getsockname())
            except OSError:
                continue
            return tcp.getsockname()[1]


class NameServer:
    """One server in the foreground. Subclasses say what it is called, how it is configured and what it is started by."""

    program = ""

    def __init__(self, folder: Path, address: str = LOOPBACK, port: int | None = None):
        """`port`: where it must be one; else a free one at each start."""
        self.folder, self.address, self._fixed_port = Path(folder), address, port
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log_path = self.folder / "log"
        self.process = None
        self.port = 0
        self._resolver = None

    def configure(self):
        """Writes the configuration, with fresh ports. Subclasses begin with this one."""
        self.close_resolver()
        self.port = self._fixed_port or free_port(self.address)

    def command(self) -> list[str]:
        raise NotImplementedError

    # ---- life ----

    def start(self, within: float = 20.0, ready=None):
        """Returns itself when it is ready(), by default when it answers. Raises StartFailed when it ends instead."""
        ready = ready or self.answers
        for attempt in range(5):
            self.configure()
            self._spawn()
            eventually(lambda: self.process.poll() is not None or ready(), within, f"{self.program} answers")
            if self.process.poll() is None:
                return self
            log = self.log()
            if attempt == 4 or not any(text in log for text in PORT_TAKEN):
                break
        raise StartFailed(f"{self.program} ended with status {self.process.returncode}\n{self.log()}")

    def _spawn(self):
        path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"  # servers are no ordinary user's commands
        with open(self.log_path, "ab") as log:
            # pylint: disable-next=consider-using-with
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env={**os.environ, "PATH": path})

    def stop(self, within: float = 10.0) -> int | None:
        """SIGTERM, and SIGKILL after the deadline; the exit status. Raises AssertionError where it had crashed or does so now."""
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
                raise AssertionError(f"{self.program} did not end within {within} s of SIGTERM") from None
        status = self.process.returncode
        if -status in CRASHES:
            raise AssertionError(f"{self.program} crashed: {signal.Signals(-status).name}")
        return status

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

    def resolver(self, timeout: float = 3.0, source: str | None = None) -> Resolver:
        return Resolver(self.address, self.port, timeout, source)

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
