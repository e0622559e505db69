# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors

"""The configure step and the PowerDNS headers: a module must be built with those of the server that loads it."""

import re
import subprocess
import tempfile
import unittest
from pathlib import Path

from harness.paths import ROOT


class HeadersTest(unittest.TestCase):
    def configure(self, *options):
        with tempfile.TemporaryDirectory(prefix="failover-configure-") as build:
            done = subprocess.run(["meson", "setup", build, str(ROOT), *options],
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False)
        self.assertNotEqual(done.returncode, 0)
        return done.stdout + done.stderr

    def test_another_version_is_refused_and_both_are_named(self):
        server = subprocess.run(["/usr/sbin/pdns_server", "--version"], capture_output=True, text=True, timeout=10, check=False)
        installed = re.search(r"Server (\d[^ ]*)", server.stdout + server.stderr)[1]
        with tempfile.TemporaryDirectory(prefix="failover-source-") as source:
            Path(source, "configure").write_text("PACKAGE_VERSION='3.2.1'\n", encoding="ascii")
            said = self.configure(f"-Dpdns-source={source}")
        self.assertIn("is version 3.2.1", said)
        self.assertIn(f"is version {installed}", said)

    def test_no_headers_says_where_they_come_from(self):
        self.assertIn("run packaging/build, or give -Dpdns-source=DIR", self.configure("-Dpdns-source="))


if __name__ == "__main__":
    unittest.main()
