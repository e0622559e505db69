# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""A pdns_server with one backend, what the kernel says of it, and what it answers."""
import subprocess
import time
from pathlib import Path

from message import Client, Reply
from process import Cores, Process, free_port

MODULE = Path(__file__).resolve().parents[3] / "build" / "backend" / "libfailoverbackend.so"
CONF = """launch={kind}
load-modules={module}
local-address=127.0.0.1
local-port={port}
socket-dir={folder}
daemon=no
guardian=no
disable-syslog=yes
loglevel=6
security-poll-suffix=
{lines}
"""


class Server:
    """kind: failover or bind; source: the store or named.conf; lines: of pdns.conf."""

    def __init__(self, folder: Path, kind: str, source: Path, *lines: str):
        self.folder, self.kind, self.port, self.process = folder, kind, free_port(), None
        folder.mkdir()
        database = f"failover-database={source}" if kind == "failover" else f"bind-config={source}"
        module = MODULE if kind == "failover" else "libbindbackend.so"
        (folder / "pdns.conf").write_text(CONF.format(kind=kind, module=module, port=self.port, folder=folder, lines="\n".join((database, *lines))))
        self.client = Client(self.port)

    def load(self, name: str, address: str) -> dict:
        """Starts it. Seconds until `name` is answered with this address, CPU seconds, memory then and at the peak."""
        began = time.monotonic()
        self.process = Process(["pdns_server", f"--config-dir={self.folder}"], self.folder / "log", Cores(pin=False).all)
        wrong = self.wait_for(name, address, began + 1800)
        took = time.monotonic() - began
        cpu = self.cpu_s()
        time.sleep(1.5)  # what runs once after a load
        return {"seconds": took, "cpu_s": cpu, "rss_mb": self._memory("VmRSS:"), "peak_mb": self._memory("VmHWM:"),
                "wrong_before": wrong}

    def wait_for(self, name: str, address: str, until: float) -> int:
        """How many wrong answers came before."""
        wrong = 0
        while time.monotonic() < until:
            if self.process.ended():
                raise SystemExit(f"{self.kind}: pdns_server has ended; see {self.folder / 'log'}")
            answer = self.ask(name)
            if answer and address in answer.addresses:
                return wrong
            wrong += answer is not None
            time.sleep(0.001 if answer else 0.01)
        raise SystemExit(f"{self.kind}: {name} is not answered with {address}")

    def ask(self, name: str) -> Reply | None:
        """For its addresses."""
        return self.client.ask(name)

    def control(self, *words: str) -> str:
        result = subprocess.run(["pdns_control", f"--config-dir={self.folder}", f"--socket-dir={self.folder}", *words],
                                capture_output=True, text=True)
        return result.stdout + result.stderr

    def _memory(self, key: str) -> float:
        lines = (Path("/proc") / str(self.process.pid) / "status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(key)) / 1024

    def cpu_s(self) -> float:
        return self.process.cpu_s()

    def end(self):
        self.client.close()
        if self.process:
            self.process.end()
