# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Runs unit suites, fuzzers' corpora and integration tests one after the other and counts them all: the body of tests/run."""
import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
INTEGRATION = ROOT / "tests" / "integration"
UNIT_TESTS = Path("tests") / "unit-tests"  # in a build folder
REPLAYS = Path("tests") / "fuzz"  # in a build folder: replay-NAME, one for each folder of the corpus
CORPUS = ROOT / "tests" / "fuzz" / "corpus"
SANITIZERS = {"build-asan": "address,undefined", "build-tsan": "thread"}
SANITIZER_OPTIONS = {"ASAN_OPTIONS": "detect_leaks=1", "TSAN_OPTIONS": "halt_on_error=1",
                     "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1"}
UNIT_LIMIT, FILE_LIMIT, RUN_LIMIT = 600, 600, 4200  # seconds; a hanging test must not hang the run
STARTED = time.monotonic()
DOCTEST_COUNTS = re.compile(r"test cases:\s*\d+ \|\s*(\d+) passed \|\s*(\d+) failed \|")


@dataclass
class Counts:
    """What became of the tests so far."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def add(self, passed: int = 0, failed: int = 0, skipped: int = 0):
        self.passed += passed
        self.failed += failed
        self.skipped += skipped

    def line(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def execute(command, limit: float, keep: bool = False, **environment) -> tuple[int, str]:
    """Exit status (124 after `limit` seconds) and, where it is kept instead of shown, the output."""
    output = subprocess.PIPE if keep else None
    with subprocess.Popen([str(word) for word in command], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output,
                          stderr=subprocess.STDOUT if keep else None, text=True, errors="replace",
                          env={**os.environ, **environment}, start_new_session=True) as process:
        limit = max(1.0, min(limit, STARTED + RUN_LIMIT - time.monotonic()))
        try:
            text, _ = process.communicate(timeout=limit)
            return process.returncode, text or ""
        except subprocess.TimeoutExpired:
            end_session(process)
            text, _ = process.communicate()
            return 124, (text or "") + f"\nended after {limit:.0f} s\n"
        except BaseException:
            end_session(process)  # Ctrl-C and SIGTERM leave no server behind
            raise


def end_session(process: subprocess.Popen):
    """Kills a child of execute() with all that it has started: its session is its own."""
    os.killpg(process.pid, signal.SIGKILL)


def run_units(build: Path, pattern: str, counts: Counts):
    """Each suite of build/tests/unit-tests in a process of its own; a crash costs one suite and counts as a failure."""
    program = build / UNIT_TESTS
    status, listing = execute([program, "--list-test-suites", "--no-colors"], 60, keep=True) if program.exists() else (1, "")
    suites = [line.strip() for line in listing.splitlines() if line.strip() and not line.startswith(("[doctest]", "="))]
    if status != 0 or not suites:
        print(f"  FAILED  {program}: lists no test suite\n{listing}", flush=True)
        counts.add(failed=1)
        return
    for suite in suites:
        if pattern in f"{build.name}/unit/{suite}":
            run_suite(program, f"{build.name}/unit/{suite}", f"--test-suite={suite}", counts)
    if not pattern:  # cases that somebody wrote outside of any suite
        run_suite(program, f"{build.name}/unit/(no suite)", f"--test-suite-exclude={','.join(suites)}", counts)


def run_suite(program: Path, name: str, choice: str, counts: Counts):
    started = time.monotonic()
    status, output = execute([program, choice, "--no-colors"], UNIT_LIMIT, keep=True, **SANITIZER_OPTIONS)
    found = DOCTEST_COUNTS.findall(output)  # the last is the program's own; a crashed child of it may have one too
    passed, failed = map(int, found[-1]) if found else (0, 0)
    if status != 0:
        failed = max(failed, 1)  # crashed, or stopped by a sanitizer
        print(output, flush=True)
    counts.add(passed, failed)
    if passed or failed:
        verdict = "FAILED" if failed else "ok"
        print(f"  {verdict:7} {name}: {passed} cases ({time.monotonic() - started:.1f} s)", flush=True)


def run_replays(build: Path, pattern: str, counts: Counts):
    """Each fuzzer's corpus, without the fuzzer; a folder that no program reads, and a crash, count as failures."""
    for corpus in sorted(CORPUS.iterdir()):
        name = f"{build.name}/fuzz/{corpus.name}"
        if pattern not in name:
            continue
        started = time.monotonic()
        program = build / REPLAYS / f"replay-{corpus.name}"
        status, output = execute([program, corpus], UNIT_LIMIT, keep=True, **SANITIZER_OPTIONS) if program.exists() else (1, "not built")
        if status != 0:
            print(output[-6000:], flush=True)
        counts.add(passed=int(status == 0), failed=int(status != 0))
        print(f"  {'FAILED' if status else 'ok':7} {name}: {len(list(corpus.iterdir()))} files ({time.monotonic() - started:.1f} s)", flush=True)


