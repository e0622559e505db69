# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""One bad row is left out, or keeps its last good version, holds up nothing else, and is named in the log and in the status."""
from harness.badrows import WITHIN, BadRowsCase
from harness.poll import eventually
from harness.testbed import EAST_V4, WEST_V4

BAD_ADDRESS = "192.0.2.999"


class RunningTest(BadRowsCase):
    """Bad rows that come while the server runs."""

    def setUp(self):
        super().setUp()
        self.server = self.bed.serve(self.store)

    def test_bad_record_is_left_out_and_the_rest_goes_on(self):
        self.assertEqual(self.server.data("text.alpha.example.", "TXT"), ('"one"',))
        self.store.sql(f"{self.store.record_sql('alpha.example', 'bad', 'A', BAD_ADDRESS)};\n"
                       "UPDATE records SET content = '\"two\"' WHERE name = 'text.alpha.example'")
        row = self.row_id("records", f"content = '{BAD_ADDRESS}'")
        self.reported(self.server, f"records id {row}", "bad.alpha.example", "left out")
        self.eventually_data(self.server, "text.alpha.example.", "TXT", ['"two"'], WITHIN)
        self.assertEqual(self.server.ask("bad.alpha.example.", "A").rcode, "NXDOMAIN")
        self.store.set_admin("east", "down")
        self.eventually_data(self.server, "www.alpha.example.", "A", [WEST_V4], WITHIN)
        self.assertEqual(self.server.log().count(f"records id {row}:"), 1, "said once")
        self.store.sql("UPDATE records SET content = '192.0.2.9' WHERE name = 'bad.alpha.example'")
        self.eventually_data(self.server, "bad.alpha.example.", "A", ["192.0.2.9"], WITHIN)
        eventually(lambda: self.problems(self.server) == "[]", WITHIN, "the status is clean again")

    def test_row_that_becomes_bad_leaves_and_comes_back(self):
        self.assertEqual(self.server.data("text.alpha.example.", "TXT"), ('"one"',))
        self.store.sql("UPDATE records SET content = '\"one' WHERE name = 'text.alpha.example'")
        self.eventually_data(self.server, "text.alpha.example.", "TXT", [], WITHIN)
        self.store.sql("UPDATE records SET content = '\"one\"' WHERE name = 'text.alpha.example'")
        self.eventually_data(self.server, "text.alpha.example.", "TXT", ['"one"'], WITHIN)

    def test_broken_key_is_named_and_nothing_of_it_shown(self):
        secret = "c2VjcmV0IHNlY3JldA"
        for content in (f"PrivateKey: {secret}", f"Private-key-format: v1.2\nAlgorithm: {secret}\nPrivateKey: x", secret):
            with self.subTest(content):
                self.store.sql("INSERT INTO cryptokeys (domain_id, flags, active, published, content) "
                               f"SELECT id, 257, 1, 1, '{content}' FROM domains WHERE name = 'alpha.example'")
                self.reported(self.server, f"cryptokeys id {self.row_id('cryptokeys', 'active')}", "alpha.example", "no private key")
        self.assertNotIn(secret, self.server.log() + self.server.control("failover-status"))
        self.assertEqual(self.server.data("text.alpha.example.", "TXT"), ('"one"',))

    def test_soa_that_becomes_bad_keeps_its_last_good_version(self):
        soa = self.server.data("alpha.example.", "SOA")
        self.store.sql("UPDATE records SET content = 'nonsense ' WHERE type = 'SOA' AND name = 'alpha.example'")
        self.reported(self.server, "domains id 1", "SOA", "last good version stays")
        self.assertEqual(self.server.data("alpha.example.", "SOA"), soa)
        self.store.add_record("alpha.example", "fresh", "A", "192.0.2.7")
        self.eventually_data(self.server, "fresh.alpha.example.", "A", ["192.0.2.7"], WITHIN)

    def test_thousands_of_bad_rows_are_a_few_lines(self):
        self.server.control("failover-reload")
        before = self.server.log()
        self.store.sql("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) "
                       "INSERT INTO records (domain_id, name, type, content, ttl) "
                       f"SELECT 1, 'n' || i || '.alpha.example', 'A', '{BAD_ADDRESS}', 60 FROM n")
        self.store.add_record("alpha.example", "fresh", "A", "192.0.2.7")
        self.eventually_data(self.server, "fresh.alpha.example.", "A", ["192.0.2.7"], WITHIN)
        eventually(lambda: self.server.status()["store"]["problems_total"] == 5000, WITHIN, "all are counted")
        self.assertLessEqual(len(self.server.status()["store"]["problems"]), 100)
        self.assertRegex(self.server.control("failover-status"), r"and \d+ more bad rows")
        self.assertRegex(self.server.log(), r"and \d+ more bad rows")
        self.assertLess(len(self.server.log()[len(before):].splitlines()), 50)

    def test_bad_check_leaves_the_old_one(self):
        node = self.bed.node()
        self.store.insert("checks", node="east", url=node.url(), interval_ms=400, timeout_ms=300, retry_ms=50)
        eventually(lambda: node.requests, WITHIN, "the check runs")
        row = self.row_id("checks", "node = 'east'")
        self.force("UPDATE checks SET url = 'gopher://nowhere' WHERE node = 'east'")
        self.reported(self.server, "checks", row, "gopher://nowhere")
        before = len(node.requests)
        eventually(lambda: len(node.requests) > before + 2, WITHIN, "the old check goes on")
        self.store.set_admin("west", "down")
        self.eventually_data(self.server, "www.alpha.example.", "A", [EAST_V4], WITHIN)
        self.force(f"UPDATE checks SET url = '{node.url('/new')}' WHERE node = 'east'")
        eventually(lambda: node.requests[-1].path == "/new", WITHIN, "the mended check runs")
        eventually(lambda: self.problems(self.server) == "[]", WITHIN, "the status is clean again")

    def test_bad_target_leaves_the_others(self):
        self.force("INSERT INTO node_targets (node, target) VALUES ('east', 'two..dots')")
        self.reported(self.server, "node_targets", "two..dots")
        self.store.set_admin("east", "down")
        self.eventually_data(self.server, "www.alpha.example.", "A", [WEST_V4], WITHIN)


