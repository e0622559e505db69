# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Network namespaces without names, joined by veth pairs: machines with cables that can be cut. Linux, as root.

A namespace goes with the last descriptor, process and socket that is in it, so nothing stays behind, whatever becomes of a test.
"""
import contextlib
import ctypes
import os
import subprocess
from pathlib import Path

from harness.command import run

CLONE_NEWNET = 0x40000000  # linux/sched.h
OWN = "/proc/thread-self/ns/net"


def may_unshare() -> bool:
    return os.geteuid() == 0 and subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False).returncode == 0


def _succeed(status: int):
    if status != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


class Namespace:
    """One machine. Thread: the one that made it."""

    _libc = ctypes.CDLL(None, use_errno=True)
    _made = 0

    def __init__(self):
        with self._coming_back():
            _succeed(self._libc.unshare(CLONE_NEWNET))
            self._descriptor = os.open(OWN, os.O_RDONLY | os.O_CLOEXEC)
        self.path = Path("/proc") / str(os.getpid()) / "fd" / str(self._descriptor)
        self.run("ip", "link", "set", "lo", "up")

    def close(self):
        os.close(self._descriptor)

    @property
    def wrapper(self) -> tuple:
        """Words before a command that is to run in it."""
        return ("nsenter", f"--net={self.path}")

    def run(self, *command) -> str:
        return run(*self.wrapper, *command)

    def forward(self):
        """It is a router from now on."""
        self.run("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")

    def join(self, router: "Namespace", network: str, *addresses: str):
        """A cable to a router, which has .1 of `network` (three numbers); all else is behind the router."""
        Namespace._made += 1
        here, there = f"v{Namespace._made}", f"w{Namespace._made}"
        self.run("ip", "link", "add", here, "type", "veth", "peer", "name", there, "netns", router.path)
        router.run("ip", "address", "add", f"{network}.1/24", "dev", there)
        router.run("ip", "link", "set", there, "up")
        for address in addresses:
            self.run("ip", "address", "add", f"{address}/24", "dev", here)
        self.run("ip", "link", "set", here, "up")
        self.run("ip", "route", "add", "default", "via", f"{network}.1")

    def swallow(self, addresses: str):
        """A router drops what goes to these addresses (one, or a prefix), and tells nobody."""
        self.run("ip", "route", "add", "blackhole", addresses)

    def pass_on(self, addresses: str):
        self.run("ip", "route", "delete", "blackhole", addresses)

    @contextlib.contextmanager
    def inside(self):
        """Sockets that this thread makes meanwhile are in it, and stay there."""
        with self._coming_back():
            _succeed(self._libc.setns(self._descriptor, CLONE_NEWNET))
            yield

    @classmethod
    @contextlib.contextmanager
    def _coming_back(cls):
        own = os.open(OWN, os.O_RDONLY | os.O_CLOEXEC)
        try:
            yield
        finally:
            _succeed(cls._libc.setns(own, CLONE_NEWNET))
            os.close(own)
