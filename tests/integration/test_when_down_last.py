# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""policies.when_down = 'last' answers with the nodes that left last, also after a restart; and min_healthy, below which a
record set is down although some of its nodes serve."""
from harness.policies import WITHIN, ZONE, PolicyCase, policy_sql, v4
from harness.poll import eventually

NAMES = ("last", "lasttwo", "lasttier", "most", "mostnone", "mostlast")
RECORDS = "\n".join(f"{name} A {v4(number)}\n{name} MX 10 h{number}.{ZONE}" for name in NAMES for number in range(1, 4))
TIERS = {"n1": {"priority": 0}, "n2": {"priority": 1}, "n3": {"priority": 2}}


class LastTest(PolicyCase):
    NODES = 3
    RECORDS = RECORDS + f"\ntwice A {v4(1)}\ntwice A 192.0.2.101\ntwice A {v4(2)}"

    @classmethod
    def fill(cls, store):
        store.sql(";".join((
            policy_sql(f"last.{ZONE}", when_down="last"),
            policy_sql(f"lasttwo.{ZONE}", when_down="last", min_healthy=2),
            policy_sql(f"lasttier.{ZONE}", TIERS, when_down="last", mode="priority"),
            policy_sql(f"most.{ZONE}", min_healthy=2),
            policy_sql(f"mostnone.{ZONE}", min_healthy=2, when_down="nodata"),
            policy_sql(f"mostlast.{ZONE}", min_healthy=3, when_down="last", max_answers=1),
            policy_sql(f"twice.{ZONE}", min_healthy=2, when_down="nodata"),
            "INSERT INTO node_targets VALUES ('n1', '192.0.2.101')",
        )))

    def leave(self, *numbers: int):
        """One after the other, apart by more than the millisecond in which the server counts."""
        for number in numbers:
            self.server.control("failover-force", f"n{number}", "down")
            eventually(lambda number=number: self.store.read(f"SELECT 1 FROM node_state WHERE node = 'n{number}' "
                                                             "AND state = 'forced-down'"), WITHIN, "it is written")

    def nodes(self, name: str, *numbers: int):
        self.answered(name, *(v4(number) for number in numbers))
        self.answered(name, *(f"10 h{number}.{ZONE}." for number in numbers), rdtype="MX")

    def test_the_node_that_left_last(self):
        for order in (1, 2, 3), (3, 1, 2), (2, 3, 1):
            self.only_down()
            self.nodes("last", 1, 2, 3)
            self.leave(*order[:2])
            self.nodes("last", order[2])
            self.leave(order[2])
            self.nodes("last", order[2])

    def test_with_those_that_serve_while_they_are_too_few(self):
        self.leave(3, 1)
        self.nodes("lasttwo", 1, 2)
        self.leave(2)
        self.nodes("lasttwo", 2)

    def test_in_tiers(self):
        self.leave(1, 3, 2)
        self.nodes("lasttier", 2)
        self.only_down()
        self.nodes("lasttier", 1)

    def test_a_restart_knows_it_still(self):
        """The times are in seconds then."""
        self.leave(2, 3)
        eventually(lambda: self.since("n3") < self.now(), WITHIN, "the next second")
        self.leave(1)
        self.nodes("last", 1)
        self.server.restart()
        self.nodes("last", 1)
        self.server.control("failover-force", "n2", "up")
        self.nodes("last", 2)

    def since(self, node: str) -> int:
        return int(self.store.read(f"SELECT since FROM node_state WHERE node = '{node}'")[0][0])

    def now(self) -> int:
        return int(self.store.read("SELECT strftime('%s')")[0][0])

    def test_too_few_nodes_are_none(self):
        self.only_down(3)
        self.nodes("most", 1, 2)
        self.nodes("mostnone", 1, 2)
        self.only_down(2, 3)
        self.nodes("most", 1, 2, 3)
        self.rcode("mostnone", "NOERROR")
        self.rcode("mostnone", "NOERROR", "MX")
        self.only_down(2)
        self.nodes("mostnone", 1, 3)

    def test_nodes_are_counted_and_not_records(self):
        self.answered("twice", v4(1), v4(2), "192.0.2.101")
        self.only_down(2)
        self.rcode("twice", "NOERROR")

    def test_an_answer_while_down_has_no_more_than_wanted(self):
        self.leave(3)
        self.assertEqual(set(self.draw("mostlast", 60)), {(v4(1),), (v4(2),), (v4(3),)})
        self.leave(1, 2)
        self.answered("mostlast", v4(2))