class FirstLoadTest(BadRowsCase):
    """Bad rows that are there at start: they are left out, the rest is served."""

    def test_bad_record(self):
        self.store.add_record("alpha.example", "bad", "A", BAD_ADDRESS)
        server = self.bed.serve(self.store)
        self.reported(server, "records", self.row_id("records", f"content = '{BAD_ADDRESS}'"), "bad.alpha.example")
        self.assertEqual(server.data("www.alpha.example.", "A"), (EAST_V4, WEST_V4))
        self.assertEqual(server.data("www.beta.example.", "A"), ("198.51.100.1",))
        self.assertEqual(server.data("bad.alpha.example.", "A"), ())

    def test_bad_check_and_target(self):
        self.force("INSERT INTO checks (node, url) VALUES ('east', 'gopher://nowhere');\n"
                   "INSERT INTO node_targets (node, target) VALUES ('east', 'two..dots')")
        server = self.bed.serve(self.store)
        self.reported(server, "checks", "gopher://nowhere")
        self.reported(server, "node_targets", "two..dots")
        self.assertEqual(server.data("www.alpha.example.", "A"), (EAST_V4, WEST_V4))

    def test_rows_beside_the_nodes(self):
        self.force("""INSERT INTO peers (name, url, api_key) VALUES ('ns2', 'http://127.0.0.1:1', 'not a word');
            INSERT INTO "references" (id, url) VALUES (3, 'gopher://nowhere');
            INSERT INTO notifications (id, url, token) VALUES (4, 'http://user:hidden@127.0.0.1:1/x', 'hid den');
            INSERT INTO reports (check_id, outcome) VALUES (9, 'up'); INSERT INTO check_nodes VALUES (8, 'nobody')""")
        server = self.bed.serve(self.store)
        for row in ("peers ns2: api_key", "references id 3: url", "notifications id 4: token", "reports check_id 9", "check_nodes 8 nobody"):
            self.reported(server, row, "left out")
        for secret in ("not a word", "hid den", "hidden"):
            self.assertNotIn(secret, server.log())
        self.assertEqual(server.data("www.alpha.example.", "A"), (EAST_V4, WEST_V4))

    def test_a_push_check_is_reported_on(self):
        self.store.sql("INSERT INTO checks (id, node, url, enabled) VALUES (9, 'east', 'push://backup', 0)")
        server = self.bed.serve(self.store)
        self.assertEqual(server.control("failover-report", "backup", "up", "for", "90").strip(), "check backup: up, for 1 min 30 s")
        self.assertIn("no push check 'other'", server.control("failover-report", "other", "up"))

    def test_rows_of_domains(self):
        """One that is none does not keep the server from starting, nor another zone from being in PowerDNS's zone cache."""
        self.store.sql("INSERT INTO domains (id, name, type) VALUES (5000000000, 'far.example', 'NATIVE'), (-5, 'below.example', 'MASTER'),"
                       " (70, 'a..b', 'NATIVE'), (71, 'beta.example.', 'NATIVE'), (72, 'odd.example', 'ODD')")
        self.store.sql("INSERT INTO records (domain_id, name, type, content, ttl) SELECT id, rtrim(name, '.'), 'SOA', 'a b 1 1 1 1 1', 60"
                       " FROM domains WHERE id IN (5000000000, -5, 71, 72)")
        self.store.sql("UPDATE domains SET notified_serial = 'x', last_check = -1 WHERE name = 'beta.example'")
        server = self.bed.serve(self.store, api=True, zone_cache_refresh_interval=1)
        for row in ("5000000000", "-5", "70", "71"):
            self.reported(server, f"domains id {row}:", "left out")
        self.reported(server, "domains id 72:", "'ODD'", "served all the same")
        self.assertEqual(server.data("www.beta.example.", "A"), ("198.51.100.1",))
        self.assertEqual(server.data("odd.example.", "SOA"), ("a. b. 1 1 1 1 1",))
        self.assertEqual(server.ask("far.example.", "SOA").rcode, "REFUSED")
        self.assertIn("beta.example", server.util("list-all-zones"))
        self.assertIn("beta.example.", [zone["name"] for zone in server.call_api("GET", "/zones")])

    def test_faults_of_a_whole_zone(self):
        """Two SOAs or CNAMEs: the first row, always. A CNAME beside other data, no SOA, records of no zone: said."""
        for content in ("one.alpha.example", "two.alpha.example", "three.alpha.example"):
            self.store.add_record("alpha.example", "twice", "CNAME", content)
            self.store.add_record("alpha.example", "@", "SOA", f"{content} h.alpha.example 99 1 1 1 1")
        self.store.add_record("alpha.example", "mixed", "CNAME", "www.alpha.example")
        self.store.add_record("alpha.example", "mixed", "TXT", '"beside"')
        self.store.sql("INSERT INTO domains (id, name, type) VALUES (70, 'nosoa.example', 'NATIVE');"
                       "INSERT INTO records (domain_id, name, type, content, ttl) VALUES (70, 'www.nosoa.example', 'A', '192.0.2.1', 60),"
                       " (80, 'www.nowhere.example', 'A', '192.0.2.1', 60), (NULL, 'www.null.example', 'A', '192.0.2.1', 60)")
        server = self.bed.serve(self.store, query_cache_ttl=0, cache_ttl=0)
        for name, rdtype in (("twice.alpha.example", "CNAME"), ("alpha.example", "SOA")):
            self.reported(server, f"'{name}' {rdtype}: a name has one {rdtype} record at most", "left out")
            self.assertEqual(len({server.data(f"{name}.", rdtype) for _ in range(20)}), 1)
        self.assertEqual(server.data("twice.alpha.example.", "CNAME"), ("one.alpha.example.",))
        self.assertTrue(server.data("alpha.example.", "SOA")[0].startswith("ns1.alpha.example."))
        self.reported(server, "'mixed.alpha.example' CNAME", "served all the same")
        self.assertEqual(server.data("mixed.alpha.example.", "CNAME"), ("www.alpha.example.",))
        self.reported(server, "domains id 70:", "no SOA record")
        self.reported(server, "'www.nowhere.example' A: domain_id: there is no zone 80")
        self.reported(server, "'www.null.example' A: domain_id: NULL")
