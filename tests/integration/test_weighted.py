# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""policies.mode = 'weighted': as many records as wanted, each in proportion to its node's weight."""
from harness.policies import ZONE, PolicyCase, policy_sql, v4
from harness.poll import eventually

RECORDS = "\n".join(f"{name} A {v4(number)}\n{name} MX 10 h{number}.{ZONE}"
                    for name in ("one", "two", "many", "own", "guarded") for number in range(1, 4))
WEIGHTS = {1: 10, 2: 30, 3: 60}
RANKS = {f"n{number}": {"weight": weight} for number, weight in WEIGHTS.items()}
QUESTIONS = 3000
DELTA = 0.046  # five standard deviations of a share of one half


class WeightedTest(PolicyCase):
    NODES = 3
    RECORDS = RECORDS

    @classmethod
    def fill(cls, store):
        store.sql(";".join((
            policy_sql(f"one.{ZONE}", RANKS, mode="weighted"),
            policy_sql(f"two.{ZONE}", RANKS, mode="weighted", max_answers=2),
            policy_sql(f"many.{ZONE}", RANKS, mode="weighted", max_answers=9),
            policy_sql(f"own.{ZONE}", mode="weighted"),
            policy_sql(f"guarded.{ZONE}", RANKS, mode="weighted", min_healthy=2, when_down="nodata"),
            "UPDATE nodes SET weight = 300 WHERE name = 'n1'",
        )))

    def shares(self, name: str, expected: dict, count: int = QUESTIONS, **options):
        """Of the nodes, in answers of one record."""
        drawn = self.draw(name, count, **options)
        self.assertEqual(set(drawn), {(v4(number),) for number in expected})
        for number, share in expected.items():
            self.assertAlmostEqual(drawn[(v4(number),)] / count, share, delta=DELTA * (QUESTIONS / count) ** 0.5)

    def test_one_answer_by_weight(self):
        self.shares("one", {1: 0.1, 2: 0.3, 3: 0.6})
        self.shares("one", {1: 0.1, 2: 0.3, 3: 0.6}, 1000, tcp=True)
        self.assertEqual({len(data) for data in self.draw("one", 50, "MX")}, {1})

    def test_the_weight_of_a_node_that_is_down_goes_to_the_others(self):
        self.only_down(3)
        self.shares("one", {1: 0.25, 2: 0.75})
        self.only_down(1, 3)
        self.answered("one", v4(2))
        self.only_down(1, 2, 3)
        self.shares("one", {1: 0.1, 2: 0.3, 3: 0.6}, 1000)

    def test_two_answers_are_drawn_without_replacement(self):
        total = sum(WEIGHTS.values())
        drawn = self.draw("two", QUESTIONS)
        for i, j in (1, 2), (1, 3), (2, 3):
            one, other = WEIGHTS[i], WEIGHTS[j]
            share = one / total * other / (total - one) + other / total * one / (total - other)
            self.assertAlmostEqual(drawn[(v4(i), v4(j))] / QUESTIONS, share, delta=DELTA)
        self.assertEqual(sum(drawn.values()), QUESTIONS)
        self.assertEqual({len(data) for data in drawn}, {2})

    def test_no_more_than_there_are(self):
        self.answered("many", v4(1), v4(2), v4(3))
        self.only_down(2)
        self.answered("two", v4(1), v4(3))

    def test_too_few_nodes_are_none(self):
        self.only_down(1)
        self.shares("guarded", {2: 1 / 3, 3: 2 / 3}, 1000)
        self.only_down(1, 2)
        self.rcode("guarded", "NOERROR")

    def test_the_nodes_own_weight(self):
        self.shares("own", {1: 0.6, 2: 0.2, 3: 0.2})


class RampTest(PolicyCase):
    """On its own: when a node came back is told by all that was forced before."""

    NODES = 3
    RECORDS = "\n".join(f"ramp A {v4(number)}" for number in range(1, 4))

    @classmethod
    def fill(cls, store):
        store.sql(policy_sql(f"ramp.{ZONE}", mode="weighted", ramp_s=86400) + ";UPDATE nodes SET weight = 300 WHERE name = 'n1'")

    def share_of_first(self, count: int) -> float:
        return self.draw("ramp", count)[(v4(1),)] / count

    def test_a_node_that_comes_back_gets_its_share_bit_by_bit(self):
        self.only_down(1)
        self.only_down()
        self.assertLess(self.share_of_first(200), 0.15)  # of a day's ramp: a weight of one
        self.store.sql("UPDATE policies SET ramp_s = 5 WHERE ramp_s > 0")
        eventually(lambda: self.share_of_first(200) > 0.2, 20, "some of its share")
        eventually(lambda: abs(self.share_of_first(500) - 0.6) < 0.05, 20, "all of its share")
        self.assertGreater(self.share_of_first(500), 0.4)  # and it keeps it