def run_integration(pattern: str, counts: Counts):
    for file in sorted(INTEGRATION.glob("test_*.py")):
        if pattern not in file.stem and pattern not in file.read_text() and "." not in pattern:
            continue
        with tempfile.TemporaryDirectory(prefix="failover-counts-") as folder:
            result = Path(folder) / "counts"
            # A pattern that names the file means all of it.
            wanted = [] if pattern in file.stem else [pattern]
            status, _ = execute([sys.executable, INTEGRATION / "harness" / "runfile.py", file.stem, result, *wanted],
                                FILE_LIMIT, PYTHONDONTWRITEBYTECODE="1", LC_ALL="C.UTF-8")
            found = json.loads(result.read_text()) if result.exists() else {"failed": 1}
            counts.add(**found)
            if not result.exists():
                print(f"  FAILED  {file.stem}: ended with status {status} before it was done", flush=True)


def powerdns_options() -> list[str]:
    """The PowerDNS source that build/ is configured with, as options for meson."""
    _, text = execute(["meson", "introspect", ROOT / "build", "--buildoptions"], 60, keep=True)
    return [f"-D{option['name']}={option['value']}" for option in json.loads(text)
            if option["name"] in ("pdns-source", "pdns-other-patch")]


def run_sanitized(pattern: str, counts: Counts):
    """The units and the corpora again, under address and undefined behaviour sanitizers and under the thread sanitizer."""
    for name, sanitizers in SANITIZERS.items():
        build = ROOT / name
        print(f"{name}: {sanitizers}", flush=True)
        commands = [["ninja", "-C", build, UNIT_TESTS, "replays"]]
        if not (build / "build.ninja").exists():
            commands.insert(0, ["meson", "setup", build, ROOT, f"-Db_sanitize={sanitizers}", "-Db_lundef=false",
                                "-Doptimization=1",  # half the time to build, and clearer traces
                                *powerdns_options()])
        for command in commands:
            status, output = execute(command, 1800, keep=True)
            if status != 0:
                print(f"{output[-6000:]}\n  FAILED  {name} could not be built", flush=True)
                counts.add(failed=1)
                break
        else:
            run_units(build, pattern, counts)
            run_replays(build, pattern, counts)


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests/run", description="Runs every test, or those whose name contains PATTERN.")
    parser.add_argument("--sanitize", action="store_true", help="only the unit tests, built with sanitizers")
    parser.add_argument("pattern", nargs="?", default="", metavar="PATTERN")
    arguments = parser.parse_args()
    counts = Counts()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        if arguments.sanitize:
            run_sanitized(arguments.pattern, counts)
        else:
            run_units(ROOT / "build", arguments.pattern, counts)
            run_replays(ROOT / "build", arguments.pattern, counts)
            run_integration(arguments.pattern, counts)
    except Exception as error:  # pylint: disable=broad-except  # whatever it is, the last line must say so
        print(f"  FAILED  the runner itself: {error!r}", flush=True)
        counts.add(failed=1)
    if counts.passed + counts.failed == 0:
        print("  FAILED  no test was run", flush=True)
        counts.add(failed=1)
    print(counts.line(), flush=True)
    return 1 if counts.failed else 0


if __name__ == "__main__":
    sys.exit(main())
