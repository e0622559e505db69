# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""What a query costs in system calls: those of PowerDNS's own reading and writing, and none of ours."""
import re
import shutil
import subprocess
import unittest
from collections import Counter
from pathlib import Path

from harness.poll import eventually
from harness.testbed import EAST_HOST, HOSTS, EAST, WEST, Case

QUERIES = 2000
# Opening, reading or locking files, asking for memory mappings, waiting: nothing that answers a query may do so.
FORBIDDEN = {"open", "openat", "pread64", "pwrite64", "fcntl", "stat", "newfstatat", "fstat", "statx", "access", "lseek",
             "unlink", "fsync", "fdatasync", "flock", "nanosleep", "connect", "socket", "futex"}
OWN_THREADS = "pdns/fo-"


def may_trace() -> bool:
    """Whether strace may attach to a child."""
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, check=False).returncode == 0


def zone(count: int) -> str:
    return HOSTS + "\n".join(f"n{i} A {EAST[0]}\nn{i} A {WEST[0]}\nn{i} MX 10 {EAST_HOST}" for i in range(count))


@unittest.skipUnless(may_trace(), "strace may not trace here")
class HotPathTest(Case):
    """Every question is for another name, so that no cache of PowerDNS answers it."""

    def serve(self, launch: str, **settings):
        name = "-".join([launch, *settings])
        store = self.bed.store(f"{name}.sqlite3")
        store.add_zone("alpha.example", zone(QUERIES))
        if launch == "failover":
            store.add_node("east", *EAST)
            store.add_node("west", *WEST)
        return self.bed.serve(name=name, launch=launch, **{f"{launch}_database": store.path}, **settings)

    def traced(self, server) -> Counter:
        """System calls of the threads that are not the backend's own, during QUERIES questions."""
        trace = self.bed.folder / f"trace-{server.folder.name}"
        pid = server.process.pid
        own = {task.name for task in Path(f"/proc/{pid}/task").iterdir() if (task / "comm").read_text().startswith(OWN_THREADS)}
        with subprocess.Popen(["strace", "-f", "-q", "-o", str(trace), "-p", str(pid)], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as strace:
            try:
                self.wait_attached(pid, strace.pid)
                for i in range(QUERIES):
                    self.assertEqual(len(server.data(f"n{i}.alpha.example.", "A")), 2)
            finally:
                strace.terminate()
                strace.wait(20)
        calls = Counter()
        for line in trace.read_text(errors="replace").splitlines():
            found = re.match(r"(\d+) +([a-z0-9_]+)\(", line)
            if found and found[1] not in own:
                calls[found[2]] += 1
        return calls

    def wait_attached(self, pid: int, tracer: int):
        def attached() -> bool:
            tasks = list(Path(f"/proc/{pid}/task").iterdir())
            return all(f"TracerPid:\t{tracer}\n" in (task / "status").read_text() for task in tasks)
        eventually(attached, 20, "strace has attached to every thread")

    def test_a_query_costs_no_system_call_of_ours(self):
        self.compare(self.serve("failover"))

    def test_nor_does_one_whose_answer_may_be_kept(self):
        self.compare(self.serve("failover", failover_rotate_ms=200))

    def compare(self, server):
        """With stock PowerDNS on the same records."""
        ours, stock = self.traced(server), self.traced(self.serve("gsqlite3"))
        print(f"      system calls per query ({QUERIES} questions, caches cold):\n"
              f"      {'':20}{'failover':>10}{'gsqlite3':>10}", flush=True)
        for name in sorted(ours | stock, key=lambda name: -(ours | stock)[name]):
            print(f"      {name:20}{ours[name] / QUERIES:10.3f}{stock[name] / QUERIES:10.3f}", flush=True)
        self.assertGreater(stock["pread64"] + stock["fcntl"], QUERIES, "the comparison itself saw nothing")
        self.assertGreaterEqual(ours["sendmsg"] + ours["sendto"], QUERIES)
        for name in FORBIDDEN:
            # A handful may be PowerDNS's own housekeeping; one per query is ours.
            self.assertLess(ours[name], QUERIES / 20, name)
        # The server's own threads: less than one call in ten queries that stock PowerDNS would not make as well.
        for name in set(ours) - FORBIDDEN:
            self.assertLess(ours[name] - stock[name], QUERIES / 10, f"{name}: {ours[name]}, gsqlite3 {stock[name]}")
