# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""From gsqlite3 to failover and back: one SQL file and one word, or pdnsutil's b2b-migrate; nothing is lost on the way."""
import re

from harness import manyzones
from harness.command import CommandFailed, run
from harness.paths import MODULE, SCHEMA, stock_module
from harness.pdnstables import make_stock, raw_tables, tables
from harness.store import Store
from harness.testbed import Case

SECOND = 1.0
MOVED = ("records", "comments", "domainmetadata", "cryptokeys", "tsigkeys")  # by b2b-migrate, whole


class MigrationCase(Case):
    """Databases of both kinds, and what is in them."""

    def gsqlite3(self, name: str = "gsqlite3") -> Store:
        """Empty, as PowerDNS's own schema makes it."""
        path = self.bed.folder / f"{name}.sqlite3"
        make_stock(path)
        return Store(path, create=False)

    def stock(self, store: Store, **settings):
        server = self.bed.server(name="stock", launch="gsqlite3", gsqlite3_database=store.path, gsqlite3_dnssec="yes", **settings)
        server.configure()
        return server

    def ours(self, store: Store, **settings):
        server = self.bed.server(store, name="ours", failover_dnssec="yes", **settings)
        server.configure()
        return server

    @staticmethod
    def add_failover(store: Store):
        run("sqlite3", "-bail", store.path, text=(SCHEMA / "failover.sql").read_text())

    def assert_answers(self, server, expected: dict):
        self.assertGreater(len(expected), 900)
        different = [(question, expected[question], answer) for question, answer in manyzones.answers(server).items()
                     if answer != expected[question]]
        self.assertEqual(different, [])


class InPlaceTest(MigrationCase):
    """The database stays where it is."""

    def setUp(self):
        super().setUp()
        self.store = self.gsqlite3()
        self.gsqlite3_server = self.stock(self.store)
        manyzones.fill(self.gsqlite3_server, self.store)

    def test_one_sql_file_and_one_word(self):
        stock = self.gsqlite3_server.start()
        before = raw_tables(self.store.path)
        answers, said = manyzones.answers(stock), manyzones.sayings(stock)
        self.add_failover(self.store)  # the server runs
        self.assertEqual(raw_tables(self.store.path), before)
        self.assert_answers(stock, answers)
        stock.stop()
        ours = self.ours(self.store).start()
        self.assert_answers(ours, answers)
        self.assertEqual(manyzones.sayings(ours), said)
        self.assertEqual(raw_tables(self.store.path), before)

    def test_a_node_may_fail_from_the_first_moment_on(self):
        self.add_failover(self.store)
        self.store.add_node("one", "192.0.2.1", admin="down")
        ours = self.ours(self.store).start()
        for zone in manyzones.ZONES:
            self.assertEqual(ours.data(f"www.{zone}.", "A"), ("192.0.2.2",))

    def test_both_at_once(self):
        # While one tries, gsqlite3 goes on with the database, reading and writing.
        self.add_failover(self.store)
        stock, ours = self.gsqlite3_server.start(), self.ours(self.store).start()
        stock.util("add-record", "nsec.example", "new", "A", "192.0.2.77")
        stock.util("rectify-zone", "nsec.example")
        self.eventually_data(ours, "new.nsec.example.", "A", ["192.0.2.77"], SECOND)
        ours.util("add-record", "plain.example", "newer", "A", "192.0.2.78")
        self.assertEqual(stock.data("newer.plain.example.", "A"), ("192.0.2.78",))
        self.assert_answers(ours, manyzones.answers(stock))


class BackTest(MigrationCase):
    """A store of ours is a gsqlite3 database: the word changes back, and nothing else."""

    def test_back(self):
        store = self.bed.store()
        ours = self.ours(store)
        manyzones.fill(ours, store)
        store.add_node("one", "192.0.2.1")
        ours.start()
        before, answers, said = raw_tables(store.path), manyzones.answers(ours), manyzones.sayings(ours)
        ours.stop()
        stock = self.stock(store).start()
        self.assert_answers(stock, answers)
        self.assertEqual(manyzones.sayings(stock), said)
        self.assertEqual(raw_tables(store.path), before)
        stock.util("add-record", "plain.example", "new", "A", "192.0.2.77")
        stock.util("delete-zone", "nsec.example")
        stock.stop()
        ours.start()
        self.assertEqual(ours.data("new.plain.example.", "A"), ("192.0.2.77",))
        self.assertEqual(ours.ask("nsec.example.", "SOA").rcode, "REFUSED")


class BetweenBackendsTest(MigrationCase):
    """pdnsutil b2b-migrate, with both backends launched."""

    def migrate(self, source: str, target: str, **databases):
        """The configuration that did it."""
        both = self.bed.server(name=f"{source}-{target}", launch=",".join(name.replace("-", ":") for name in (source, target)),
                               **{f"{name}_database": store.path for name, store in databases.items()},
                               **{f"{name}_dnssec": "yes" for name in databases})
        both.configure()
        both.util("b2b-migrate", source, target)
        return both

    def test_there_and_back(self):
        source, by_stock, target, back = (self.gsqlite3("source"), self.gsqlite3("by-stock"), self.bed.store("target"),
                                          self.gsqlite3("back"))
        stock = self.stock(source)
        manyzones.fill(stock, source)
        self.migrate("gsqlite3", "gsqlite3-two", gsqlite3=source, gsqlite3_two=by_stock)
        both = self.migrate("gsqlite3", "failover", gsqlite3=source, failover=target)
        self.assertEqual(tables(target.path), tables(by_stock.path))  # what PowerDNS itself moves
        with self.assertRaises(CommandFailed):  # there are zones now
            both.util("b2b-migrate", "gsqlite3", "failover")
        ours = self.ours(target)
        ours.util("rectify-all-zones")  # as b2b-migrate asks for
        self.assert_moved(source, target)
        answers = manyzones.answers(stock.start())
        stock.stop()
        self.assert_answers(ours.start(), answers)
        self.assertNotIn("is not known", ours.log())
        ours.stop()
        self.migrate("failover", "gsqlite3", gsqlite3=back, failover=target)
        self.assertEqual(tables(back.path), tables(by_stock.path))
        self.stock(back).util("rectify-all-zones")
        self.assert_moved(source, back)

    def assert_moved(self, source: Store, target: Store):
        was, now = tables(source.path), tables(target.path)
        for rows in (was, now):  # an empty non-terminal's row becomes one of TYPE0 on the way, in stock PowerDNS too
            rows["records"] = [re.sub(r"(None|'TYPE0'), (None|''), (None|\d+), (None|0), 0, ", "ENT, ", row)
                               for row in rows["records"]]
        for table in MOVED:
            self.assertTrue(was[table], f"{table} has something to move")
            self.assertEqual(now[table], was[table], table)
        query = "SELECT name, type, coalesce(master, ''), account FROM domains ORDER BY name"
        self.assertEqual(target.read(query), source.read(query))


class SettingsTest(Case):
    """What stands in the configuration."""

    def settings(self, backend: str, module) -> set[str]:
        (self.bed.folder / "pdns.conf").touch()
        said = run("pdns_server", f"--config-dir={self.bed.folder}", f"--load-modules={module}", f"--launch={backend}",
                   "--config=default")
        return set(re.findall(rf"^# {backend}-([a-z0-9-]+)=", said, flags=re.M))

    def test_each_setting_of_gsqlite3_is_ours(self):
        stock = self.settings("gsqlite3", stock_module("gsqlite3"))
        self.assertGreater(len(stock), 60)
        self.assertEqual(stock - self.settings("failover", MODULE), set())
