# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Runs one file of tests: runfile.py MODULE COUNTS [PATTERN]. Writes what became of them to COUNTS, as JSON."""
import json
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


class Progress(unittest.TestResult):
    """A line for each test; for a failure also the traceback and the log of its server."""

    def __init__(self):
        super().__init__()
        self.passed = self.failed = 0
        self.started = 0.0
        self.verdict = "ok"

    def startTest(self, test):
        super().startTest(test)
        self.started, self.verdict = time.monotonic(), "ok"

    def stopTest(self, test):
        super().stopTest(test)
        if self.verdict == "ok":
            self.passed += 1
        elif self.verdict == "FAILED":
            self.failed += 1
            print(getattr(test, "server_logs", ""), flush=True)
        if self.verdict != "SKIPPED":  # addSkip() has said so, with the reason
            self._line(test, self.verdict)

    def _line(self, test, verdict: str):
        name = test.id().removeprefix("__main__.")
        print(f"  {verdict:7} {name} ({time.monotonic() - self.started:.1f} s)", flush=True)

    def _broken(self, test, error):
        print(f"  ---- {test.id()}\n{self._exc_info_to_string(error, test)}", flush=True)
        if isinstance(test, unittest.TestCase):
            self.verdict = "FAILED"
        else:  # setUpClass or an import: no single test has begun
            self.failed += 1

    def addError(self, test, err):
        self._broken(test, err)

    def addFailure(self, test, err):
        self._broken(test, err)

    def addSubTest(self, test, subtest, err):
        if err is not None:
            print(f"  in {subtest}", flush=True)
            self._broken(test, err)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        if self.verdict == "ok":  # one subtest that is skipped does not undo another that failed
            self.verdict = "SKIPPED"
        print(f"  SKIPPED {test.id()}: {reason}", flush=True)

    def addExpectedFailure(self, test, err):
        self._broken(test, err)  # there are none here

    def addUnexpectedSuccess(self, test):
        self.verdict = "FAILED"


def selected(tests, pattern: str):
    """The tests whose full name has the pattern in it, in the order of the file."""
    for test in tests:
        if isinstance(test, unittest.TestSuite):
            yield from selected(test, pattern)
        elif pattern in test.id() or not isinstance(test, unittest.TestCase) or "FailedTest" in test.id():
            yield test


def main() -> int:
    module, counts, pattern = sys.argv[1], Path(sys.argv[2]), "".join(sys.argv[3:4])
    loader = unittest.TestLoader()
    result = Progress()
    unittest.TestSuite(selected(loader.loadTestsFromName(module), pattern)).run(result)
    counts.write_text(json.dumps({"passed": result.passed, "failed": result.failed, "skipped": len(result.skipped)}))
    return 1 if result.failed else 0


if __name__ == "__main__":
    sys.exit(main())
