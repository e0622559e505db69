# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""The README's recipes for those who come with zones: its own lines are run, with other folders in them."""
import re

from harness import manyzones
from harness.command import run
from harness.paths import ROOT
from harness.pdnstables import make_stock, raw_tables
from harness.store import Store
from harness.testbed import Case

# As Debian's pdns-backend-sqlite3 has it in /etc/powerdns/pdns.d.
DEBIAN_CONFIG = """# See https://doc.powerdns.com/authoritative/backends/generic-sqlite3.html
launch+=gsqlite3
# gsqlite3-database=powerdns.sqlite
gsqlite3-database={folder}/pdns.sqlite3
gsqlite3-dnssec=on
# gsqlite3-pragma-synchronous=
"""


class ReadmeTest(Case):
    """A machine with PowerDNS as Debian sets it up, in one folder."""

    def setUp(self):
        super().setUp()
        self.folder = self.bed.folder
        self.store = Store(self.folder / "pdns.sqlite3", create=False)
        make_stock(self.store.path)
        included = self.folder / "pdns.d"
        included.mkdir()
        self.config = included / "gsqlite3.conf"
        self.config.write_text(DEBIAN_CONFIG.format(folder=self.folder))
        self.server = self.bed.server(launch="gsqlite3,failover", include_dir=included)  # both modules are installed
        self.server.settings["launch"] = ""
        self.server.configure()

    def block(self, text: str) -> str:
        """The lines of the one block in the README that has this in it."""
        found = [block for block in re.findall(r"^(?: {4}.*\n)+", (ROOT / "README.md").read_text(), flags=re.M) if text in block]
        self.assertEqual(len(found), 1, f"blocks with {text!r}")
        return re.sub(r"^ {4}", "", found[0], flags=re.M)

    def do(self, lines: str):
        """What the block does, but in our folder, and as nobody but us."""
        for there, here in (("/var/lib/powerdns", self.folder), ("/etc/powerdns", self.folder), ("/etc/bind", self.folder),
                            ("pdnsutil ", f"pdnsutil --config-dir={self.server.folder} ")):
            lines = lines.replace(there, str(here))
        run("sh", "-euc", f"cd {ROOT}\n{lines}")

    def test_coming_from_gsqlite3(self):
        manyzones.fill(self.server, self.store)
        self.server.start()
        answers, rows = manyzones.answers(self.server), raw_tables(self.store.path)
        self.assertNotIn("[failover] store", self.server.log())
        lines, restart, rest = self.block("schema/failover.sql").partition("systemctl restart pdns\n")
        self.assertTrue(restart and not rest)
        self.do(lines)
        self.server.restart()
        self.assertIn("[failover] store", self.server.log())
        self.assertEqual(self.server.status()["store"]["database"], str(self.store.path))
        self.assertEqual(manyzones.answers(self.server), answers)
        self.assertEqual(raw_tables(self.store.path), rows)

    def test_a_zone_file(self):
        self.do(self.block("schema/failover.sql").replace("systemctl restart pdns\n", ""))
        self.server.start()
        self.assertEqual(self.server.ask("www.example.net.", "A").rcode, "REFUSED")
        for address in ("192.0.2.1", "192.0.2.2"):
            zone = f"$TTL 300\n@ SOA ns1 hostmaster 1 10800 3600 604800 60\n@ NS ns1\nns1 A {address}\nwww.ent A {address}\n"
            (self.folder / "db.example.net").write_text(zone)
            self.do(self.block("load-zone"))
            self.eventually_data(self.server, "www.ent.example.net.", "A", [address], 1.0)
            self.assertEqual(self.server.ask("ent.example.net.", "A").rcode, "NOERROR")
