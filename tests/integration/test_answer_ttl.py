# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""The TTL of an answer: no more than ttl_max, and no more than the time that a node in it is sure to stay."""
import itertools
import time

from harness.policies import WITHIN, ZONE, policy_sql, v4
from harness.poll import eventually
from harness.testbed import Case
from harness.validation import Judge

OWN = 300  # the records' own TTL, seconds
WEST = v4(2)
RECORDS = f"""
www A {v4(1)}
www A {WEST}
west A {WEST}
capped A {v4(1)}
capped A {WEST}
zero A {v4(1)}
two A {v4(1)}
two A {WEST}
alias CNAME h1.{ZONE}
h1 A {v4(1)}
mail MX 10 www.{ZONE}
shared A {v4(7)}
static A 198.51.100.7
*.wild A {v4(1)}
"""
DAY = {"interval_ms": 86_400_000, "timeout_ms": 500}


class AnswerTtlTest(Case):
    """n1 is checked as the test says, n2 never; both are remembered as up."""

    def setUp(self):
        super().setUp()
        self.store = self.bed.store()
        self.store.add_zone(ZONE, RECORDS)
        self.store.sql(";".join((
            policy_sql(f"capped.{ZONE}", ttl_max=20), policy_sql(f"zero.{ZONE}", ttl_max=0),
            self.store.record_sql(ZONE, "two", "A", v4(3), ttl=60))))
        self.node = self.bed.node()

    def serve(self, drained_in: int | None = None, secure: bool = False, **check):
        self.store.add_node("n1", v4(1), v4(7), url=self.node.url(), **check)
        self.store.add_node("n2", WEST, v4(7))
        self.store.sql("INSERT INTO node_state (node, state, verdict, since, updated) "
                       "SELECT name, 'up', 'up', strftime('%s') - 1000, strftime('%s') FROM nodes")
        if drained_in is not None:
            self.store.insert("drains", node="n1", starts=int(time.time()) + drained_in)
        self.server = self.bed.server(self.store, failover_dnssec="yes")
        self.server.configure()
        if secure:
            self.server.util("secure-zone", ZONE)
            self.server.util("rectify-zone", ZONE)
        self.server.start()

    def failing(self, retry_ms: int, fall: int, **more):
        """Its first check fails; whether it is down is not decided before retry_ms × (fall - 1) are over."""
        self.node.answer(status=503)
        self.serve(**{**DAY, "retry_ms": retry_ms, "fall": fall, **more})
        eventually(lambda: self.node.requests, WITHIN, "the first check")

    def ttls(self, name: str, rdtype: str = "A", **options) -> list:
        return sorted({ttl for _, kind, ttl, _ in self.server.ask(f"{name}.{ZONE}.", rdtype, **options).answer if kind != "RRSIG"})

    def both(self, name: str, *expected: int):
        for tcp in (False, True):
            self.assertEqual(self.ttls(name, tcp=tcp), list(expected), name)

    def within(self, name: str, low: int, high: int, rdtype: str = "A"):
        """One TTL for all of a type, in these bounds; over UDP and TCP. The next type may have been looked up a second later."""
        for tcp in (False, True):
            rows = {(kind, ttl) for _, kind, ttl, _ in self.server.ask(f"{name}.{ZONE}.", rdtype, tcp=tcp).answer}
            self.assertEqual(len(rows), len({kind for kind, _ in rows}), f"{name}: {rows}")
            self.assertTrue(rows and all(low <= ttl <= high for _, ttl in rows), f"{name}: {rows}")

    def test_a_cap_is_for_the_records_of_its_name(self):
        self.serve(**DAY)
        self.both("capped", 20)
        self.both("zero", 0)
        self.both("www", OWN)
        self.store.sql("UPDATE policies SET ttl_max = 70 WHERE ttl_max = 20")
        eventually(lambda: self.ttls("capped") == [70], WITHIN, "the new cap")
        self.store.sql("UPDATE policies SET ttl_max = 400 WHERE ttl_max = 70")
        eventually(lambda: self.ttls("capped") == [OWN], WITHIN, "a cap above makes nothing longer")

    def test_a_verdict_that_is_pending_bounds_it(self):
        self.failing(retry_ms=50_000, fall=3)
        eventually(lambda: self.ttls("www") != [OWN], WITHIN, "the check has begun to fail")
        for name in ("www", "alias", "h1", "x.wild"):
            self.within(name, 1, 100)
        self.within("capped", 1, 20)
        self.both("zero", 0)
        for name in ("west", "static", "shared"):  # another node, none, and one that stays by another node
            self.both(name, OWN)
        first = self.ttls("www")[0]
        eventually(lambda: self.ttls("www")[0] < first, WITHIN, "it shrinks with the time that is left")

    def test_a_bound_above_makes_nothing_longer(self):
        self.failing(retry_ms=60_000_000, fall=2)
        eventually(lambda: "503" in self.server.control("failover-status", "n1"), WITHIN, "the failure is known")
        self.both("www", OWN)

    def test_it_is_at_least_one_until_the_verdict_falls(self):
        self.failing(retry_ms=150, fall=60)
        seen, tcp = set(), itertools.cycle((False, True))

        def fell() -> bool:
            answer = self.server.ask(f"www.{ZONE}.", "A", tcp=next(tcp))
            if answer.data("A") == (WEST,):
                return True
            seen.update(ttl for _, _, ttl, _ in answer.answer)
            return False

        eventually(fell, 30, "n1 is down")
        self.assertLessEqual(seen - {OWN}, set(range(1, 10)))
        self.assertIn(1, seen)
        self.both("www", OWN)

    def test_a_check_that_passes_again_ends_it(self):
        self.failing(retry_ms=1_000, fall=60)
        eventually(lambda: self.ttls("www")[0] < 60, WITHIN, "pending")
        self.node.recover()
        eventually(lambda: self.ttls("www") == [OWN], WITHIN, "the records' own TTL")
        self.both("www", OWN)

    def test_signed_answers_are_good_with_it(self):
        self.failing(retry_ms=50_000, fall=3, secure=True)
        eventually(lambda: self.ttls("www")[0] <= 100, WITHIN, "pending")
        judge = Judge(self.server, ZONE, self.bed.folder)
        for name in ("www", "capped", "x.wild", "two"):
            judge.validates(name, "A", v4(1))
        answer = self.server.ask(f"www.{ZONE}.", "A", dnssec=True, tcp=True)
        signature = next(data.split() for _, kind, _, data in answer.answer if kind == "RRSIG")
        self.assertGreaterEqual(int(signature[3]), max(row[2] for row in answer.answer))  # RFC 4035, section 5.3.3

    def test_a_planned_drain_bounds_it(self):
        self.serve(drained_in=100, **DAY)
        eventually(lambda: self.ttls("www") != [OWN], WITHIN, "the drain is known")
        for name in ("www", "alias", "x.wild"):
            self.within(name, 50, 100)
        self.both("west", OWN)
        first = self.ttls("www")[0]
        eventually(lambda: self.ttls("www")[0] < first, WITHIN, "it shrinks")

    def test_no_cache_has_the_node_when_the_drain_begins(self):
        self.serve(**DAY)
        starts = int(time.time()) + 12
        self.store.insert("drains", node="n1", starts=starts)
        eventually(lambda: self.ttls("www") != [OWN], WITHIN, "the drain is known")
        ends, tcp = [], itertools.cycle((False, True))

        def drained() -> bool:
            asked = time.time()
            answer = self.server.ask(f"www.{ZONE}.", "A", tcp=next(tcp))
            if answer.data("A") == (WEST,):
                return True
            ends.extend(asked + ttl for _, _, ttl, _ in answer.answer if ttl > 0)  # 0: in no cache
            return False

        eventually(drained, 12 + WITHIN, "n1 is drained")
        self.assertTrue(ends)
        self.assertLessEqual(max(ends), starts)
