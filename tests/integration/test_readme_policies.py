# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""The README's recipes for each mode: its own lines are run, and answered as it says, over UDP and over TCP."""
import collections
import re
from datetime import datetime

from harness.command import run
from harness.paths import ROOT
from harness.testbed import Case

EAST, WEST = "192.0.2.1", "198.51.100.1"
RECORDS = "\n".join([f"east A {EAST}", f"west A {WEST}", "@ MX 10 east.example.org", "@ MX 10 west.example.org",
                     *(f"{name} A {address}" for name in ("api", "write", "shop", "cdn") for address in (EAST, WEST))])


class ReadmePolicies(Case):
    """One server with the README's two nodes, which the operator makes up or down."""

    def setUp(self):
        super().setUp()
        self.store = self.bed.store()
        self.store.add_zone("example.org", RECORDS)
        self.store.add_node("east", EAST, "east.example.org")
        self.store.add_node("west", WEST, "west.example.org")
        self.server = self.bed.serve(self.store)

    def do(self, recipe: str, replaced: str = "", by: str = ""):
        """Runs the block below the paragraph that begins with this word, with this `replaced`."""
        text = (ROOT / "README.md").read_text()
        block = re.search(rf"^\*\*{recipe}\*\*(?:.+\n)+\n((?: {{4}}.+\n)+)", text, flags=re.M).group(1)
        self.assertIn(replaced, block)
        lines = re.sub(r"^ {4}", "", block.replace(replaced, by), flags=re.M)
        lines = lines.replace("pdns_control ", f"pdns_control --config-dir={self.server.folder} --socket-dir={self.server.folder} ")
        out = run("sh", "-euc", f"cd {ROOT}\nSTORE={self.store.path}\n{lines}")
        self.server.control("failover-reload")
        return out

    def counts(self, name: str, rdtype: str = "A", times: int = 200) -> collections.Counter:
        """How often each record came, asked half over UDP, half over TCP."""
        seen = collections.Counter()
        for number in range(times):
            seen.update(self.server.data(name, rdtype, tcp=number % 2 == 1))
        return seen

    def test_active_active(self):
        self.assertEqual(self.counts("api.example.org", times=4), {EAST: 4, WEST: 4})

    def test_active_passive(self):
        self.do("Active/passive")
        self.assertGreater(self.counts("write.example.org")[EAST], 150)
        self.server.control("failover-force", "east", "down")
        self.assertEqual(self.counts("write.example.org", times=4), {WEST: 4})

    def test_weighted(self):
        self.do("Weighted")
        seen = self.counts("shop.example.org", times=400)
        self.assertEqual(sum(seen.values()), 400)
        self.assertAlmostEqual(seen[EAST], 300, delta=60)  # seven standard deviations

    def test_sticky(self):
        self.do("Sticky")
        seen = self.counts("cdn.example.org", times=20)
        self.assertEqual(sorted(seen.values()), [20])
        one = "east" if EAST in seen else "west"
        self.server.control("failover-force", one, "down")
        self.assertEqual(self.counts("cdn.example.org", times=4), {WEST if one == "east" else EAST: 4})

    def test_mail(self):
        self.do("Mail")
        self.assertEqual(self.counts("example.org", "MX", 4), {"10 east.example.org.": 4, "10 west.example.org.": 4})
        self.server.control("failover-force", "east", "down")
        self.assertEqual(self.counts("example.org", "MX", 4), {"10 west.example.org.": 4})
        self.server.control("failover-force", "west", "down")
        for tcp in (False, True):
            self.assertEqual(self.server.ask("example.org", "MX", tcp=tcp).rcode, "SERVFAIL")
            self.assertEqual(self.server.ask("example.org", "NS", tcp=tcp).rcode, "NOERROR")

    def test_alternative_cnames(self):
        self.do("Alternative CNAMEs")
        seen = self.counts("app.example.org", "CNAME")
        self.assertEqual(set(seen), {"east.example.org.", "west.example.org."})
        self.assertEqual(sum(seen.values()), 200)
        self.server.control("failover-force", "west", "down")
        self.assertEqual(self.counts("app.example.org", "CNAME", 4), {"east.example.org.": 4})

    def test_planned_maintenance(self):
        near = datetime.now().hour in (21, 22)  # the drain would begin in the middle of this
        out = self.do("Planned maintenance", "22:00", "10:00" if near else "22:00")
        self.assertIn("node east: drain planned in", out)
        planned, = self.store.read("SELECT node, ends - starts, reason FROM drains")
        self.assertEqual(planned, ["east", "7200", "new kernel"])
        self.assertEqual(self.counts("api.example.org", times=2), {EAST: 2, WEST: 2})  # not yet
