# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""The counts of answers are where people look for them: failover-top, failover-status, PowerDNS's own statistics."""
import json
import re
import urllib.request
from collections import Counter

from harness.command import CommandFailed
from harness.counting import WWW, counts, expected, fill, gained
from harness.nameserver import free_port
from harness.testbed import EAST_V4, Case


def metrics(server) -> dict[str, str]:
    """/metrics, read as strictly as Prometheus's text format is written: samples by name."""
    with urllib.request.urlopen(f"http://127.0.0.1:{server.api_port}/metrics", timeout=10) as response:
        lines = response.read().decode().splitlines()
    samples, types = {}, {}
    for line in lines:
        about = re.fullmatch(r"# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)", line)
        if about:
            if about[1] == "TYPE":
                assert about[2] not in types and about[2] not in samples, f"{line}: twice or too late"
                types[about[2]] = about[3]
            continue
        sample = re.fullmatch(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{[^}]*\})? ([0-9.e+-]+)", line)
        assert sample, f"no sample: {line}"
        if "{" not in line:
            assert sample[1] in types and sample[1] not in samples, f"{line}: without a type, or twice"
        samples[sample[1]] = sample[2]
    assert samples, lines
    return samples


class StatisticsTest(Case):
    """Where people look for them."""

    def setUp(self):
        super().setUp()
        self.store = self.bed.store()
        fill(self.store)

    def serve(self, **settings):
        return self.bed.serve(self.store, api=True, **settings)

    def ask(self, server, times: int):
        for _ in range(times):
            server.ask("www.alpha.example.", "A")

    def assert_shown(self, server, values: dict[str, int]):
        """In each way that PowerDNS shows its statistics."""
        listed = dict(item.split("=") for item in server.control("list").strip().strip(",").split(","))
        api = {entry["name"]: entry["value"] for entry in server.call_api("GET", "/statistics")}
        exposed = metrics(server)
        for name, value in values.items():
            with self.subTest(statistic=name):
                self.assertEqual(server.statistic(name), value)
                self.assertEqual(listed[name], str(value))
                self.assertEqual(api[name], str(value))
                self.assertEqual(exposed["pdns_auth_" + name.replace("-", "_")], str(value))

    def assert_unknown(self, server, name: str):
        self.assertNotIn(f"{name}=", server.control("list"))
        with self.assertRaises(CommandFailed):
            server.control("show", name)

    def test_among_the_statistics_of_powerdns(self):
        self.store.add_record("alpha.example", "solo", "A", "192.0.2.7")
        self.store.add_node("site-3.rack_2", "192.0.2.7")
        server = self.serve()
        self.ask(server, 7)
        server.ask("solo.alpha.example.", "A")
        self.assert_shown(server, {"failover-answers": 15, "failover-answers-east": 7, "failover-answers-west": 7,
                                   "failover-answers-site-3-rack_2": 1})
        self.assertEqual([node["answers"] for node in server.status()["nodes"]], [7, 1, 7])

    def test_nodes_that_metrics_cannot_tell_apart(self):
        self.store.add_node("rack.1", "192.0.2.11")
        self.store.add_node("rack_1", "192.0.2.12")
        server = self.serve()
        self.ask(server, 1)
        self.assert_shown(server, {"failover-answers-rack-1": 0, "failover-answers-east": 1})
        self.assert_unknown(server, "failover-answers-rack_1")
        self.assertIn("no answers and no verdict of node rack_1: its name is too much like rack.1", server.log())

    def test_a_node_added_later_is_counted_and_is_among_them_after_a_restart(self):
        server = self.serve()
        self.store.add_record("alpha.example", "late", "A", "192.0.2.7")
        self.store.add_node("late", "192.0.2.7")
        server.control("failover-reload")
        server.ask("late.alpha.example.", "A")
        self.assertEqual(counts(server), expected(["late A late"]))
        self.assert_shown(server, {"failover-answers": 1, "failover-answers-east": 0})
        self.assert_unknown(server, "failover-answers-late")
        server.restart()
        self.assertEqual(counts(server), Counter())
        server.ask("late.alpha.example.", "A")
        self.assert_shown(server, {"failover-answers": 1, "failover-answers-late": 1})

    def test_only_the_sum_where_a_thread_could_read_too_early(self):
        for settings in ({"zone_cache_refresh_interval": 0}, {"tcp_control_address": "127.0.0.1", "tcp_control_port": free_port()}):
            with self.subTest(settings):
                server = self.serve(**settings)
                self.ask(server, 3)
                self.assertIn("PowerDNS's statistics have no node's answers and verdict, and peers cannot see ours", server.log())
                self.assert_shown(server, {"failover-answers": 6})
                server.stop()

    def test_two_backends_count_for_themselves(self):
        other = self.bed.store("other.sqlite3")
        other.add_zone("beta.example", f"www A {EAST_V4}")
        other.add_node("east", EAST_V4)
        server = self.bed.serve(launch="failover:one,failover:two", failover_one_database=self.store.path,
                                failover_two_database=other.path, api=True)
        self.ask(server, 2)
        server.ask("www.beta.example.", "A")
        self.assert_shown(server, {"failover-one-answers": 4, "failover-one-answers-east": 2, "failover-one-answers-west": 2,
                                   "failover-two-answers": 1, "failover-two-answers-east": 1})
        reports = json.loads(server.control("failover-top", "json"))
        self.assertEqual([(report["suffix"], report["answers"]) for report in reports], [("one", 4), ("two", 1)])

    def test_states_decide_who_is_counted(self):
        server = self.serve()
        server.control("failover-drain", "west", "force")
        self.ask(server, 2)
        server.ask("both.alpha.example.", "A")
        self.assertEqual(counts(server), expected(["www A east"], 2) + expected(["both A east"]))
        before = counts(server)
        server.control("failover-drain", "east", "force")  # none is left: all are sent
        self.ask(server, 1)
        server.ask("both.alpha.example.", "A")
        self.assertEqual(gained(server, before), expected([*WWW, "both A east", "both A west"]))

    def test_top(self):
        server = self.serve()
        self.ask(server, 3)
        server.control("failover-drain", "west", "force")
        self.ask(server, 2)
        server.ask("x.wild.alpha.example.", "A")
        server.ask("mail.alpha.example.", "MX")
        shown = server.control("failover-top", "3")
        self.assertRegex(shown, r"""\ANAME +TYPE +NODE +ANSWERS +SHARE
www\.alpha\.example +A +east +5 +62\.5 %
www\.alpha\.example +A +west +3 +37\.5 %
\*\.wild\.alpha\.example +A +west +1 +100\.0 %

NODE +ANSWERS +SHARE
east +6 +60\.0 %
west +4 +40\.0 %

10 answers in \d+ s
""")
        self.assertIn("error: usage: failover-top [N] [json]", server.control("failover-top", "none"))
        self.assertRegex(server.control("failover-status"), r"(?m)^east +up +\d+ s +6 ")
