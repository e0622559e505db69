# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""policies.max_answers where mode is "all" and every node serves; min_healthy where it is "sticky"."""
from itertools import combinations

from harness.policies import ZONE, PolicyCase, policy_sql, v4, v6

NAMES = ("few", "sticky", "sticky-nodata", "sticky-servfail")
QUESTIONS = 150  # each pair of four comes up, or chance is not fair: (5/6)^150
ENOUGH = 3


def pairs(*numbers: int) -> set:
    return {tuple(map(v4, pair)) for pair in combinations(numbers, 2)}


class LimitsTest(PolicyCase):
    RECORDS = "\n".join(f"{name} A {v4(number)}\n{name} AAAA {v6(number)}" for name in NAMES for number in range(1, 5))

    @classmethod
    def fill(cls, store):
        store.sql(";".join((
            policy_sql(f"few.{ZONE}", max_answers=2),
            policy_sql(f"sticky.{ZONE}", mode="sticky", min_healthy=ENOUGH),
            policy_sql(f"sticky-nodata.{ZONE}", mode="sticky", min_healthy=ENOUGH, when_down="nodata"),
            policy_sql(f"sticky-servfail.{ZONE}", mode="sticky", min_healthy=ENOUGH, when_down="servfail"),
        )))

    def test_max_answers_where_all_serve(self):
        for tcp in (False, True):
            self.only_down()
            self.assertEqual(set(self.draw("few", QUESTIONS, tcp=tcp)), pairs(1, 2, 3, 4))
            self.only_down(2)
            self.assertEqual(set(self.draw("few", QUESTIONS, tcp=tcp)), pairs(1, 3, 4))
            self.only_down(1, 2, 3, 4)  # as if all served
            self.assertEqual(set(self.draw("few", QUESTIONS, tcp=tcp)), pairs(1, 2, 3, 4))
        self.only_down(1, 2)
        self.answered("few", v4(3), v4(4))
        self.answered("few", v6(3), v6(4), rdtype="AAAA")
        self.only_down(1, 2, 4)
        self.answered("few", v4(3))

    def own(self, name: str) -> int:
        """The number of the node whose record this client gets."""
        data = self.ask(name).data("A")
        self.assertEqual(len(data), 1)
        self.answered(name, *data)
        return int(data[0].rpartition(".")[2])

    def test_min_healthy_of_a_client_that_keeps_its_node(self):
        for name in ("sticky-nodata", "sticky-servfail"):
            self.only_down()
            own = self.own(name)
            other, third = (number for number in range(1, 4) if number != own) if own < 4 else (1, 2)
            self.only_down(other)  # three are enough
            self.answered(name, v4(own))
            self.only_down(other, third)
            self.rcode(name, "NOERROR" if name.endswith("nodata") else "SERVFAIL")
            self.rcode(name, "NOERROR" if name.endswith("nodata") else "SERVFAIL", "AAAA")
            self.only_down(third)
            self.answered(name, v4(own))
            self.answered(name, v6(own), rdtype="AAAA")

    def test_with_too_few_a_client_keeps_its_node_as_if_all_served(self):
        own = self.own("sticky")
        self.only_down(own)
        another = self.own("sticky")
        self.assertNotEqual(another, own)
        self.only_down(own, another)
        self.answered("sticky", v4(own))
        self.only_down()
        self.answered("sticky", v4(own))
