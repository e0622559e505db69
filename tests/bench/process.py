# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""One server under test: a process on a core of its own, and what the kernel knows of it."""
import os
import socket
import subprocess
import time
from pathlib import Path

PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"  # servers are no ordinary user's commands


class Failed(Exception):
    """The benchmark cannot go on; the message says why."""


def free_port() -> int:
    """Of 127.0.0.1, free for UDP and TCP a moment ago."""
    while True:
        with socket.socket() as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            try:
                udp.bind(tcp.getsockname())
            except OSError:
                continue
            return tcp.getsockname()[1]


class Cores:
    """Who runs where, as lists for taskset. `pin`: the server has a core for itself, client and nodes have another."""

    def __init__(self, pin: bool):
        cores = sorted(os.sched_getaffinity(0))
        self.all, self.count = ",".join(map(str, cores)), len(cores)
        self.server = str(cores[-1]) if pin else self.all
        self.client = str(cores[0]) if pin else self.all
        if pin:
            if len(cores) < 2:
                raise Failed("there is one core only, and the server needs it for itself: --no-pin")
            os.sched_setaffinity(0, {cores[0]})


def pinned(cores: str) -> list:
    return ["taskset", "--cpu-list", cores]


class Process:
    """Runs from construction to end(). `cores`: those that it may use."""

    def __init__(self, command: list, log: Path, cores: str):
        self.log_path = log
        with open(log, "wb") as output:
            # pylint: disable-next=consider-using-with
            self._process = subprocess.Popen([*pinned(cores), *map(str, command)], stdin=subprocess.DEVNULL, stdout=output,
                                             stderr=output, env={**os.environ, "PATH": PATH})

    @property
    def pid(self) -> int:
        return self._process.pid

    def cpu_s(self) -> float:
        """What the whole process has used, of user and system.

        The process's CPU clock (clock_getcpuclockid(3)): in nanoseconds, with threads that have ended, of which LUA's checks
        make many. /proc/PID/task/*/schedstat forgets those, /proc/PID/schedstat is the first thread's alone, and
        /proc/PID/stat counts in hundredths of a second.
        """
        return time.clock_gettime((~self.pid << 3) | 2)

    def ended(self) -> bool:
        return self._process.poll() is not None

    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    def end(self):
        if self.ended():
            return
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
