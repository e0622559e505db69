# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""A root of tests/bare-root or tests/matrix is kept apart from this machine: none of its mounts is visible outside, and
removing all of it, during a run or after a crash, reaches nothing of this machine's /dev, /proc or /sys."""
import os
import re
import shutil
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

from harness.command import run
from harness.paths import ROOT

PROGRAMS = ("/bin/sh", "/usr/bin/env", "/bin/cat", "/bin/ls", "/bin/rm", "/usr/bin/stat", "/usr/bin/touch",
            "/bin/umount")
MACHINE = ("/dev", "/proc", "/sys")
# What tests/bare-root and tests/matrix do, without debootstrap.
RUN = f'set -euo pipefail; program=test top={ROOT}; . "$top/tests/roots.sh"; run_in "$@"'
WAIT = "echo ready; cat"  # until its standard input ends
# A machine whose mounts spread to other namespaces and back, as systemd makes them, whatever this one is like.
MACHINE_LIKE = ("unshare", "--mount", "--propagation", "shared")


@unittest.skipIf(os.geteuid() != 0, "making mounts needs root")
class RootsTest(unittest.TestCase):
    """A root with a handful of programs in it."""

    def setUp(self):
        self.build = Path(tempfile.mkdtemp(prefix="failover-roots-"))
        self.addCleanup(shutil.rmtree, self.build, ignore_errors=True)
        self.root, self.packages = self.build / "root", self.build / "packages"
        self.packages.mkdir()
        for folder in ("dev", "proc", "sys", "var/cache/packages", "root/failover"):
            (self.root / folder).mkdir(parents=True)
        for program in PROGRAMS:
            for file in (program, *re.findall(r"(/\S+) \(0x", run("ldd", program))):
                there = self.root / file.lstrip("/")
                there.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, there)

    def start(self, script: str) -> tuple[subprocess.Popen, list[str]]:
        """Runs it in the root; returns when it has said "ready", with what it said before."""
        # pylint: disable-next=consider-using-with
        process = subprocess.Popen([*MACHINE_LIKE, "bash", "-c", RUN, "bash", self.root, self.packages, "sh", "-euc", script],
                                   text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
        self.addCleanup(self.end, process)
        said = []
        for line in process.stdout:
            if line == "ready\n":
                return process, said
            said.append(line.rstrip("\n"))
        raise AssertionError(f"ended with status {process.wait(10)}: {said}")

    @staticmethod
    def end(process):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=10)

    def inside(self, script: str) -> list[str]:
        process, said = self.start(f"{script}; {WAIT}")
        process.communicate(timeout=10)
        self.assertEqual(process.returncode, 0)
        return said

    def assert_apart(self):
        """The machine's own folders are others than those within: removing the one is not removing the other."""
        within = self.inside(f"stat -c '%d %i' {' '.join(MACHINE)}")
        for folder, identity in zip(MACHINE, within, strict=True):
            without = os.stat(folder)
            self.assertNotEqual(identity, f"{without.st_dev} {without.st_ino}", folder)

    def test_no_mount_is_visible_outside(self):
        process, mounts = self.start(f"cat /proc/self/mountinfo; {WAIT}")
        self.assertEqual(sorted(line.split()[4] for line in mounts), ["/", "/dev", "/dev/pts", "/proc", "/var/cache/packages"])
        outside = Path(f"/proc/{process.pid}/mountinfo").read_text(encoding="utf-8")
        self.assertIn("shared:", outside)
        self.assertNotIn(str(self.build), outside)
        for folder in ("dev", "proc", "sys"):
            self.assertEqual(os.listdir(self.root / folder), [], folder)

    def test_this_machine_is_not_visible_inside(self):
        self.assert_apart()
        self.assertEqual(self.inside("ls /sys"), [])
        self.assertEqual(set(self.inside("ls /dev")), {"fd", "full", "null", "ptmx", "pts", "random", "shm", "stderr",
                                                       "stdin", "stdout", "tty", "urandom", "zero"})
        processes = [name for name in self.inside("ls /proc") if name.isdigit()]
        self.assertLess(len(processes), 5, "only those of the run")

    def test_packages_stay_outside(self):
        self.inside("touch /var/cache/packages/some.deb")
        self.assertEqual(os.listdir(self.packages), ["some.deb"])
        self.assertEqual(os.listdir(self.root / "var/cache/packages"), [])

    def test_all_can_be_removed_during_a_run(self):
        self.assert_apart()
        before = {folder: os.stat(folder).st_ino for folder in MACHINE}
        devices = set(os.listdir("/dev"))
        process, _ = self.start(WAIT)
        run("rm", "-rf", "--", self.build)
        self.assertFalse(self.build.exists())
        self.assertIsNone(process.poll(), "the run has ended by itself")
        self.assertEqual({folder: os.stat(folder).st_ino for folder in MACHINE}, before)
        self.assertLessEqual({"null", "zero", "urandom"}, devices & set(os.listdir("/dev")))

    def test_all_can_be_removed_after_a_crash(self):
        process, _ = self.start(WAIT)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
        run("rm", "-rf", "--", self.build)
        self.assertFalse(self.build.exists())

    def test_the_run_cannot_remove_anything_of_this_machine(self):
        self.assert_apart()
        devices = set(os.listdir("/dev"))
        self.inside("rm -rf /dev/* /sys/* 2>/dev/null || true")
        self.assertLessEqual({"null", "zero", "urandom"}, devices & set(os.listdir("/dev")))


if __name__ == "__main__":
    unittest.main()
