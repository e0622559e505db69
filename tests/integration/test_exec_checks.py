# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Programs as checks: those of one folder, none by default."""
import os
from pathlib import Path

from harness.poll import eventually
from harness.probing import FAST, PATIENCE, ProbingCase
from harness.programs import Programs
from harness.testbed import Case

CALM = {"interval_ms": 5000, "timeout_ms": 4000}  # for programs that take as long as a busy machine has them take


def gone(process: int) -> bool:
    try:
        return ") Z " in Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


class ExecTest(ProbingCase):
    """One server with a folder of programs."""

    @classmethod
    def prepare(cls, bed):
        cls.programs = Programs(bed.folder / "programs")
        cls.store = bed.store()
        cls.store.add_zone("alpha.example", "www A 192.0.2.1")
        cls.server = bed.serve(cls.store, failover_exec_dir=cls.programs.folder)

    def refused(self, name: str, text: str):
        """Waits for a local problem that says so; the node is served all the same."""

        def said():
            checks = self.server.node(name).get("checks", [])
            return checks and checks[0]["local_problem"] and text in checks[0]["outcome"]

        eventually(said, PATIENCE, f"{name}: {text}")
        self.assertEqual(self.server.node(name)["state"], "unknown")

    def test_the_exit_status_decides_and_the_first_line_says_why(self):
        self.programs.add("disk", 'echo "$2"; echo more; exit "$1"')
        self.up("exec://disk/0/all%20well", "exit 0: all well", **CALM)
        self.down("exec://disk/3/disk%20full", "exit 3: disk full", **CALM)

    def test_down_and_up_again(self):
        self.programs.add("turns", "exit 0")
        name = self.check("exec://turns", **CALM | {"interval_ms": 4500})
        self.verdict(name, "up")
        self.programs.add("turns", "exit 1")
        self.verdict(name, "down", "exit 1")
        self.programs.add("turns", "exit 0")
        self.verdict(name, "up", "exit 0")

    def test_arguments_are_no_shell_words(self):
        self.programs.add("words", "printf '<%s>' \"$@\"")
        self.up("exec://words/$HOME/%3Bid/a%20b/*", "<$HOME><;id><a b><*>", **CALM)

    def test_killed_by_a_signal(self):
        self.programs.add("crash", "kill -SEGV $$")
        self.down("exec://crash", "killed by signal 11", **CALM)

    def test_at_the_timeout_the_whole_group_is_killed(self):
        note = self.programs.folder / "pids"
        self.programs.add("hang", f"sleep 1000 & echo $$ $! > {note}.new; mv {note}.new {note}; wait")
        self.down("exec://hang", "timeout after 2000 ms", **FAST | {"interval_ms": 86400000, "timeout_ms": 2000, "retry_ms": 1000})
        eventually(lambda: all(gone(int(process)) for process in note.read_text().split()), PATIENCE, "they are gone")

    def test_nothing_is_inherited(self):
        seen = self.bed.folder / "seen"
        self.programs.add("look", f"{{ wc -c < /proc/$$/environ; pwd; ls /proc/self/fd; sed -n 's/^Sig[BI]..:.//p' /proc/self/status; }} > {seen}.new"
                                  f"; mv {seen}.new {seen}")
        self.up("exec://look", **CALM)
        environment, folder, *rest = seen.read_text().split()
        descriptors, masks = rest[:-2], rest[-2:]
        self.assertEqual((environment, folder), ("0", "/"))
        self.assertEqual(descriptors, ["0", "1", "2", "3"])  # 3 is that of ls
        self.assertEqual([int(mask, 16) & 0x7FFFFFFF for mask in masks], [0, 0])

    def test_much_output_is_no_harm(self):
        self.programs.add("endless", "echo begin; exec cat /dev/zero")
        self.down("exec://endless", "more than 1048576 bytes of output", **CALM)

    def test_only_programs_of_the_folder(self):
        os.symlink("/bin/true", self.programs.folder / "outside")
        self.refused(self.check("exec://outside"), "leads out of the folder")
        self.refused(self.check("exec://none"), "no such file or directory")
        self.programs.add("plain", "exit 0", mode=0o644)
        self.refused(self.check("exec://plain"), "permission denied")
        self.programs.add("anybodys", "exit 0", mode=0o777)
        self.refused(self.check("exec://anybodys"), "everybody may write it")

    def test_it_can_be_put_right_while_the_server_runs(self):
        name = self.check("exec://late", **CALM | {"interval_ms": 4500})
        self.refused(name, "no such file or directory")
        self.programs.add("late", "exit 0")
        self.verdict(name, "up", "exit 0")

    def test_no_zombies(self):
        self.programs.add("quick", "exit 0")
        name = self.check("exec://quick", interval_ms=500, timeout_ms=400)
        eventually(lambda: self.server.node(name).get("checks", [{}])[0].get("streak", 0) >= 3, PATIENCE, "it ran three times")

        def zombies() -> list:
            threads = Path(f"/proc/{self.server.process.pid}/task").glob("*/children")
            return [child for thread in threads for child in thread.read_text().split() if gone(int(child))]

        eventually(lambda: not zombies(), PATIENCE, "all children have been reaped")


class ExecOffTest(Case):
    """Without failover-exec-dir."""

    def test_nothing_is_run_by_default(self):
        store = self.bed.store()
        store.add_zone("alpha.example", "www A 192.0.2.1")
        store.add_node("east", "192.0.2.1", url="exec://true", **FAST)
        server = self.bed.serve(store)

        def said():
            checks = server.node("east").get("checks", [])
            return checks and checks[0]["local_problem"] and checks[0]["outcome"]

        self.assertIn("failover-exec-dir is not set", eventually(said, PATIENCE, "a local problem"))
        self.assertEqual(server.node("east")["state"], "unknown")
        self.assertIn("east", server.log())
        self.eventually_data(server, "www.alpha.example", "A", ["192.0.2.1"], PATIENCE)
