# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""policies.mode = 'priority': the best tier with enough serving nodes answers, and no other."""
from harness.policies import ZONE, PolicyCase, policy_sql, v4, v6

RECORDS = "\n".join(f"{name} A {v4(number)}\n{name} AAAA {v6(number)}\n{name} MX 10 h{number}.{ZONE}"
                    for name in ("tiers", "pairs", "try", "one", "own", "closed") for number in range(1, 5))
STRANGER = f"\nmixed A {v4(3)}\nmixed A 198.51.100.7"  # of no node: in the first tier
TIERS = {"n1": {"priority": 0}, "n2": {"priority": 0}, "n3": {"priority": 1}, "n4": {"priority": 7}}
PAIRS = {"n1": {"priority": 0}, "n2": {"priority": 0}, "n3": {"priority": 1}, "n4": {"priority": 1}}
QUESTIONS = 3000


class PriorityTest(PolicyCase):
    RECORDS = RECORDS + STRANGER

    @classmethod
    def fill(cls, store):
        store.sql(";".join((
            policy_sql(f"tiers.{ZONE}", TIERS, mode="priority"),
            policy_sql(f"pairs.{ZONE}", PAIRS, mode="priority", min_healthy=2),
            policy_sql(f"try.{ZONE}", TIERS, mode="priority", trickle=5),
            policy_sql(f"one.{ZONE}", TIERS, mode="priority", max_answers=1),
            policy_sql(f"own.{ZONE}", mode="priority"),
            policy_sql(f"closed.{ZONE}", PAIRS, mode="priority", min_healthy=2, when_down="nodata"),
            policy_sql(f"mixed.{ZONE}", TIERS, mode="priority"),
            "UPDATE nodes SET priority = 4 WHERE name <> 'n4'",
        )))

    def nodes(self, name: str, *numbers: int):
        """The records of these nodes are answered, of every type."""
        self.answered(name, *(v4(number) for number in numbers))
        self.answered(name, *(v6(number) for number in numbers), rdtype="AAAA")
        self.answered(name, *(f"10 h{number}.{ZONE}." for number in numbers), rdtype="MX")

    def test_tiers_take_over_in_their_order_and_step_back(self):
        self.nodes("tiers", 1, 2)
        self.only_down(1)
        self.nodes("tiers", 2)
        self.only_down(1, 2)
        self.nodes("tiers", 3)
        self.only_down(1, 2, 3)
        self.nodes("tiers", 4)
        self.only_down(1, 3)
        self.nodes("tiers", 2)
        self.only_down()
        self.nodes("tiers", 1, 2)

    def test_all_down_the_first_tier_answers(self):
        self.only_down(1, 2, 3, 4)
        self.nodes("tiers", 1, 2)

    def test_a_tier_with_too_few_is_passed_over(self):
        self.nodes("pairs", 1, 2)
        self.only_down(1)
        self.nodes("pairs", 3, 4)
        self.only_down(1, 3)  # neither is enough: as if all served
        self.nodes("pairs", 1, 2)
        self.rcode("closed", "NOERROR")
        self.only_down(3)
        self.nodes("closed", 1, 2)
        self.only_down(2)
        self.nodes("closed", 3, 4)

    def test_the_nodes_own_priority(self):
        self.nodes("own", 4)
        self.only_down(4)
        self.nodes("own", 1, 2, 3)

    def test_a_record_of_no_node_is_in_the_first_tier(self):
        self.answered("mixed", "198.51.100.7")

    def test_one_of_the_tier(self):
        for tcp in (False, True):
            self.assertEqual(set(self.draw("one", 100, tcp=tcp)), {(v4(1),), (v4(2),)})
        self.only_down(1, 2)
        self.answered("one", v4(3))

    def test_a_share_tries_the_next_tier(self):
        first, spare = (v4(1), v4(2)), (v4(3),)
        drawn = self.draw("try", QUESTIONS)
        self.assertEqual(set(drawn), {first, spare})
        self.assertAlmostEqual(drawn[spare] / QUESTIONS, 0.05, delta=0.02)  # five standard deviations
        self.assertEqual(set(self.draw("try", 500, tcp=True)), {first, spare})
        self.only_down(3)
        self.assertEqual(set(self.draw("try", 500)), {first, (v4(4),)})
        self.only_down(1, 2, 3)
        self.assertEqual(set(self.draw("try", 300)), {(v4(4),)})  # there is none to try
