# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Checks of every kind and what stands beside them: which rows SQLite takes, and what it says of the others."""
import unittest

from test_schema import Database, quoted


class ChecksAndOthers(Database):
    def setUp(self):
        super().setUp()
        self.feed("INSERT INTO nodes (name) VALUES ('east');")

    def test_urls_of_each_kind(self):
        good = ["tls://h:443", "tcp://h:1/", "icmp://192.0.2.1", "icmpv6://[2001:db8::1]", "smtp://h", "smtp://h:25/", "smtps://h",
                "imap://h", "imaps://h", "pop3://h", "pop3s://[::1]:995", "ldap://h", "ldap://h/dc=x?uid?base", "ldaps://h/x",
                "dns://192.0.2.1/example.org", "dns://192.0.2.1:5353/example.org.?type=soa", "dns://[::1]/.?type=TYPE65",
                "dns://[::1]:53/_x._tcp.*.example?TYPE=SRV", "push://backup", "push://42", "exec://prog", "exec://prog/a/b%20c",
                "exec://p-1.sh//x/", 'exec://p/%3f"\\']
        for url in good:
            with self.subTest(url):
                self.feed(f"INSERT INTO checks (node, url) VALUES ('east', '{url}'); DELETE FROM checks;"
                          + ("" if url.startswith("push") else f'INSERT INTO "references" (url) VALUES (\'{url}\');'))
        bad = {"tls needs a port": ["tls://h", "tls://[::1]"], "icmp needs an IPv4": ["icmp://h", "icmp://[::1]"],
               "icmpv6 needs an IPv6": ["icmpv6://h", "icmpv6://192.0.2.1"], "a ping has no port": ["icmp://192.0.2.1:7"],
               "has nothing after the host": ["icmp://192.0.2.1/x", "smtp://h/x", "imap://h?x", "tcp://h:1#x", "pop3://h/#"],
               "has no user": ["smtp://u@h", "dns://u@192.0.2.1/a", "tcp://u:p@h:1"],
               "dns needs the server's address": ["dns://h/example.org"],
               "dns needs a name": ["dns://192.0.2.1", "dns://192.0.2.1/", "dns://192.0.2.1/a..b", "dns://192.0.2.1/..",
                                    "dns://192.0.2.1/.a", "dns://192.0.2.1/a/b", "dns://192.0.2.1/a*", "dns://192.0.2.1/a#x",
                                    "dns://192.0.2.1/" + "a" * 64, "dns://192.0.2.1/" + ".".join(["a" * 63] * 4)],
               "comes nothing, or ?type=": [f"dns://192.0.2.1/a?{query}" for query in
                                            ("", "x", "type=", "type=FOO", "type=TYPE0", "type=TYPE65536", "type=A&x=1")],
               "push needs a name": ["push://a/b", "push://.a", "push://a?x", "push://a:1", "push://" + "a" * 64],
               "exec needs the name": ["exec://.x", "exec://../x", "exec:///x", "exec://p?x", "exec://u@p", "exec://a:b"],
               "an argument of exec": ["exec://p/%zz", "exec://p/%00", "exec://p/a?b", "exec://p/%4", "exec://p/a%", "exec://p/#"],
               "url: begins with": ["push://", "exec://", "gopher://x", "PUSH://x", "push:x", "://x"],
               "url: the host": ["dns:///x", "icmpv6://::1", "tls://:1"]}
        self.feed("INSERT INTO checks (node, url) VALUES ('east', 'http://h/'); INSERT INTO \"references\" (url) VALUES ('http://h/');")
        for message, urls in bad.items():
            for url in urls:
                with self.subTest(url):
                    self.both(f"INSERT INTO checks (node, url) VALUES ('east', '{url}');", f"UPDATE checks SET url = '{url}';", message)
                    self.refused(f"INSERT INTO \"references\" (url) VALUES ('{url}');",
                                 "url: a reference is asked" if url.startswith("push:") else message)

    def test_what_columns_mean_together(self):
        self.feed("INSERT INTO checks (node, url) VALUES ('east', 'https://ok/');")
        for url, columns, message in [
                ("http://h/", {"send": "x"}, "send: only for tcp://"),
                ("tcp://h:1", {"send": ""}, "send: 1 to 2000"),
                ("tcp://h:1", {"send": "x" * 2001}, "send: 1 to 2000"),
                *[("tcp://h:1", {"send": text}, "send: a backslash is followed by") for text in
                  ("\\", "a\\q", "\\x4", "\\x4g", "\\x\\\\41", "\\\\\\", "\\R")],
                ("tcp://h:1", {"method": "HEAD"}, "method: only for http://"),
                ("tcp://h:1", {"headers": "A: b"}, "headers: only for http://"),
                ("tcp://h:1", {"expect_status": "200"}, "expect_status: only for http://"),
                ("tcp://h:1", {"expect_json": "/a=1"}, "expect_json: only for http://"),
                ("tcp://h:1", {"connection": "reuse"}, "connection: 'reuse' is only"),
                ("tls://h:1", {"expect_body": "x"}, "expect_body: only for http://"),
                ("http://h/", {"method": "HEAD", "expect_body": "x"}, "method: HEAD never brings"),
                ("http://h/", {"method": "HEAD", "expect_json": "/a=1"}, "method: HEAD never brings"),
                ("smtps://h", {"starttls": "1"}, "starttls: only for"), ("ldaps://h", {"starttls": "1"}, "starttls: only for"),
                ("icmp://h", {"address": "::1"}, "icmp needs an IPv4"), ("icmpv6://[::1]", {"address": "192.0.2.1"}, "icmpv6 needs"),
                ("push://a", {"address": "::1"}, "address: push:// and exec://"), ("exec://a", {"source": "::1"}, "source: push://")]:
            with self.subTest(f"{url} {columns}"):
                names = ", ".join(columns)
                settings = ", ".join(f"{column} = '{value}'" for column, value in columns.items())
                self.both(f"INSERT INTO checks (node, url, {names}) VALUES ('east', '{url}', {quoted(columns)});",
                          f"UPDATE checks SET url = '{url}', {settings};", message)
                self.refused(f"INSERT INTO \"references\" (url, {names}) VALUES ('{url}', {quoted(columns)});",
                             "url: a reference" if url.startswith("push") else message)

    def test_what_columns_may_mean_together(self):
        for url, settings in [
                ("tcp://h:1", "send = 'EHLO x\\r\\n\\t\\\\\\x00\\xfF\"', expect_body = '250'"), ("dns://[::1]/x", "expect_rcode = 'NXDOMAIN', expect_body = 'x'"),
                ("icmp://h.example", "address = '192.0.2.1'"), ("icmpv6://h.example", "address = '::1'"), ("dns://h/x", "address = '::1'"),
                *[(scheme + "://h", "starttls = 1") for scheme in ("smtp", "imap", "pop3", "ldap")],
                ("tls://h:1", "cert_warn_days = 0, ca_file = '/x'"), ("https://h/", "connection = 'reuse', role = 'warn', inverted = 1")]:
            with self.subTest(url):
                self.feed(f"INSERT INTO checks (node, url) VALUES ('east', 'https://h/'); "
                          f"UPDATE checks SET url = '{url}', {settings}; DELETE FROM checks;")

    def test_push_checks_have_names_of_their_own(self):
        self.feed("INSERT INTO checks (node, url) VALUES ('east', 'push://backup'), ('east', 'push://other');")
        self.both("INSERT INTO checks (node, url) VALUES ('east', 'push://Backup');",
                  "UPDATE checks SET url = 'push://backup' WHERE id = 2;", "url: another push check has this name")
        self.feed("INSERT INTO checks (node, url) VALUES ('east', 'http://h/'), ('east', 'http://h/');")

    def test_reports(self):
        self.feed("INSERT INTO checks (id, node, url) VALUES (1, 'east', 'push://a'), (2, 'east', 'http://h/');")
        self.feed("INSERT INTO reports (check_id, outcome) VALUES (1, 'up');")
        for number in (2, 3):
            self.both(f"INSERT INTO reports (check_id, outcome) VALUES ({number}, 'up');", f"UPDATE reports SET check_id = {number};",
                      "check_id: there is no check with this id whose url begins with push://")
        for column, value, message in [("outcome", "'well'", "outcome: 'up' or 'down'"), ("valid_s", "0", "valid_s: 1 to"),
                                       ("valid_s", "31622401", "valid_s: 1 to"), ("at", "-1", "at: seconds since 1970"),
                                       ("at", "unixepoch() * 1000", "at: seconds since 1970")]:
            self.refused(f"UPDATE reports SET {column} = {value};", message)
        self.feed("REPLACE INTO reports (check_id, outcome, valid_s) VALUES (1, 'down', 31622400);")
        self.assertEqual(self.feed("SELECT outcome, unixepoch() - at < 60 FROM reports;"), "down|1")

    def test_check_nodes(self):
        self.feed("INSERT INTO nodes (name) VALUES ('west'); INSERT INTO checks (id, node, url) VALUES (1, 'east', 'http://h/');"
                  "INSERT INTO check_nodes VALUES (1, 'west');")
        self.both("INSERT INTO check_nodes VALUES (2, 'west');", "UPDATE check_nodes SET check_id = 2;", "check_id: there is no check")
        self.both("INSERT INTO check_nodes VALUES (1, 'south');", "UPDATE check_nodes SET node = 'south';", "node: there is no such node")

    def test_peers(self):
        self.feed("INSERT INTO peers (name, url, api_key) VALUES ('ns2', 'https://[::1]:8081', 'x');")
        rows = [("name", "", "peer name: 1 to 63"), ("name", "a b", "peer name: 1 to 63"), ("name", "-a", "not beginning with"),
                ("api_key", "", "api_key: 1 to 1000"), ("api_key", "a b", "api_key: 1 to 1000"), ("address", "h", "address: an IPv4"),
                ("source", "h", "source: an IPv4"), ("interval_ms", "99", "interval_ms: 100 to"), ("timeout_ms", "9", "timeout_ms: at least"),
                ("timeout_ms", "1000", "timeout_ms: at least"), ("tls_verify", "2", "tls_verify: 0 or 1"), ("ca_file", "", "ca_file: not empty"),
                ("enabled", "2", "enabled: 0 or 1"), ("url", "http://h:0", "url: the port"), ("url", "http://a b", "url: the host")]
        rows += [("url", url, "url: http://HOST:PORT") for url in
                 ("", "h:1", "tcp://h:1", "http://h/", "http://h:1/x", "http://h?x", "http://u@h", "http://h#x")]
        for column, value, message in rows:
            row = {"name": "ns3", "url": "http://h:8081", "api_key": "x", column: value}
            with self.subTest(f"{column} = {value!r}"):
                self.both(f"INSERT INTO peers ({', '.join(row)}) VALUES ({quoted(row)});",
                          f"UPDATE peers SET {column} = '{value}';", message)

    def test_notifications(self):
        self.feed("INSERT INTO notifications (url) VALUES ('https://h/x?y');")
        for column, value, message in [
                ("url", "tcp://h:1", "url: begins with http://, https:// or exec://"), ("url", "http://h:0/", "url: the port"),
                ("url", "exec://../x", "exec needs the name"), ("url", "http://h/a b", "url: no blanks"),
                ("token", "a b", "token: 1 to 1000"), ("token", "", "token: 1 to 1000"), ("node", "west", "node: there is no such node"),
                ("events", "", "events: one or more"), ("events", "down,", "events: one or more"), ("events", "crash", "events: one or more"),
                ("delay_s", "-1", "delay_s: 0 to"), ("delay_s", "86401", "delay_s: 0 to"), ("repeat_s", "9", "repeat_s: 10 to"),
                ("repeat_s", "2592001", "repeat_s: 10 to"), ("tls_verify", "2", "tls_verify: 0 or 1"), ("ca_file", "", "ca_file: not"),
                ("enabled", "2", "enabled: 0 or 1")]:
            with self.subTest(f"{column} = {value!r}"):
                row = {"url": "http://h/", column: value}
                self.both(f"INSERT INTO notifications ({', '.join(row)}) VALUES ({quoted(row)});",
                          f"UPDATE notifications SET {column} = '{value}';", message)
        self.refused("INSERT INTO notifications (url, token) VALUES ('exec://page', 'x');", "token: only for http:// and https://")
        self.feed("INSERT INTO notifications (url, token, node, events, delay_s, repeat_s) VALUES ('http://h', 'x', 'east', 'freeze,up,down', 1, 10), "
                  "('exec://page/on%20call', NULL, NULL, 'down', 0, NULL);")


if __name__ == "__main__":
    unittest.main()
