# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""The README's rows for checks, references, peers and notifications: its own lines are run, and the store takes them."""
import re

from harness.command import run
from harness.paths import ROOT
from harness.store import Store
from harness.testbed import Case

SCHEMES = {"https", "tcp", "tls", "icmp", "icmpv6", "smtp", "ldaps", "dns", "push", "exec"}


class ReadmeChecks(Case):
    """A store with the README's two nodes; no server, since the addresses are the README's."""

    def setUp(self):
        super().setUp()
        self.store = Store(self.bed.folder / "failover.sqlite3")
        self.store.add_node("east", "192.0.2.1", "2001:db8::1", "east.example.org")
        self.store.add_node("west", "198.51.100.1", "west.example.org")

    def do(self, beginning: str):
        """Runs the first block with SQL below the paragraph that begins so."""
        text = (ROOT / "README.md").read_text()
        found = re.search(rf"^{re.escape(beginning)}(?:.*\n)+?\n((?: {{4}}sqlite3 .+\n)(?: {{4}}.+\n)*)", text, flags=re.M)
        run("sh", "-euc", f"STORE={self.store.path}\n" + re.sub(r"^ {4}", "", found.group(1), flags=re.M))

    def column(self, select: str) -> list[str]:
        return [row[0] for row in self.store.read(select)]

    def test_one_of_each_kind(self):
        self.do("HOST may have")
        self.assertEqual({url.split(":")[0] for url in self.column("SELECT url FROM checks")}, SCHEMES)
        self.assertEqual(self.column("SELECT send FROM checks WHERE url GLOB 'tcp:*'"), [r"PING\r\n"])
        self.assertEqual(self.column("SELECT expect_json FROM checks WHERE url GLOB 'https:*'"), ['/database/status="ok"'])

    def test_web_mail_and_name_servers(self):
        for recipe in ("**Web", "**Mail server**", "**Name server**"):
            self.do(recipe)
        self.assertEqual(self.column("SELECT url || ' ' || role || ' ' || starttls FROM checks ORDER BY id"), [
            "https://www.example.org/ decide 0", "tls://www.example.org:443 warn 0", "smtp://mx1.example.org decide 1",
            "imaps://mx1.example.org decide 0", "dns://198.51.100.1/example.org?type=SOA decide 0"])

    def test_together(self):
        self.do("**Together**")
        self.assertEqual(self.column("SELECT require FROM nodes ORDER BY name"), ["2", "all"])
        self.assertEqual(self.store.read("SELECT c.node, n.node, url FROM check_nodes n JOIN checks c ON id = check_id"),
                         [["east", "west", "tcp://192.0.2.50:5432"]])
        self.assertEqual(self.column("SELECT url FROM checks WHERE inverted"), ["http://192.0.2.1/closed-for-maintenance"])

    def test_references_peers_and_notifications(self):
        for recipe in ("**Is it me?**", "And in each one's store", "**Being told**"):
            self.do(recipe)
        self.assertEqual(len(self.column('SELECT url FROM "references"')), 3)
        self.assertEqual(self.store.read("SELECT name, api_key FROM peers"), [["ns2", "the-key-of-ns2"]])
        self.assertEqual(self.store.read("SELECT events, delay_s, repeat_s FROM notifications"),
                         [["down,up", "60", "3600"], ["freeze", "0", ""]])
