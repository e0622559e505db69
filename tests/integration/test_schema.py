# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""The SQL files of schema/, run by the real sqlite3 program as an administrator would."""
import glob
import os
import subprocess
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SCHEMA = os.path.join(ROOT, "schema")
PDNS_SCHEMAS = glob.glob("/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql") + \
    glob.glob(os.path.join(ROOT, "build", "pdns-*", "modules", "gsqlite3backend", "schema.sqlite3.sql"))


def text(name):
    with open(os.path.join(SCHEMA, name), encoding="utf-8") as file:
        return file.read()


class Database(unittest.TestCase):
    """A fresh database made by schema.sql; `feed` runs statements."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.file = os.path.join(self.folder, "store.sqlite3")
        self.make()

    def make(self):
        self.feed(text("schema.sql"))

    def run_sqlite(self, arguments, stdin="", file=None):
        return subprocess.run(["sqlite3", "-bail", file or self.file, *arguments], input=stdin, text=True,
                              capture_output=True, cwd=self.folder, timeout=60, check=False)

    def feed(self, sql, file=None):
        """What sqlite3 prints for `sql` on its standard input, which must succeed."""
        done = self.run_sqlite([], sql, file)
        self.assertEqual((done.returncode, done.stderr), (0, ""), sql[-300:])
        return done.stdout.strip()

    def refused(self, sql, message):
        done = self.run_sqlite([], sql)
        self.assertNotEqual(done.returncode, 0, f"accepted: {sql}")
        self.assertIn(message, done.stderr)

    def both(self, insert, update, message):
        self.refused(insert, message)
        self.refused(update, message)


def quoted(row):
    """What stands in VALUES (…) for the values of `row`."""
    return ", ".join(f"'{value}'" for value in row.values())


class Installation(Database):
    def make(self):
        pass

    def test_schema_ends_with_failover_word_for_word(self):
        self.assertTrue(text("schema.sql").endswith("\n\n" + text("failover.sql")))

    @unittest.skipUnless(PDNS_SCHEMAS, "no schema of PowerDNS's own here to compare with")
    def test_base_tables_are_those_of_powerdns(self):
        with open(PDNS_SCHEMAS[0], encoding="utf-8") as file:
            self.feed(file.read())
        ours = os.path.join(self.folder, "ours")
        self.feed(text("schema.sql"), ours)
        # What SQLite knows of each table and index, whatever the layout of the file: one line per column.
        shape = """SELECT m.type, m.name, m.tbl_name, t.* FROM sqlite_schema m, pragma_table_info(m.name) t
            UNION ALL SELECT m.type, m.name, m.tbl_name, i.seqno, i.name, i.coll, i."desc", i.key, x."unique"
            FROM sqlite_schema m, pragma_index_list(m.tbl_name) x, pragma_index_xinfo(m.name) i WHERE x.name = m.name
            UNION ALL SELECT 'key', m.name, f."table", f."from", f."to", f.on_update, f.on_delete, 0, 0
            FROM sqlite_schema m, pragma_foreign_key_list(m.name) f;"""
        theirs = set(self.feed(shape).splitlines())
        self.assertGreater(len(theirs), 50)
        names = "|".join(self.feed("SELECT name FROM sqlite_schema").splitlines()).split("|")
        mine = {line for line in self.feed(shape, ours).splitlines() if line.split("|")[1] in names}
        self.assertEqual(mine, theirs)
        collations = "SELECT name, replace(sql, ' ', '') LIKE '%nameVARCHAR(255)%NOCASE%' FROM sqlite_schema " \
            "WHERE name IN ('domains', 'records', 'tsigkeys', 'supermasters') ORDER BY 1;"
        self.assertEqual(self.feed(collations), self.feed(collations, ours))

    def make_gsqlite3(self):
        base = text("schema.sql")
        self.feed(base[:base.index("-- What follows")])
        self.feed("INSERT INTO domains (name, type) VALUES ('example.org', 'NATIVE');")

    def test_failover_sql_twice_keeps_the_data(self):
        self.make_gsqlite3()
        self.feed(text("failover.sql"))
        self.feed("INSERT INTO nodes (name) VALUES ('east'); INSERT INTO node_targets VALUES ('east', '::1');")
        before = self.feed(".dump")
        self.feed(text("failover.sql"))
        self.assertEqual(sorted(self.feed(".dump").splitlines()), sorted(before.splitlines()))
        self.assertEqual(self.feed("SELECT version FROM failover_schema; SELECT name FROM domains;"), "4\nexample.org")

    def test_what_marks_changes_is_made_anew(self):
        self.make_gsqlite3()
        self.feed(text("failover.sql"))
        today = self.feed(".dump")
        self.feed("DROP TRIGGER failover_changed_zones; DROP TRIGGER failover_changed_zones_all; "
                  "CREATE INDEX changed_zones_domain_idx ON changed_zones (domain_id); "
                  "CREATE TRIGGER failover_changed_zones AFTER INSERT ON changed_zones BEGIN "
                  "DELETE FROM changed_zones WHERE domain_id = NEW.domain_id AND change < NEW.change; END;")
        self.feed(text("failover.sql"))
        self.assertEqual(sorted(self.feed(".dump").splitlines()), sorted(today.splitlines()))

    def test_tables_of_version_1_are_brought_up_to_date(self):
        self.make_gsqlite3()
        self.feed(text("failover.sql"))
        self.feed("INSERT INTO nodes (name) VALUES ('east');")
        today = self.feed(".dump")
        self.feed("DROP TABLE policies; DROP TABLE policy_nodes; DROP TABLE drains; UPDATE failover_schema SET version = 1;")
        self.feed(text("failover.sql"))
        self.assertEqual(sorted(self.feed(".dump").splitlines()), sorted(today.splitlines()))

    def test_policies_of_version_2_are_kept(self):
        self.make_gsqlite3()
        self.feed(text("failover.sql"))
        today = self.feed(".schema")
        self.feed("""DROP TABLE policies; DROP TABLE policy_nodes; DROP TABLE drains; UPDATE failover_schema SET version = 2;
            CREATE TABLE policies (id INTEGER PRIMARY KEY, name TEXT NOT NULL, type TEXT CHECK (type IN ('A', 'AAAA')),
              when_down TEXT NOT NULL DEFAULT 'serve-all' CHECK (when_down IN ('serve-all', 'nodata'))) STRICT;
            INSERT INTO policies VALUES (3, 'www.example.org', NULL, 'nodata'), (7, '*.example.org', 'A', 'serve-all');
            DROP TRIGGER failover_nodes_delete;
            CREATE TRIGGER failover_nodes_delete AFTER DELETE ON nodes BEGIN DELETE FROM checks WHERE node = OLD.name; END;""")
        self.feed(text("failover.sql"))
        self.assertEqual(sorted(self.feed(".schema").splitlines()), sorted(today.splitlines()))
        self.assertEqual(self.feed("SELECT * FROM policies;"),
            "3|www.example.org||all||1|nodata||0|0\n7|*.example.org|A|all||1|serve-all||0|0")

    def test_rows_of_version_3_are_kept(self):
        self.make_gsqlite3()
        self.feed(text("failover.sql"))
        today = self.feed(".schema")
        tables = ["nodes", "checks", "node_state"]
        new = ["check_nodes", "reports", '"references"', "peers", "notifications", "check_state"]
        self.feed("".join(f"DROP TABLE {table};" for table in tables + new) + """
            DROP VIEW failover_valid_host; DROP VIEW failover_valid_check; DROP VIEW failover_valid_url; DROP VIEW failover_valid_peer;
            CREATE VIEW failover_valid_host (scheme, host, port) AS SELECT NULL, NULL, NULL WHERE 0;
            CREATE VIEW failover_valid_check (node, url) AS SELECT NULL, NULL WHERE 0;
            CREATE TRIGGER failover_valid_check_check INSTEAD OF INSERT ON failover_valid_check BEGIN
              INSERT INTO failover_valid_host VALUES (NEW.url, 1, 2); END;
            CREATE TABLE nodes (name TEXT NOT NULL PRIMARY KEY, admin_state TEXT NOT NULL DEFAULT 'auto', priority INTEGER NOT NULL
              DEFAULT 0, weight INTEGER NOT NULL DEFAULT 100, comment TEXT) STRICT;
            CREATE TABLE checks (id INTEGER PRIMARY KEY, node TEXT NOT NULL, url TEXT NOT NULL CHECK (url GLOB 'http*'), address TEXT,
              method TEXT NOT NULL DEFAULT 'GET', headers TEXT, expect_status TEXT NOT NULL DEFAULT '200-399', expect_body TEXT,
              expect_json TEXT, interval_ms INTEGER NOT NULL DEFAULT 3000, timeout_ms INTEGER NOT NULL DEFAULT 2000, retry_ms INTEGER
              NOT NULL DEFAULT 500, fall INTEGER NOT NULL DEFAULT 3, rise INTEGER NOT NULL DEFAULT 2, source TEXT, tls_verify INTEGER
              NOT NULL DEFAULT 1, ca_file TEXT, enabled INTEGER NOT NULL DEFAULT 1) STRICT;
            CREATE TRIGGER failover_checks_insert BEFORE INSERT ON checks BEGIN
              INSERT INTO failover_valid_check VALUES (NEW.node, NEW.url); END;
            CREATE TABLE node_state (node TEXT NOT NULL PRIMARY KEY, state TEXT NOT NULL, verdict TEXT NOT NULL DEFAULT 'unknown',
              since INTEGER NOT NULL, updated INTEGER NOT NULL, reason TEXT) STRICT;
            INSERT INTO nodes VALUES ('east', 'drain', 3, 7, 'rack 4');
            INSERT INTO node_state VALUES ('east', 'drained', 'up', 1, 2, 'new kernel');
            DROP TRIGGER failover_checks_insert;
            INSERT INTO checks VALUES (7, 'east', 'https://h/', '::1', 'POST', 'A: b', '200', 'body', '/a=1', 4000, 1500, 250, 7, 5,
              '::2', 0, '/ca', 0);
            UPDATE failover_schema SET version = 3;""")
        self.feed(text("failover.sql"))
        self.assertEqual(sorted(self.feed(".schema").splitlines()), sorted(today.splitlines()))
        self.assertEqual(self.feed("SELECT * FROM nodes; SELECT * FROM node_state; SELECT * FROM checks;").splitlines(), [
            "east|drain|3|7|rack 4|all", "east|drained|up|1|2|new kernel|0||",
            "7|east|https://h/|::1|POST|A: b|200|body|/a=1|4000|1500|250|7|5|::2|0|/ca|0||NOERROR|decide|0|fresh|0|14"])
        self.feed("UPDATE nodes SET require = 'any'; UPDATE checks SET role = 'warn'; UPDATE node_state SET flaps = 2, flaps_at = 5;")
        before = self.feed(".dump")
        self.feed(text("failover.sql"))
        self.assertEqual(sorted(self.feed(".dump").splitlines()), sorted(before.splitlines()))

    def unchanged(self, sql, message):
        with open(self.file, "rb") as file:
            before = file.read()
        self.refused(sql, message)
        with open(self.file, "rb") as file:
            self.assertEqual(file.read(), before)

    def test_other_databases_are_refused_unchanged(self):
        self.feed("CREATE TABLE domains (x); INSERT INTO domains VALUES (1);")
        self.unchanged(text("failover.sql"), "this is no gsqlite3 database")
        self.unchanged(text("schema.sql"), "the database is not empty")

    def test_another_version_is_refused_unchanged(self):
        self.make_gsqlite3()
        self.feed("CREATE TABLE failover_schema (version INTEGER NOT NULL); INSERT INTO failover_schema VALUES (5);")
        self.unchanged(text("failover.sql"), "of another version than 1 to 4")

    def test_all_or_nothing(self):
        self.make_gsqlite3()
        self.feed("CREATE TABLE failover_valid_target (x);")  # a late statement will fail
        self.unchanged(text("failover.sql"), "failover_valid_target")


class ChangedZones(Database):
    def setUp(self):
        super().setUp()
        self.feed("INSERT INTO domains (id, name, type) VALUES (1, 'a', 'NATIVE'), (2, 'b', 'NATIVE'), (3, 'c', 'NATIVE');"
                  "INSERT INTO records (id, domain_id, name) VALUES (1, 1, 'a'), (2, 2, 'b');"
                  "INSERT INTO domainmetadata (id, domain_id) VALUES (1, 1);"
                  "INSERT INTO cryptokeys (id, domain_id, flags) VALUES (1, 1, 257);")

    def marked(self, sql):
        """The zones that a reader finds changed after `sql`."""
        seen = self.feed("SELECT max(change) FROM changed_zones;")
        self.feed(sql)
        zones = self.feed(f"SELECT DISTINCT domain_id FROM changed_zones WHERE change > {seen} ORDER BY 1;")
        return [int(zone) for zone in zones.split()]

    def test_what_marks_which_zone(self):
        for sql, zones in [
                ("INSERT INTO records (domain_id, name) VALUES (2, 'x');", [2]),
                ("INSERT INTO records (domain_id, name) VALUES (2, 'y');", [2]),  # the zone that is the newest already
                ("INSERT INTO records (domain_id, name) VALUES (NULL, 'x');", []),
                ("UPDATE records SET content = 'x' WHERE id = 1;", [1]), ("UPDATE records SET domain_id = 2 WHERE id = 1;", [1, 2]),
                ("UPDATE records SET domain_id = NULL WHERE id = 1;", [2]), ("UPDATE records SET domain_id = 1 WHERE id = 1;", [1]),
                ("DELETE FROM records WHERE id = 1;", [1]), ("DELETE FROM records;", [2]),
                ("INSERT OR IGNORE INTO records (domain_id, name) VALUES (2, 'z');", [2]),
                ("INSERT OR ABORT INTO records (domain_id, name) VALUES (2, 'z');", [2]),
                ("INSERT OR ROLLBACK INTO records (domain_id, name) VALUES (2, 'z');", [2]),
                ("REPLACE INTO records (domain_id, name) VALUES (2, 'z');", [2]),
                ("UPDATE OR IGNORE records SET ttl = 1;", [2]),
                ("INSERT INTO domainmetadata (domain_id) VALUES (3);", [3]),
                ("UPDATE domainmetadata SET domain_id = 2 WHERE id = 1;", [1, 2]),
                ("DELETE FROM domainmetadata WHERE id = 1;", [2]),
                ("INSERT INTO cryptokeys (domain_id, flags) VALUES (3, 257);", [3]),
                ("UPDATE cryptokeys SET active = 1 WHERE id = 1;", [1]), ("DELETE FROM cryptokeys WHERE id = 1;", [1]),
                ("UPDATE domains SET last_check = 1, notified_serial = 1, master = 'x', account = 'x', "
                 "options = '{}', catalog = 'x';", []),
                ("UPDATE domains SET type = 'MASTER' WHERE id = 1;", [1]), ("UPDATE domains SET name = 'd' WHERE id = 3;", [3]),
                ("UPDATE domains SET id = 9 WHERE id = 3;", [3, 9]), ("DELETE FROM domains WHERE id = 9;", [9]),
                ("INSERT INTO domains (id, name, type) VALUES (4, 'e', 'NATIVE');", [4]),
                ("REPLACE INTO domains (id, name, type) VALUES (5, 'E', 'NATIVE');", [4, 5]),
                ("UPDATE nodes SET weight = 1; INSERT INTO nodes (name) VALUES ('x');", [])]:
            with self.subTest(sql):
                self.assertEqual(self.marked(sql), zones)
        self.assertNotEqual(self.feed("SELECT change FROM changed_zones WHERE domain_id = 9;"), "", "a deleted zone keeps its row")

    def test_old_marks_go_and_the_newest_of_a_zone_stays(self):
        many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) " \
               "INSERT INTO records (domain_id, name) SELECT {}, i FROM n;"
        self.feed(many.format(1000, 1) + many.format(1000, 2) + many.format(1, 3))
        seen = self.feed("SELECT max(change) FROM changed_zones;")
        self.feed(many.format(150, 1) + many.format(2000, 2))
        rows = [line.split("|") for line in self.feed("SELECT domain_id, change FROM changed_zones;").split()]
        self.assertLess(len(rows), 200)
        self.assertEqual({zone for zone, change in rows if int(change) > int(seen)}, {"1", "2"})
        self.assertIn("3", {zone for zone, _ in rows})

        self.feed("INSERT INTO changed_zones VALUES (99999, 3); " + many.format(1, 1))
        self.assertEqual(self.feed("SELECT domain_id, count(*), max(change) > 99998 FROM changed_zones GROUP BY 1;"),
                         "1|1|1\n2|1|0\n3|1|1")


class Nodes(Database):
    def setUp(self):
        super().setUp()
        self.feed("INSERT INTO nodes (name) VALUES ('east'); INSERT INTO node_targets VALUES ('east', '::1');"
                  "INSERT INTO checks (node, url) VALUES ('east', 'http://h/');"
                  "INSERT INTO node_state (node, state, verdict, since, updated) VALUES ('east', 'up', 'up', 1, 2);"
                  "INSERT INTO checks (id, node, url) VALUES (7, 'east', 'push://backup');"
                  "INSERT INTO check_nodes VALUES (1, 'east'); INSERT INTO reports (check_id, outcome) VALUES (7, 'up');"
                  "INSERT INTO check_state VALUES (7, 'up', 0, 1, 9, 2);"
                  "INSERT INTO notifications (url, node) VALUES ('http://h/', 'east');"
                  "INSERT INTO health_events (at_ms, node, from_state, to_state) VALUES (1, 'east', 'down', 'up');")
        self.owners = " UNION ALL ".join(f"SELECT node FROM {table}" for table in
                                         ("node_targets", "checks", "node_state", "check_nodes", "notifications")) + ";"
        self.of_checks = " UNION ALL ".join(f"SELECT check_id FROM {table}" for table in
                                            ("check_nodes", "reports", "check_state")) + ";"

    def test_renaming_carries_what_belongs_to_the_node(self):
        self.feed("UPDATE nodes SET name = 'west';")
        self.assertEqual(self.feed(self.owners).split(), ["west"] * 6)

    def test_deleting_removes_it_but_keeps_the_history(self):
        self.feed("DELETE FROM nodes;")
        self.assertEqual(self.feed(self.owners), "")
        self.assertEqual(self.feed(self.of_checks), "")
        self.assertEqual(self.feed("SELECT node FROM health_events;"), "east")

    def test_what_belongs_to_a_check_goes_with_its_number(self):
        self.feed("UPDATE checks SET id = 9 WHERE id = 7;")
        self.assertEqual(self.feed(self.of_checks).split(), ["1", "9", "9"])
        self.feed("DELETE FROM checks WHERE id = 9;")
        self.assertEqual(self.feed(self.of_checks), "1")

    def test_a_new_check_has_nothing_of_the_one_it_replaces(self):
        self.feed("INSERT INTO check_nodes VALUES (7, 'east');"
                  "REPLACE INTO checks (id, node, url) VALUES (8, 'east', 'push://Backup');"  # removes 7, untold
                  "INSERT INTO checks (id, node, url) VALUES (7, 'east', 'push://other');")
        self.assertEqual(self.feed(self.of_checks), "1")

    def test_states_are_words_of_the_table(self):
        self.refused("UPDATE node_state SET state = 'dead';", "state: 'unknown', 'up'")
        self.refused("UPDATE node_state SET verdict = 'drained';", "verdict: 'unknown', 'up' or 'down'")


if __name__ == "__main__":
    unittest.main()
