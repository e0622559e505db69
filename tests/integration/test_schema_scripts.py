# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""The scripts for the daily work, run as their heads say."""
import os
import unittest

from test_schema import SCHEMA, Database


class Scripts(Database):
    def script(self, name, **parameters):
        sets = [part for key, value in parameters.items() for part in ("-cmd", f".param set :{key} {value}")]
        path = os.path.join(SCHEMA, name + ".sql")
        return self.run_sqlite([*sets, f".read '{path}'"])

    def well(self, name, **parameters):
        done = self.script(name, **parameters)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def wrong(self, message, name, **parameters):
        before = self.feed(".dump")
        done = self.script(name, **parameters)
        self.assertEqual(done.returncode, 1)
        self.assertIn(message, done.stderr)
        self.assertEqual(self.feed(".dump"), before)
        return done.stdout

    def add_east(self):
        return self.well("add-node", node="east", address="192.0.2.1", address2="2001:db8::1", host="east.example.org",
                         url="https://east.example.org:8443/health?x=1")

    def test_add_zone(self):
        self.assertIn("zone example.org added", self.well("add-zone", zone="Example.org.", ns1="ns-1.example.net",
                                                          ns2="ns2.example.net."))
        records = self.feed("SELECT d.name, d.type, r.name, r.type, content, ttl, disabled, auth FROM records r "
                            "JOIN domains d ON d.id = domain_id ORDER BY r.type, content;").splitlines()
        self.assertEqual(records[:2], [f"example.org|NATIVE|example.org|NS|{ns}.example.net|3600|0|1" for ns in ("ns-1", "ns2")])
        self.assertRegex(records[2], r"SOA\|ns-1.example.net hostmaster.example.org \d{8}00 10800 3600 604800 300\|")
        self.wrong("the zone exists already", "add-zone", zone="EXAMPLE.org", ns1="ns")
        self.wrong("missing parameter: .param set :ns1 NAME", "add-zone", zone="example.net")
        self.wrong("missing parameter: .param set :zone NAME", "add-zone", ns1="ns.example.net")
        self.wrong(":zone is a name without blanks", "add-zone", zone="'a b'", ns1="ns")

    def test_add_node(self):
        self.assertIn("node east added: 192.0.2.1, 2001:db8::1, east.example.org; check https://", self.add_east())
        self.assertEqual(self.feed("SELECT node, url, address FROM checks;"),
                         "east|https://east.example.org:8443/health?x=1|192.0.2.1")
        self.wrong("the node exists already", "add-node", node="east", address="192.0.2.9")
        self.wrong("missing parameter: .param set :node NAME", "add-node", address="192.0.2.9")
        self.wrong("set at least one of :address", "add-node", node="west")
        self.wrong("unknown parameter", "add-node", node="west", address="::1", adress2="192.0.2.9")

    def test_a_node_that_fails_half_way_is_not_there(self):
        self.wrong("target: ", "add-node", node="west", address="192.0.2.9", address2="999.1.1.1")
        self.wrong("url: begins with", "add-node", node="west", address="192.0.2.9", url="west.example.org")

    def test_an_address_in_the_url_is_where_the_check_connects(self):
        for number, url in enumerate(["http://10.0.0.1/x", "http://10.0.0.1:80", "tcp://[2001:db8::9]:25", "http://10.0.0.1?a=b"]):
            self.well("add-node", node=f"n{number}", address="192.0.2.1", url=url)
        self.assertEqual(self.feed("SELECT count(*), count(address) FROM checks;"), "4|0")

    def test_what_connects_to_nothing_has_no_address(self):
        for node, url in [("a", "push://nightly-backup"), ("b", "exec://replication-lag/east")]:
            self.well("add-node", node=node, address="192.0.2.1", url=url)
        self.assertEqual(self.feed("SELECT count(*), count(address) FROM checks;"), "2|0")

    def test_values_arrive_as_written(self):
        for node, target in [("web-1", "::1"), ("web.1", "::ffff:192.0.2.1"), ("a_b", "fe80::1"), ("\"'10-20'\"", "2001:db8:1::"),
                             ("42", "_x-y.example.org.")]:
            self.well("add-node", node=node, host="h.example.org")
            self.well("add-target", node=node, target=target)
        self.assertEqual(self.feed("SELECT node || ' ' || target FROM node_targets WHERE target <> 'h.example.org' ORDER BY 1;")
                         .splitlines(), ["10-20 2001:db8:1::", "42 _x-y.example.org.", "a_b fe80::1", "web-1 ::1",
                                         "web.1 ::ffff:192.0.2.1"])

    def test_add_target(self):
        self.add_east()
        self.assertIn("target 198.51.100.7 added", self.well("add-target", node="east", target="198.51.100.7"))
        self.wrong("has this target already", "add-target", node="east", target="198.51.100.7")
        self.wrong("missing parameter: .param set :target", "add-target", node="east")
        self.assertIn("there is no node eats; nodes: east", self.wrong("no such node", "add-target", node="eats", target="::2"))

    def test_add_check(self):
        self.add_east()
        self.well("add-check", node="east", url="http://east/", expect_json="/ready=true", expect_body="'all is well'", fall="5",
                  interval_ms="1000", timeout_ms="500", source="::1", method="POST", expect_status="\"'200-299'\"")
        self.assertEqual(self.feed("SELECT url, expect_json, expect_body, fall, rise, interval_ms, timeout_ms, retry_ms, "
                                   "source, method, expect_status, address FROM checks WHERE id = 2;"),
                         "http://east/|/ready=true|all is well|5|2|1000|500|500|::1|POST|200-299|")
        self.wrong("timeout_ms: ", "add-check", node="east", url="http://east/", timeout_ms="3000")
        self.wrong("missing parameter: .param set :url", "add-check", node="east")
        self.wrong("unknown parameter", "add-check", node="east", url="http://east/", inteval_ms="1000")
        self.assertIn("there is no node eats", self.wrong("no such node", "add-check", node="eats", url="http://east/"))

    def state(self):
        return self.feed("SELECT admin_state, state, verdict, reason, abs(strftime('%s') - since) < 60 "
                         "FROM nodes LEFT JOIN node_state ON node = name;")

    def test_drain_force_and_resume(self):
        self.add_east()
        self.feed("INSERT INTO node_state (node, state, verdict, since, updated, reason) "
                  "VALUES ('east', 'up', 'up', 1, 2, 'well');")
        self.assertIn("node east drained: it's new kernel day", self.well("drain", node="east", reason='"it\'s new kernel day"'))
        self.assertEqual(self.state(), "drain|drained|up|it's new kernel day|1")
        self.well("resume", node="east")
        self.assertEqual(self.state(), "auto|up|up|resumed by the operator|1")
        self.well("force", node="east", state="down", reason="test")
        self.assertEqual(self.state(), "down|forced-down|up|test|1")
        self.well("resume", node="east")
        self.feed("DELETE FROM node_state;")
        self.well("drain", node="east")
        self.assertEqual(self.state(), "drain||||")
        self.well("force", node="east", state="up", reason="test")
        self.assertEqual(self.state(), "up|forced-up|unknown|test|1")

    def drains(self):
        return self.feed("SELECT id, starts, ends, reason FROM drains ORDER BY id;").split()

    def test_drains_with_a_time(self):
        self.add_east()
        self.assertIn("node east is drained from 2100-01-31 02:00:00 for 2 hours (UTC): kernel", self.well(
            "drain", node="east", at="\"'2100-01-31 02:00'\"", **{"for": "\"'2 hours'\""}, reason="kernel"))
        self.assertIn("from 2100-01-31 02:00:00 on (UTC)", self.well(
            "drain", node="east", at="\"datetime('2100-01-31 02:00', 'localtime', 'utc')\""))
        self.assertEqual(self.drains(), ["1|4105044000|4105051200|kernel", "2|4105044000||"])
        self.well("drain", node="east", **{"for": "\"'90 minutes'\""})
        self.assertEqual(self.feed("SELECT ends - starts, abs(starts - unixepoch()) < 60 FROM drains WHERE id = 3;"), "5400|1")
        self.assertEqual(self.state(), "auto||||")
        self.assertRegex(self.well("status"), r"│ east +│ 2100-01-31 02:00:00 +│ 2100-01-31 04:00:00 +│ kernel +│")
        self.assertIn("node east resumed\nstill planned: 2100-01-31 02:00:00 to 2100-01-31 04:00:00 (UTC): kernel\n",
                      self.well("resume", node="east"))
        self.assertEqual(len(self.drains()), 2)
        self.well("force", node="east", state="up")
        self.assertIn("node east resumed\nstill planned", self.well("resume", node="east"))
        self.assertEqual(self.well("resume", node="east"), "node east: 2 planned called off\n")
        self.assertEqual(self.drains(), [])
        self.assertEqual(self.well("resume", node="east"), "node east resumed\n")

    def test_drains_with_a_wrong_time(self):
        self.add_east()
        self.wrong(":at is a time", "drain", node="east", at="noon")
        self.wrong(":at is past", "drain", node="east", at="\"'2020-01-31 02:00'\"")
        self.wrong(":for is a duration", "drain", node="east", **{"for": "ever"})
        self.wrong(":for is a duration", "drain", node="east", **{"for": "\"'-2 hours'\""})

    def test_drain_force_and_resume_say_what_is_wrong(self):
        self.add_east()
        for name, more in [("drain", {}), ("resume", {}), ("force", {"state": "up"})]:
            out = self.wrong("there is no such node", name, node="eats", **more)
            self.assertIn("there is no node eats; nodes: east", out)
            self.wrong("missing parameter: .param set :node NAME", name, **more)
            self.wrong("unknown parameter", name, node="east", raeson="x", **more)
        self.wrong("missing parameter: .param set :state", "force", node="east")
        self.wrong(":state is up or down", "force", node="east", state="sideways")

    def test_status(self):
        self.add_east()
        self.feed("INSERT INTO nodes (name) VALUES ('west'); "
                  "INSERT INTO node_state (node, state, verdict, since, updated, reason) VALUES "
                  "('east', 'down', 'down', strftime('%s') - 10900, strftime('%s') - 400000, 'HTTP 503');")
        out = self.well("status")
        self.assertRegex(out, r"│ east +│ down +│ 3 h +│ HTTP 503 +│ auto +│ +3 +│ +1 +│ 4 d ago +│")
        self.assertRegex(out, r"│ west +│ unknown +│ +│ +│ auto +│ +0 +│ +0 +│ never +│")

    def test_history(self):
        self.feed("INSERT INTO health_events (at_ms, node, from_state, to_state, reason) VALUES "
                  "(1700000000000, 'east', 'up', 'down', 'x'),"
                  "(1700000060000, 'west', 'up', 'down', 'y'), (1700000120000, '7', 'down', 'up', NULL);")
        lines = [line.split("│")[2].strip() for line in self.well("history").splitlines() if "->" in line]
        self.assertEqual(lines, ["7", "west", "east"])
        self.assertIn("up -> down", self.well("history", node="east"))
        self.assertNotIn("west", self.well("history", node="east"))
        self.assertEqual(self.well("history", node="7").count("->"), 1)
        self.assertEqual(self.well("history", limit="1").count("->"), 1)

    def test_every_script_waits_for_a_lock_and_stops_at_the_first_error(self):
        for name in sorted(os.listdir(SCHEMA)):
            with open(os.path.join(SCHEMA, name), encoding="utf-8") as file:
                lines = file.read().splitlines()
            self.assertIn(".timeout 5000", lines, name)
            if name not in ("status.sql", "history.sql"):  # these only look
                self.assertIn(".bail on", lines, name)



if __name__ == "__main__":
    unittest.main()
