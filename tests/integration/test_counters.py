# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Who got the answers: each record that was sent and leads to a node is counted once, for name, type and node, whatever
PowerDNS looked up on its way to the answer, by whichever of its threads; and the counts are where people look for them."""
import json
import re
import socket
import threading
import urllib.request
from collections import Counter

import dns.query

from harness.command import CommandFailed
from harness.questions import query
from harness.testbed import EAST, EAST_HOST, EAST_V4, EAST_V6, HOSTS, WEST, WEST_HOST, WEST_V4, Case, SharedCase
from harness.versions import PDNS

SHARED_V4 = "192.0.2.9"
ZONE = HOSTS + f"""
@ A {EAST_V4}
www A {EAST_V4}
www A {WEST_V4}
www AAAA {EAST_V6}
deep.www A {EAST_V4}
mail MX 10 {EAST_HOST}
mail MX 20 {WEST_HOST}
svc HTTPS 1 . alpn=h2
svc A {WEST_V4}
*.wild A {WEST_V4}
*.link CNAME www.alpha.example
alias CNAME www.alpha.example
alias.www CNAME www.alpha.example
out CNAME west.example.net
old DNAME alpha.example
both A {SHARED_V4}
plain A 198.51.100.1
sub NS ns.sub.alpha.example
ns.sub A {EAST_V4}
"""
WWW = ("www A east", "www A west")
# Question, and for which of "name type node" an answer counts.
QUESTIONS = {
    ("www", "A"): WWW,
    ("www", "AAAA"): ("www AAAA east",),
    ("www", "MX"): (),
    ("WwW", "A"): WWW,
    ("deep.www", "A"): ("deep.www A east",),
    ("no.www", "A"): (),
    ("no.deep.www", "AAAA"): (),
    ("mail", "MX"): ("mail MX east", "mail MX west"),
    ("svc", "HTTPS"): ("svc HTTPS east",),
    ("svc", "A"): ("svc A west",),
    ("x.wild", "A"): ("*.wild A west",),
    ("x.y.wild", "A"): ("*.wild A west",),
    ("x.wild", "AAAA"): (),
    ("x.link", "A"): ("*.link CNAME east", "*.link CNAME west", *WWW),
    ("alias", "A"): ("alias CNAME east", "alias CNAME west", *WWW),
    ("alias", "AAAA"): ("alias CNAME east", "alias CNAME west", "www AAAA east"),
    ("alias", "CNAME"): ("alias CNAME east", "alias CNAME west"),
    ("alias.www", "A"): ("alias.www CNAME east", "alias.www CNAME west", *WWW),
    ("out", "A"): ("out CNAME west",),
    ("www.old", "A"): WWW,
    ("@", "A"): ("@ A east",),
    ("@", "NS"): (),
    ("both", "A"): ("both A east", "both A west"),
    ("plain", "A"): (),
    ("sub", "A"): (),
    ("ns.sub", "A"): (),
    ("east", "A"): ("east A east",),
}
ANY_QUESTIONS = {
    ("www", "ANY"): (*WWW, "www AAAA east"),
    ("mail", "ANY"): ("mail MX east", "mail MX west"),
    ("plain", "ANY"): (),
}
ROUNDS = 3
CLIENTS, QUESTIONS_EACH = 8, 30


def owner(name: str) -> str:
    return "alpha.example" if name == "@" else f"{name}.alpha.example"


def key(text: str) -> tuple:
    name, rdtype, node = text.split()
    return owner(name), rdtype, node


def counts(server) -> Counter:
    """All that failover-top says: of (name, type, node), of each node under its name, and the sum under None."""
    report = json.loads(server.control("failover-top", "10000", "json"))
    found = Counter({(entry["name"], entry["type"], entry["node"]): entry["answers"] for entry in report["top"]})
    found.update({node["name"]: node["answers"] for node in report["nodes"]})
    found[None] = report["answers"]
    assert report["uncounted"] == 0, report
    return found


def expected(answers, times: int = 1) -> Counter:
    """What so many answers of these "name type node" add to counts()."""
    found = Counter()
    for text in answers:
        found[key(text)] += times
        found[text.split()[2]] += times
        found[None] += times
    return found


def fill(store):
    store.add_zone("alpha.example", ZONE)
    store.add_node("east", *EAST, SHARED_V4, "svc.alpha.example")
    store.add_node("west", *WEST, SHARED_V4, "west.example.net")


class CountsCase(SharedCase):
    """Every question, with one configuration of PowerDNS."""

    settings = {"consistent_backends": "yes"}

    @classmethod
    def prepare(cls, bed):
        store = bed.store()
        fill(store)
        cls.server = bed.serve(store, receiver_threads=2, dname_processing="yes", **cls.settings)

    def check(self, questions: dict, **options):
        for (name, rdtype), answers in questions.items():
            with self.subTest(name=name, type=rdtype, **options):
                before = counts(self.server)
                for _ in range(ROUNDS):
                    self.server.ask(owner(name), rdtype, **options)
                self.assertEqual(counts(self.server) - before, expected(answers, ROUNDS))

    def test_over_udp(self):
        self.check(QUESTIONS)

    def test_over_tcp(self):
        self.check(QUESTIONS | ANY_QUESTIONS, tcp=True)

    def test_what_is_counted_is_what_was_sent(self):
        before = counts(self.server)
        sent = Counter()
        for _ in range(20):
            for address in self.server.data("www.alpha.example.", "A"):
                sent["east" if address == EAST_V4 else "west"] += 1
        found = counts(self.server) - before
        self.assertEqual(Counter(east=found["east"], west=found["west"]), sent)

    def test_one_number_for_all_questions(self):
        before = counts(self.server)
        with socket.create_connection((self.server.address, self.server.port), 5) as connection:
            connection.setblocking(False)
            for name, rdtype in (("www", "A"), ("svc", "HTTPS"), ("alias", "A")):
                message = query(owner(name) + ".", rdtype)
                message.id = 7
                for _ in range(ROUNDS):
                    dns.query.tcp(message, self.server.address, 5, self.server.port, sock=connection)
        self.assertEqual(counts(self.server) - before, expected((*WWW, "svc HTTPS east", "alias CNAME east", "alias CNAME west", *WWW), ROUNDS))

    def test_many_clients_at_once(self):
        before = counts(self.server)
        clients = [threading.Thread(target=self.ask_often, args=(number % 2 == 0,)) for number in range(CLIENTS)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        times = CLIENTS * QUESTIONS_EACH
        self.assertEqual(counts(self.server) - before, expected((*WWW, "www AAAA east"), times))

    def ask_often(self, tcp: bool):
        resolver = self.server.resolver(10.0)
        for _ in range(QUESTIONS_EACH):
            resolver.ask("www.alpha.example.", "A", tcp=tcp)
            resolver.ask("www.alpha.example.", "AAAA", tcp=tcp)
        resolver.close()


class WithoutCachesTest(CountsCase):
    """PowerDNS asks the backend each time."""

    settings = {"cache_ttl": 0, "query_cache_ttl": 0, "negquery_cache_ttl": 0, "zone_cache_refresh_interval": 0}


class ByTypeTest(CountsCase):
    """PowerDNS asks by type where it can."""

    settings = {"consistent_backends": "no"}


class SignedTest(SharedCase):
    """A zone with NSEC3, whose proofs take more lookups."""

    @classmethod
    def prepare(cls, bed):
        store = bed.store()
        fill(store)
        cls.server = bed.server(store, failover_dnssec="yes", dname_processing="yes")
        cls.server.configure()
        cls.server.util("secure-zone", "alpha.example")
        cls.server.util("set-nsec3", "alpha.example", "1 0 0 -")
        cls.server.util("rectify-zone", "alpha.example")
        cls.server.start()

    def test_every_question(self):
        for (name, rdtype), answers in QUESTIONS.items():
            with self.subTest(name=name, type=rdtype):
                before = counts(self.server)
                for tcp in (False, True):
                    self.server.ask(owner(name), rdtype, dnssec=True, tcp=tcp)
                self.assertEqual(counts(self.server) - before, expected(answers, 2))


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
        self.assertIn("no answers of node rack_1: its name is too much like rack.1", server.log())

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

    def test_without_a_zone_cache(self):
        server = self.serve(zone_cache_refresh_interval=0)
        self.ask(server, 3)
        values = {"failover-answers": 6}
        if PDNS < (5, 1):
            values |= {"failover-answers-east": 3, "failover-answers-west": 3}
        else:
            self.assertIn("PowerDNS's statistics have no node's answers", server.log())
        self.assert_shown(server, values)

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
        server.control("failover-drain", "west")
        self.ask(server, 2)
        server.ask("both.alpha.example.", "A")
        self.assertEqual(counts(server), expected(["www A east"], 2) + expected(["both A east"]))
        before = counts(server)
        server.control("failover-drain", "east")  # none is left: all are sent
        self.ask(server, 1)
        server.ask("both.alpha.example.", "A")
        self.assertEqual(counts(server) - before, expected([*WWW, "both A east", "both A west"]))

    def test_top(self):
        server = self.serve()
        self.ask(server, 3)
        server.control("failover-drain", "west")
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
