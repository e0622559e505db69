# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""pdnsutil on two stores at once: one of ours, served, and one of the stock gsqlite3 backend.

A command must say the same of both and leave the same rows in both; what it changed is then asked of our server.
"""
import re

from harness.command import CommandFailed, without_log
from harness.pdnstables import make_stock, tables, without_secrets
from harness.poll import eventually
from harness.testbed import SharedCase

SECOND = 1.0  # from the end of a command to the answer


class TwinsCase(SharedCase):
    """One server and its twin for all tests of a class; each test has zones of its own."""

    SETTINGS: dict = {}

    @classmethod
    def prepare(cls, bed):
        cls.bed = bed
        stock_path = bed.folder / "stock.sqlite3"
        make_stock(stock_path)
        cls.stock = bed.server(name="stock", launch="gsqlite3", gsqlite3_database=stock_path, gsqlite3_dnssec="yes",
                               **cls.SETTINGS)
        cls.stock.configure()  # it need not run
        cls.store = bed.store()
        cls.server = bed.serve(cls.store, failover_dnssec="yes", **cls.SETTINGS)
        cls.paths = cls.store.path, stock_path

    # ---- commands ----

    def util(self, *words: str, text: str = "", random: bool = False) -> str:
        """What pdnsutil says. `random`: it shows keys or times, which are never the same twice."""
        return self._both(0, words, text, random)

    def refused(self, *words: str, text: str = "", random: bool = False) -> str:
        return self._both(1, words, text, random)

    def _both(self, status: int, words, text: str, random: bool) -> str:
        stock, ours = (self._say(server, words, text) for server in (self.stock, self.server))
        self.assertEqual((ours[0] != 0, stock[0]), (status != 0, ours[0]), f"{words}: {ours[1]}\n--- stock: {stock[1]}")
        if not random:
            self.assertEqual(self._comparable(ours[1]), self._comparable(stock[1]), f"what {words} says")
        self.assert_same_rows(f"after {words}")
        return ours[1]

    @staticmethod
    def _say(server, words, text: str) -> tuple[int, str]:
        try:
            return 0, server.util(*words, text=text)
        except CommandFailed as error:
            return error.status, error.output

    @staticmethod
    def _comparable(said: str) -> str:
        return re.sub(r"gsqlite3|failover", "BACKEND", without_log(said))

    def needs(self, command: str):
        """Skips the test where pdnsutil is too old."""
        if command not in self.server.util("help"):
            self.skipTest(f"this pdnsutil has no '{command}'")

    def sql(self, statements: str):
        """Rows that no pdnsutil would write, into both stores."""
        for path in self.paths:
            type(self.store)(path, create=False).sql(statements)

    # ---- what is to be seen afterwards ----

    def assert_same_rows(self, when: str):
        ours, stock = (without_secrets(tables(path)) for path in self.paths)
        for table, rows in stock.items():
            self.assertEqual(ours[table], rows, f"{table} {when}")

    def rows(self, table: str, zone: str) -> list[str]:
        """Our rows of one zone, values between commas, as pdnstables writes them."""
        return [row for row in tables(self.store.path)[table] if row.startswith(f"('{zone}',")]

    def answered(self, name: str, rdtype: str, *data: str, within: float = SECOND):
        self.eventually_data(self.server, name, rdtype, data, within)

    def rcode_becomes(self, name: str, rcode: str, rdtype: str = "SOA"):
        eventually(lambda: self.server.ask(name, rdtype).rcode == rcode, SECOND, f"{name} {rdtype}: {rcode}")

    def serial(self, zone: str) -> int:
        """As it is answered; 0 while it is not."""
        return int(" ".join((*self.server.data(zone + ".", "SOA"), "0 0 0")).split()[2])
