# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""A pdns_server with one backend, what the kernel says of it, and what it answers."""
import os
import random
import socket
import subprocess
import time
from pathlib import Path

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
TICKS = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """kind: failover or bind; source: the store or named.conf; lines: of pdns.conf."""

    def __init__(self, folder: Path, kind: str, source: Path, *lines: str):
        self.folder, self.kind, self.port, self.process = folder, kind, free_port(), None
        folder.mkdir()
        database = f"failover-database={source}" if kind == "failover" else f"bind-config={source}"
        module = MODULE if kind == "failover" else "libbindbackend.so"
        (folder / "pdns.conf").write_text(CONF.format(kind=kind, module=module, port=self.port, folder=folder, lines="\n".join((database, *lines))))
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect(("127.0.0.1", self.port))

    def load(self, name: str, address: str) -> dict:
        """Starts it. Seconds until `name` is answered with this address, CPU seconds, memory then and at the peak."""
        began = time.monotonic()
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen(["pdns_server", f"--config-dir={self.folder}"], stdout=log, stderr=log,
                                            stdin=subprocess.DEVNULL)
        wrong = self.wait_for(name, address, began + 1800)
        took = time.monotonic() - began
        stat = (self._proc / "stat").read_text().rpartition(")")[2].split()
        cpu = (int(stat[11]) + int(stat[12])) / TICKS
        time.sleep(1.5)  # what runs once after a load
        return {"seconds": took, "cpu_s": cpu, "rss_mb": self._memory("VmRSS:"), "peak_mb": self._memory("VmHWM:"),
                "wrong_before": wrong}

    def wait_for(self, name: str, address: str, until: float) -> int:
        """How many wrong answers came before."""
        wrong = 0
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise SystemExit(f"{self.kind}: pdns_server has ended; see {self.folder / 'log'}")
            answer = self.ask(name)
            if answer and socket.inet_aton(address) in answer:
                return wrong
            wrong += answer is not None
            time.sleep(0.001 if answer else 0.01)
        raise SystemExit(f"{self.kind}: {name} is not answered with {address}")

    def ask(self, name: str, patience: float = 1):
        """The answer to a question for an A record, or None."""
        mark = random.randbytes(2)
        labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
        self.socket.settimeout(patience)
        try:
            self.socket.send(mark + b"\0\0\0\1\0\0\0\0\0\0" + labels + b"\0\0\1\0\1")
            while True:
                answer = self.socket.recv(4096)
                if answer[:2] == mark:
                    return answer
        except OSError:
            return None

    def control(self, *words: str) -> str:
        result = subprocess.run(["pdns_control", f"--config-dir={self.folder}", f"--socket-dir={self.folder}", *words],
                                capture_output=True, text=True)
        return result.stdout + result.stderr

    @property
    def _proc(self) -> Path:
        return Path("/proc") / str(self.process.pid)

    def _memory(self, key: str) -> float:
        lines = (self._proc / "status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(key)) / 1024

    def cpu_s(self) -> float:
        """Of the threads that live."""
        return sum(int((task / "schedstat").read_text().split()[0]) for task in (self._proc / "task").iterdir()) / 1e9

    def end(self):
        self.socket.close()
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
