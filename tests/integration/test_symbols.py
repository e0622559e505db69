# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""The module and its hosts fit together: symbols, settings, example configuration."""
import re
import unittest

from harness.command import run
from harness.paths import EXAMPLE_CONFIG, MANUAL, MODULE


def symbols(file, *options: str) -> set[tuple[str, str]]:
    """(type, name) of dynamic symbols; names without their version."""
    rows = (line.split() for line in run("nm", "-D", *options, file).splitlines())
    return {(row[-2], row[-1].split("@")[0]) for row in rows if len(row) >= 2}


def exports(file) -> set[str]:
    return {name for _, name in symbols(file, "--defined-only")}


def program(name: str) -> str:
    return run("sh", "-c", f"command -v {name}").strip()


class SymbolsTest(unittest.TestCase):
    """What the dynamic linker will say."""

    def test_exports_nothing_of_its_own(self):
        # Weak and unique ones are the C++ library's templates and type information, shared on purpose.
        strong = {name for kind, name in symbols(MODULE, "--defined-only") if kind not in "VWuvw"}
        self.assertEqual(strong, set())

    def test_needs_nothing_that_a_host_lacks(self):
        libraries = re.findall(r"(/\S+) \(0x", run("ldd", MODULE))
        from_libraries = set().union(*(exports(library) for library in libraries))
        wanted = {name for kind, name in symbols(MODULE, "--undefined-only") if kind == "U"} - from_libraries
        self.assertTrue(wanted, "a backend without a symbol of PowerDNS")
        for host in ("pdns_server", "pdnsutil"):
            with self.subTest(host=host):
                self.assertEqual(wanted - exports(program(host)), set())

    def test_leaves_no_symbol_of_powerdns_to_chance(self):
        weak = {name for kind, name in symbols(MODULE, "--undefined-only") if kind in "wv"}
        server = exports(program("pdns_server"))
        unknown = {name for name in weak if name.startswith("_Z")} - server
        self.assertEqual(unknown, set(), "weak, and not even the server has them")

    def test_what_is_looked_up_at_run_time_is_in_the_server(self):
        # A name that only another version of PowerDNS has would be missed in silence (pdnscompat.hh).
        names = set(re.findall(r"_Z\w+$", run("readelf", "--string-dump=.rodata", MODULE), re.M))
        self.assertTrue(names, "none is looked up")
        self.assertEqual(names - exports(program("pdns_server")), set())


class SettingsTest(unittest.TestCase):
    """One list of settings, in the module and for people."""

    def declared(self) -> dict[str, str]:
        text = run("pdns_server", "--no-config", "--config", f"--load-modules={MODULE}", "--launch=failover")
        # GSQLBackend's own statements are settings too, but nobody's to change.
        found = re.findall(r"^# failover-([a-z0-9-]+)=(.*)$", text, re.M)
        return {key: value for key, value in found if not re.match(r"(?i)(select|insert|update|delete|replace)\b", value)}

    def example(self) -> dict[str, str]:
        return dict(re.findall(r"^#? *failover-([a-z0-9-]+) *= *(.*?) *$", EXAMPLE_CONFIG.read_text(), re.M))

    def test_example_configuration_has_each_with_its_default(self):
        declared = self.declared()
        self.assertIn("database", declared)
        self.assertEqual(self.example(), declared)

    def test_manual_has_each(self):
        described = re.findall(r"^\.It Cm failover-([a-z0-9-]+) ", MANUAL.read_text(encoding="utf-8"), re.M)
        self.assertEqual(sorted(described), sorted(self.declared()))
