# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Who got the answers: each record that was sent and leads to a node is counted once, for name, type and node, whatever
PowerDNS looked up on its way to the answer, and by whichever of its threads."""
import socket
import threading
from collections import Counter

import dns.query

from harness.counting import WWW, counts, expected, fill, gained, owner
from harness.questions import query
from harness.testbed import EAST_V4, SharedCase

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
                self.assertEqual(gained(self.server, before), expected(answers, ROUNDS))

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
        found = gained(self.server, before)
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
        self.assertEqual(gained(self.server, before), expected((*WWW, "svc HTTPS east", "alias CNAME east", "alias CNAME west", *WWW), ROUNDS))

    def test_many_clients_at_once(self):
        before = counts(self.server)
        clients = [threading.Thread(target=self.ask_often, args=(number % 2 == 0,)) for number in range(CLIENTS)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        times = CLIENTS * QUESTIONS_EACH
        self.assertEqual(gained(self.server, before), expected((*WWW, "www AAAA east"), times))

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
                self.assertEqual(gained(self.server, before), expected(answers, 2))
