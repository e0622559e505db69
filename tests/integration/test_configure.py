# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors

"""The configure step and the PowerDNS headers: a module must be built with those of the server that loads it."""

import tempfile
import unittest
from pathlib import Path

from harness.command import CommandFailed, run
from harness.paths import ROOT
from harness.versions import PDNS_VERSION


def configure(*options) -> str:
    """What meson says; raises CommandFailed where it refuses."""
    with tempfile.TemporaryDirectory(prefix="failover-configure-") as build:
        return run("meson", "setup", build, ROOT, "-Dtests=false", *options, timeout=120)


class HeadersTest(unittest.TestCase):
    """Source trees with a version of their own, and nothing else in them: configuring compiles nothing of PowerDNS."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="failover-source-")
        self.addCleanup(folder.cleanup)
        self.source = Path(folder.name)
        self.minor = PDNS_VERSION.rpartition(".")[0]

    def refused(self, *options) -> str:
        with self.assertRaises(CommandFailed) as caught:
            configure(f"-Dpdns-source={self.source}", *options)
        return caught.exception.output

    def version(self, text: str):
        (self.source / ".version").write_text(text + "\n", encoding="ascii")

    def test_another_version_is_refused_and_both_are_named(self):
        (self.source / "configure").write_text("PACKAGE_VERSION='3.2.1'\n", encoding="ascii")
        for options in ((), ("-Dpdns-other-patch=true",)):
            said = self.refused(*options)
            self.assertIn("is version 3.2.1", said)
            self.assertIn(f"is version {PDNS_VERSION}", said)

    def test_another_patch_release_is_taken_only_when_asked_for_and_loudly(self):
        self.version(f"{self.minor}.9999")
        self.assertIn(f"is version {self.minor}.9999", self.refused())
        said = configure(f"-Dpdns-source={self.source}", "-Dpdns-other-patch=true")
        self.assertIn("WARNING: the headers are of PowerDNS", said)
        self.assertIn(f"{PDNS_VERSION} (headers {self.minor}.9999)", said)

    def test_the_same_version_is_taken(self):
        self.version(PDNS_VERSION)
        self.assertNotIn("WARNING: the headers", configure(f"-Dpdns-source={self.source}"))

    def test_a_checkout_has_the_version_of_its_tag(self):
        git = ("git", "-C", self.source, "-c", "user.name=test", "-c", "user.email=test@alpha.example")
        run("git", "init", "-q", self.source)
        run(*git, "commit", "-q", "--allow-empty", "-m", "nothing")
        self.assertIn("does not say its version", self.refused())
        run(*git, "tag", f"auth-{PDNS_VERSION}")
        configure(f"-Dpdns-source={self.source}")

    def test_a_tree_that_does_not_say_its_version(self):
        self.assertIn(f"echo {PDNS_VERSION} > {self.source}/.version", self.refused())

    def test_no_headers_says_where_they_come_from(self):
        with self.assertRaises(CommandFailed) as caught:
            configure("-Dpdns-source=")
        self.assertIn("run packaging/build, or give -Dpdns-source=DIR", caught.exception.output)


if __name__ == "__main__":
    unittest.main()
