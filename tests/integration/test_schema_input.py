# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Wrong rows are refused by SQLite itself, at INSERT and at UPDATE, with a message a person understands."""
import random
import socket
import subprocess
import unittest

from test_schema import Database, quoted


class WrongInput(Database):
    """Each row: what is set in an otherwise good row, and the message."""

    def setUp(self):
        super().setUp()
        self.feed("INSERT INTO nodes (name) VALUES ('east');")

    def test_nodes(self):
        for setting, message in [
                ("name = 'new east'", "node name: 1 to 63 letters"), ("name = ''", "node name:"),
                ("name = '-east'", "not beginning with"), ("name = '.east'", "not beginning with"),
                (f"name = '{'n' * 64}'", "node name:"), ("admin_state = 'off'", "admin_state: 'auto', 'up', 'down' or 'drain'"),
                ("priority = -1", "priority: 0 to 65535"), ("priority = 65536", "priority:"),
                ("weight = 0", "weight: 1 to 65535"), ("weight = 65536", "weight:"),
                *[(f"require = '{value}'", "require: 'all', 'any', or a count") for value in
                  ("", "some", "0", "101", "-1", "01", "1.5", "2x")], ("weight = 1.5", "cannot store REAL")]:
            with self.subTest(setting):
                column, value = setting.split(" = ", 1)
                columns, values = ("name", value) if column == "name" else ("name, " + column, "'new', " + value)
                self.both(f"INSERT INTO nodes ({columns}) VALUES ({values});", f"UPDATE nodes SET {setting};", message)
        self.feed(f"UPDATE nodes SET name = '{'n' * 63}', priority = 65535, weight = 65535, require = 100;")
        self.feed("UPDATE nodes SET require = 'any'; UPDATE nodes SET require = '1';")

    def test_targets(self):
        self.feed("INSERT INTO node_targets VALUES ('east', 'good');")
        for target in ["", "a b", "a/b", "192.0.2.1/24", "999.1.1.1", "1.2.3", "1:2:3", "a..b", ".", "x" * 64, "192.0.2.1:80",
                       ".".join(["x" * 63] * 4)]:
            with self.subTest(target):
                self.both(f"INSERT INTO node_targets VALUES ('east', '{target}');",
                          f"UPDATE node_targets SET target = '{target}';", "target: ")
        self.both("INSERT INTO node_targets VALUES ('west', '::1');", "UPDATE node_targets SET node = 'west';",
                  "node: there is no such node; insert it into nodes first")
        for target in ["Mail.Example.ORG.", "_x-1.example", "2001:DB8:0::1", "192.0.2.1", ".".join(["x" * 61] * 4)]:
            self.feed(f"INSERT INTO node_targets VALUES ('east', '{target}');")

    def test_policies(self):
        self.feed("""INSERT INTO domains (name, type) VALUES ('example', 'NATIVE');
            INSERT INTO records (domain_id, name, type, content) VALUES (1, 'good.example', 'A', '192.0.2.1'),
              (1, 'new.example', 'A', '192.0.2.1'), (1, 'www.example', 'HTTPS', '1 .');
            INSERT INTO policies (name) VALUES ('good.example');""")
        for column, value, message in [
                ("name", "''", "name: a domain name"), ("name", "'a b'", "name:"), ("name", "'a..b'", "name:"),
                ("type", "'TXT'", "type: A, AAAA, MX, SRV, HTTPS, SVCB, CNAME or ALIAS"), ("type", "'a'", "type:"),
                ("mode", "'random'", "mode: 'all', 'priority', 'weighted' or 'sticky'"),
                ("max_answers", "0", "max_answers: a count from 1"), ("min_healthy", "0", "min_healthy: a count from 1"),
                ("min_healthy", "1001", "min_healthy:"), ("ttl_max", "-1", "ttl_max: 0 to"),
                ("trickle", "6", "trickle: 0 to 5 per cent"), ("trickle", "1", "trickle: only where mode is 'priority'"),
                ("ramp_s", "1", "ramp_s: only where mode is"), ("ramp_s", "86401", "ramp_s: 0 to 86400 seconds"),
                ("when_down", "'refused'", "when_down: 'serve-all', 'nodata', 'servfail' or 'last'"), ("when_down", "NULL", "when_down")]:
            with self.subTest(column + " = " + value):
                columns, values = ("name", value) if column == "name" else (f"name, {column}", f"'new.example', {value}")
                self.both(f"INSERT INTO policies ({columns}) VALUES ({values});", f"UPDATE policies SET {column} = {value};", message)
        for name, kind in [("*", "NULL"), ("*.example", "NULL"), ("*.example", "'A'"), ("www.example.", "'HTTPS'"), ("*.a.b.example", "NULL")]:
            self.feed(f"INSERT INTO policies (name, type, when_down) VALUES ('{name}', {kind}, 'nodata');")
        self.both("INSERT INTO policies (name, type) VALUES ('WWW.Example', 'HTTPS');",
                  "UPDATE policies SET name = 'WWW.Example', type = 'HTTPS' WHERE name = 'good.example';",
                  "policies: this name has a policy for this type")

    def test_policies_are_for_names_that_there_are(self):
        self.feed("""INSERT INTO domains (name, type) VALUES ('example', 'NATIVE');
            INSERT INTO records (domain_id, name, type, content) VALUES (1, 'Good.Example.', 'A', '192.0.2.1');
            INSERT INTO policies (name) VALUES ('GOOD.example');""")
        self.refused("INSERT INTO policies (name) VALUES ('god.example');", "name: no record has this name")
        self.refused("INSERT INTO policies (name) VALUES ('*.exampel');", "name: no zone has names below this one")
        self.refused("INSERT INTO policies (name) VALUES ('*.anexample');", "name: no zone has names below this one")

    def test_policy_nodes_and_drains(self):
        self.feed("INSERT INTO policies (name) VALUES ('*');")
        self.refused("INSERT INTO policy_nodes (policy, node) VALUES (1, 'nobody');", "node: there is no such node")
        self.refused("INSERT INTO policy_nodes (policy, node) VALUES (2, 'east');", "policy: there is no policy with this id")
        self.refused("INSERT INTO policy_nodes (policy, node, weight) VALUES (1, 'east', 0);", "weight: 1 to 65535")
        self.refused("INSERT INTO policy_nodes (policy, node, priority) VALUES (1, 'east', -1);", "priority: 0 to 65535")
        self.refused("INSERT INTO drains (node) VALUES ('nobody');", "node: there is no such node")
        self.refused("INSERT INTO drains (node, starts, ends) VALUES ('east', 7, 7);", "ends: after starts")
        self.refused("INSERT INTO drains (node, starts) VALUES ('east', unixepoch() * 1000);", "starts: seconds since 1970")
        self.feed("""INSERT INTO policy_nodes (policy, node, weight) VALUES (1, 'east', 7); INSERT INTO drains (node) VALUES ('east');
            UPDATE nodes SET name = 'west'; UPDATE policies SET id = 5;""")
        self.assertEqual(self.feed("SELECT * FROM policy_nodes; SELECT node FROM drains;"), "5|west||7\nwest")
        self.refused("UPDATE policy_nodes SET node = 'nobody';", "node: there is no such node")
        self.refused("UPDATE drains SET node = 'nobody';", "node: there is no such node")
        self.feed("DELETE FROM nodes;")
        self.assertEqual(self.feed("SELECT * FROM policy_nodes; SELECT node FROM drains;"), "")

    def test_a_policy_does_not_inherit_the_nodes_of_one_that_is_gone(self):
        self.feed("""INSERT INTO policies (id, name) VALUES (1, '*');
            INSERT INTO policy_nodes (policy, node, weight) VALUES (1, 'east', 7);
            INSERT OR REPLACE INTO policies (id, name) VALUES (2, '*');
            DELETE FROM policies; INSERT INTO policies (id, name) VALUES (1, '*');""")
        self.assertEqual(self.feed("SELECT * FROM policy_nodes;"), "")
        self.feed("""INSERT INTO policy_nodes (policy, node, weight) VALUES (1, 'east', 7);
            INSERT OR REPLACE INTO policies (id, name, mode) VALUES (1, '*', 'weighted');""")
        self.assertEqual(self.feed("SELECT * FROM policy_nodes;"), "1|east||7")

    def test_checks(self):
        self.feed("INSERT INTO checks (node, url) VALUES ('east', 'http://h/');")
        rows = [("node", "west", "node: there is no such node"), ("url", "h.example/x", "url: begins with http://"),
                ("url", "ftp://h/", "push:// or exec://"), ("url", "HTTP://h/", "in lower case"), ("url", "http://", "url: "), ("url", "http:///x", "url: the host"),
                ("url", "http://a b/", "url: "), ("url", "tcp://h", "url: tcp needs a port"), ("url", "tcp://h:0", "url: the port"),
                ("url", "http://h:65536/", "url: the port"), ("url", "http://h:/", "url: the port"),
                ("url", "http://::1/", "url: the host"), ("url", "http://[::g]/", "url: the host looks"),
                ("url", "http://[::1/", "url: the host"),
                ("url", "http://999.1.1.1/", "url: the host looks"), ("url", "http://h/a b", "url: no blanks"),
                ("method", "BREW", "method: GET, HEAD"), ("headers", "no colon", "headers: "),
                ("headers", "A: b\n: c", "headers: "), ("expect_body", "", "expect_body: not empty"),
                ("expect_json", "status=1", "expect_json: "), ("expect_json", "/status", "expect_json: "),
                ("expect_json", "/status=ok", "expect_json: "), ("ca_file", "", "ca_file: not empty"),
                ("role", "maybe", "role: 'decide' or 'warn'"), ("connection", "keep", "connection: 'fresh' or 'reuse'"),
                ("expect_rcode", "noerror", "expect_rcode: "), ("send", "x", "send: only for tcp://"),
                ("starttls", "1", "starttls: only for smtp://"), ("cert_warn_days", "7", "cert_warn_days: only for tls://"),
                ("expect_rcode", "REFUSED", "expect_rcode: only for dns://")]
        rows += [("expect_status", value, "expect_status: ") for value in
                 ["", "ok", "200,", "600", "99", "300-200", "200-", "200 299", "2000"]]
        rows += [(column, value, column + ": ") for column, values in {
            "interval_ms": [99, 86400001], "timeout_ms": [9, 3000], "retry_ms": [9, 3001], "fall": [0, 101], "rise": [0, 101],
            "tls_verify": [2], "enabled": [-1], "inverted": [2], "starttls": [2], "cert_warn_days": [-1, 3651]}.items()
            for value in values]
        rows += [("fall", "many", "cannot store TEXT value in INTEGER column")]
        rows += [(column, value, column + ": ") for column in ("address", "source") for value in
                 ["999.1.1.1", "1.2.3", "1:2:3", "host", "", "::1%lo", "[::1]", "192.0.2.1:80", '"', "127.1", "01.2.3.4"]]
        for column, value, message in rows:
            row = {"node": "east", "url": "http://h/", column: value}
            with self.subTest(f"{column} = {value!r}"):
                self.both(f"INSERT INTO checks ({', '.join(row)}) VALUES ({quoted(row)});",
                          f"UPDATE checks SET {column} = '{value}';", message)

    def test_good_checks(self):
        for setting in ["url = 'tcp://[2001:db8::1]:25'", "url = 'https://user:word@h.example:8443?x=1'", "url = 'tcp://h:65535'",
                        "url = 'http://192.0.2.1'", "expect_status = '200,204,300-399'", "interval_ms = 86400000",
                        "headers = 'A: b' || char(13, 10) || 'C: \"d\\n,' || char(10)", "expect_json = '/a=\"b=c\"'",
                        "interval_ms = 100, timeout_ms = 99, retry_ms = 100", "timeout_ms = 10, retry_ms = 10",
                        "fall = 100, rise = 1",
                        "address = '::ffff:192.0.2.1', source = '192.0.2.9'", "address = NULL, headers = NULL"]:
            with self.subTest(setting):
                self.feed("DELETE FROM checks; INSERT INTO checks (node, url) VALUES ('east', 'http://h/'); "
                          f"UPDATE checks SET {setting};")

    def test_addresses_are_judged_as_the_system_does(self):
        chance = random.Random(4711)
        candidates = [":", "::", ":::", "1::", "::1::", "1:2:3:4:5:6:7::", "::1:2:3:4:5:6:7:8", "1:2:3:4:5:6:1.2.3.4",
                      "1:2:3:4:5:6:7:1.2.3.4", "::a1.2.3.4", "1.2.3.4::", "::1.2.3.4:5", "::1.2.3", "1.2.3.4.", "256.1.1.1",
                      "0.0.0.0"]
        parts = ["1", "0", "ffff", "12345", ":", ":", ":", "::", ".", "192.0.2.1", "255", "256", "g", "00", "1:2:3", "a:b"]
        candidates += ["".join(chance.choice(parts) for _ in range(chance.randint(1, 12))) for _ in range(3000)]
        candidates += [":".join(chance.choice(["", "1", "abcd", "0"]) for _ in range(chance.randint(6, 9))) for _ in range(2000)]
        candidates = sorted(set(candidates))
        sql = "".join(f"INSERT INTO checks (node, url, address) VALUES ('east', 'http://h/', '{candidate}');\n"
                      for candidate in candidates)
        # Without -bail sqlite3 goes on after a refused statement.
        subprocess.run(["sqlite3", self.file], input=f"BEGIN;\n{sql}COMMIT;\n", text=True, capture_output=True, timeout=120,
                       check=False)
        accepted = set(self.feed("SELECT address FROM checks;").splitlines())
        self.assertEqual(accepted, {candidate for candidate in candidates if is_address(candidate)})
        self.assertGreater(len(accepted), 50)


def is_address(candidate):
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, candidate)
            return True
        except OSError:
            pass
    return False


if __name__ == "__main__":
    unittest.main()
