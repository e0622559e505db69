# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""policies.mode = 'sticky': a client gets the same records, from every server, as long as their nodes serve."""
import contextlib

import dns.edns

from harness.policies import ZONE, PolicyCase, policy_sql, v4, v6

NAMES = ("one", "two", "heavy")
RECORDS = "\n".join(f"{name} A {v4(number)}\n{name} AAAA {v6(number)}" for name in NAMES for number in range(1, 5))
RANKS = {"n1": {"weight": 300}}
SOURCES = [f"127.0.0.{number}" for number in range(10, 70)]  # resolvers
NETWORKS = [f"198.51.{number}.0/24" for number in range(60)]  # clients behind one resolver
POLICIES = (
    policy_sql(f"one.{ZONE}", mode="sticky"),
    policy_sql(f"two.{ZONE}", mode="sticky", max_answers=2),
    policy_sql(f"heavy.{ZONE}", RANKS, mode="sticky"),
)


def scope(answer) -> int | None:
    """Of the client subnet in an answer."""
    return next((option.scopelen for option in answer.message.options if isinstance(option, dns.edns.ECSOption)), None)


class StickyTest(PolicyCase):
    """Two servers with stores of their own, in which the same stands in another order."""

    RECORDS = RECORDS
    SETTINGS = {"failover_dnssec": "yes", "edns_subnet_processing": "yes"}

    @classmethod
    def fill(cls, store):
        store.sql(";".join(POLICIES))

    @classmethod
    def prepare(cls, bed):
        super().prepare(bed)
        store = bed.store("other.sqlite3")
        for number in (4, 2, 3, 1):
            store.add_node(f"n{number}", f"h{number}.{ZONE}", v6(number), v4(number))
        store.add_zone("first.example", "www TXT x")
        store.add_zone(ZONE, "\n".join(reversed(RECORDS.splitlines())))
        store.sql(";".join(reversed(POLICIES)))
        cls.other = bed.serve(store, name="other", **cls.SETTINGS)

    def by_resolver(self, server, name: str, rdtype: str = "A") -> list:
        """What each of the resolvers gets, over UDP and TCP and again."""
        got = []
        for source in SOURCES:
            with contextlib.closing(server.resolver(source=source)) as resolver:
                data = {resolver.data(self.absolute(name), rdtype, tcp=tcp) for tcp in (False, True, False)}
            self.assertEqual(len(data), 1, f"{source}: {data}")
            got.append(data.pop())
        return got

    def by_network(self, server, name: str) -> list:
        """What each of the client networks gets, twice."""
        got = []
        for network in NETWORKS:
            data = {server.data(self.absolute(name), "A", ecs=network, tcp=tcp) for tcp in (False, True)}
            self.assertEqual(len(data), 1, f"{network}: {data}")
            got.append(data.pop())
        return got

    def stays_but_for(self, before: list, after: list, gone: str):
        for old, new in zip(before, after, strict=True):
            self.assertNotIn(gone, new)
            self.assertEqual(len(new), len(old))
            self.assertLessEqual(set(old) - {gone}, set(new))  # what was there and can be there is there
        self.assertTrue(any(gone in old for old in before))

    def test_each_resolver_has_its_own(self):
        got = self.by_resolver(self.server, "one")
        self.assertEqual({len(data) for data in got}, {1})
        self.assertEqual({data[0] for data in got}, {v4(number) for number in range(1, 5)})
        self.assertEqual(self.by_resolver(self.other, "one"), got)

    def test_addresses_of_both_families_are_of_one_node(self):
        got = self.by_resolver(self.server, "one")
        self.assertEqual([data[0].rpartition(":")[2] for data in self.by_resolver(self.server, "one", "AAAA")],
                         [data[0].rpartition(".")[2] for data in got])

    def test_a_departure_moves_its_own_clients_only(self):
        for name in ("one", "two"):
            before = self.by_resolver(self.server, name)
            self.only_down(2)
            self.stays_but_for(before, self.by_resolver(self.server, name), v4(2))
            self.only_down()
            self.assertEqual(self.by_resolver(self.server, name), before)

    def test_weights_are_shares_of_the_clients(self):
        got = self.by_network(self.server, "heavy")
        self.assertGreater(got.count((v4(1),)), 20)  # half of sixty
        self.assertGreater(got.count((v4(1),)), self.by_network(self.server, "one").count((v4(1),)))

    def test_the_clients_network_decides_where_it_is_known(self):
        before = self.by_network(self.server, "one")
        self.assertEqual({data[0] for data in before}, {v4(number) for number in range(1, 5)})
        self.assertEqual(self.by_network(self.other, "one"), before)
        self.only_down(3)
        self.stays_but_for(before, self.by_network(self.server, "one"), v4(3))

    def test_the_scope_is_the_clients_network(self):
        for length in (24, 16, 20, 32):
            self.assertEqual(scope(self.ask("one", ecs=f"198.51.100.1/{length}")), length)
        self.assertEqual(scope(self.ask("one", ecs="2001:db8::1/56")), 56)

    def test_the_scope_is_that_also_while_there_is_no_choice(self):
        self.only_down(1, 2, 3)
        for length in (24, 16, 20, 24):
            answer = self.ask("one", ecs=f"198.51.100.1/{length}")
            self.assertEqual((answer.data("A"), scope(answer)), ((v4(4),), length))

    def test_no_scope_where_none_was_asked_for(self):
        self.assertIsNone(scope(self.ask("one", dnssec=True)))

    def test_a_client_that_hides_is_its_resolver(self):
        data = {self.ask("one", ecs="0.0.0.0/0").data("A") for _ in range(10)}
        self.assertEqual(data, {self.ask("one").data("A")})


class SubnetsIgnoredTest(PolicyCase):
    """PowerDNS does not process client subnets unless it is told to."""

    RECORDS = RECORDS

    @classmethod
    def fill(cls, store):
        store.sql(";".join(POLICIES))

    def test_the_resolver_decides(self):
        answers = [self.ask("one", ecs=network) for network in NETWORKS]
        self.assertEqual({answer.data("A") for answer in answers}, {self.ask("one").data("A")})
        self.assertEqual({scope(answer) for answer in answers}, {None})
