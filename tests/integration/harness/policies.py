# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Tests of policies: a store with nodes by number, servers that share it, and what a name is answered with."""
from collections import Counter

from harness.poll import eventually
from harness.store import quoted
from harness.testbed import SharedCase

ZONE = "alpha.example"
WITHIN = 15.0  # seconds in which a change in the store is answered, however busy the machine


def v4(number: int) -> str:
    return f"192.0.2.{number}"


def v6(number: int) -> str:
    return f"2001:db8::{number}"


def policy_sql(name: str, ranks: dict | None = None, **columns) -> str:
    """`ranks`: of policy_nodes, by the node's name: a dict of columns each."""
    columns = {"name": name, **columns}
    statements = [f"INSERT INTO policies ({', '.join(columns)}) VALUES ({', '.join(map(quoted, columns.values()))})"]
    for node, rank in (ranks or {}).items():
        rank = {"node": node, **rank}
        statements.append(f"INSERT INTO policy_nodes (policy, {', '.join(rank)}) "
                          f"SELECT max(id), {', '.join(map(quoted, rank.values()))} FROM policies")
    return ";\n".join(statements)


class PolicyCase(SharedCase):
    """Nodes n1, n2, … with the addresses v4(1), v6(1) and the host h1.alpha.example. Each test begins with all of them up."""

    NODES = 4
    RECORDS = ""  # of alpha.example, as Store.add_zone() has them
    TTL = 300
    SETTINGS: dict = {"failover_dnssec": "yes"}

    @classmethod
    def prepare(cls, bed):
        cls.store = bed.store()
        cls.store.add_zone(ZONE, cls.RECORDS)
        for number in range(1, cls.NODES + 1):
            cls.store.add_node(f"n{number}", v4(number), v6(number), f"h{number}.{ZONE}")
        cls.fill(cls.store)
        cls.server = bed.server(cls.store, **cls.SETTINGS)
        cls.server.configure()
        cls.administer(cls.server)
        cls.server.start()

    @classmethod
    def fill(cls, store):
        """Policies, and whatever else is in the store before the server starts."""

    @classmethod
    def administer(cls, server):
        """pdnsutil's part, before the server starts."""

    def setUp(self):
        super().setUp()
        self.only_down()

    def only_down(self, *numbers: int):
        """These nodes are down, all others up: in the very next answer."""
        for number in range(1, self.NODES + 1):
            self.server.control("failover-force", f"n{number}", "down" if number in numbers else "up")

    @staticmethod
    def absolute(name: str) -> str:
        return f"{ZONE}." if name == "@" else name if name.endswith(".") else f"{name}.{ZONE}."

    def ask(self, name: str, rdtype: str = "A", **options):
        return self.server.ask(self.absolute(name), rdtype, **options)

    def answered(self, name: str, *data: str, rdtype: str = "A"):
        """Over UDP and TCP, and asked again, as a cache would have it."""
        for tcp in (False, True) * 2:
            answer = self.ask(name, rdtype, tcp=tcp)
            self.assertEqual((answer.rcode, answer.data(rdtype)), ("NOERROR", tuple(sorted(data))), answer.message)

    def rcode(self, name: str, expected: str, rdtype: str = "A"):
        for tcp in (False, True) * 2:
            answer = self.ask(name, rdtype, tcp=tcp)
            self.assertEqual((answer.rcode, answer.data(rdtype)), (expected, ()), answer.message)

    def draw(self, name: str, count: int, rdtype: str = "A", **options) -> Counter:
        """How often each set of data was answered."""
        return Counter(self.ask(name, rdtype, **options).data(rdtype) for _ in range(count))

    def change(self, statements: str, name: str, *data: str, rdtype: str = "A"):
        """Changes the store behind the server's back; the answer becomes this one."""
        self.store.sql(statements)
        expected = tuple(sorted(data))
        eventually(lambda: self.ask(name, rdtype).data(rdtype) == expected, WITHIN, f"{name} {rdtype} is {expected}")
