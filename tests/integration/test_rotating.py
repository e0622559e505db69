# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""failover-rotate-ms: PowerDNS's packet cache may keep answers that depend on health, but for a moment, and never wrong ones."""
from contextlib import ExitStack

from harness.asker import Asker
from harness.policies import ZONE, PolicyCase, policy_sql, v4
from harness.poll import eventually

RECORDS = "\n".join(f"{name} A {v4(number)}" for name in ("www", "one", "sticky", "none", "*.wild") for number in (1, 2, 3))
RECORDS += f"""
mail MX 10 www.{ZONE}
alias CNAME www.{ZONE}
other CNAME alias.{ZONE}
"""
POLICIES = ";".join((
    policy_sql(f"one.{ZONE}", mode="weighted"),
    policy_sql(f"sticky.{ZONE}", mode="sticky"),
    policy_sql(f"none.{ZONE}", when_down="nodata"),
))


class RotatingCase(PolicyCase):
    NODES = 3
    RECORDS = RECORDS

    @classmethod
    def fill(cls, store):
        store.sql(POLICIES)

    def hits(self, name: str, count: int, rdtype: str = "A", **options) -> int:
        """How many answers came from the packet cache."""
        before = self.server.statistic("packetcache-hit")
        for _ in range(count):
            self.ask(name, rdtype, **options)
        return self.server.statistic("packetcache-hit") - before


class KeptTest(RotatingCase):
    """For so long that no rotation is seen."""

    SETTINGS = {"failover_dnssec": "yes", "failover_rotate_ms": 10000}

    @classmethod
    def administer(cls, server):
        server.util("secure-zone", ZONE)
        server.util("rectify-zone", ZONE)

    def test_what_is_kept(self):
        for name, rdtype in (("www", "A"), ("one", "A"), ("x.wild", "A"), ("mail", "MX"), ("alias", "A"), ("other", "A"), ("www", "AAAA")):
            for options in {}, {"tcp": True}, {"dnssec": True}:
                with self.subTest(name=name, rdtype=rdtype, **options):
                    self.assertGreaterEqual(self.hits(name, 10, rdtype, **options), 8)

    def test_what_is_not(self):
        """What is one client's, and what may be there or not."""
        for name in "sticky", "none":
            with self.subTest(name):
                self.assertEqual(self.hits(name, 10), 0)
        self.assertEqual(self.hits("www", 10, ecs="198.51.100.0/24"), 9)  # without edns-subnet-processing it is as any other

    def test_every_name_that_leads_there_follows_at_once(self):
        """In whatever order they are asked, since one is answered from what another one has left in the caches."""
        names = ("www", "alias", "other", "x.wild", "y.wild", "X.WILD")
        for order in names, names[::-1]:
            for down, expected in ((1,), (v4(2), v4(3))), ((2, 3), (v4(1),)), ((), (v4(1), v4(2), v4(3))):
                self.only_down(*down)
                for name in order * 2:
                    self.answered(name, *expected)
                answer = self.ask("mail", "MX")
                self.assertEqual(tuple(sorted(data for _, kind, _, data in answer.additional if kind == "A")), expected)

    def test_a_signed_answer_follows_at_once(self):
        for down, expected in ((1,), (v4(2), v4(3))), ((), (v4(1), v4(2), v4(3))):
            self.only_down(*down)
            for _ in range(3):
                answer = self.ask("alias", dnssec=True)
                self.assertEqual(answer.data("A"), expected)
                self.assertEqual(len(answer.data("RRSIG")), 2)

    def test_a_type_that_comes_and_goes_follows_at_once(self):
        for _ in range(2):
            self.only_down(1, 2, 3)
            self.rcode("none", "NOERROR")
            self.only_down(2)
            self.answered("none", v4(1), v4(3))

    def test_a_change_in_the_store_is_answered(self):
        self.answered("www", v4(1), v4(2), v4(3))
        self.answered("alias", v4(1), v4(2), v4(3))
        self.change(f"UPDATE records SET content='192.0.2.9' WHERE name='www.{ZONE}' AND content='{v4(3)}'", "www", v4(1), v4(2), "192.0.2.9")
        self.answered("alias", v4(1), v4(2), "192.0.2.9")
        self.change(f"UPDATE records SET content='{v4(3)}' WHERE name='www.{ZONE}' AND content='192.0.2.9'", "www", v4(1), v4(2), v4(3))

    def test_no_answer_of_before_outlives_a_turn_under_load(self):
        """An answer that is being made while a node turns may enter the cache behind the purge; another purge follows."""
        questions = [(self.absolute(name), "A", {}) for name in ("www", "alias", "other", "x.wild")]
        with ExitStack() as askers:
            crowd = [askers.enter_context(Asker(self.server, questions)) for _ in range(4)]
            for round_ in range(10):
                down = 1 + round_ % 3
                self.only_down(down)

                def settled(gone=v4(down)) -> bool:
                    return all(gone not in self.ask(name).data("A") for name in ("www", "alias", "other", "x.wild") * 25)

                eventually(settled, 5, f"n{down} is gone")
                for asker in crowd:
                    asker.goes_on(3)
                self.assertTrue(settled(), f"n{down} came back while it was down")
        self.assertEqual([fault for asker in crowd for fault in asker.faults], [])


class DenialTest(RotatingCase):
    """That a name has no such type depends on no node's state: it is cached as ever, in a signed zone, too."""

    @classmethod
    def administer(cls, server):
        server.util("secure-zone", ZONE)
        server.util("rectify-zone", ZONE)

    def test_is_kept_without_rotation(self):
        self.assertGreaterEqual(self.hits("www", 10, "AAAA", dnssec=True), 9)
        self.assertEqual(self.hits("www", 10, "A", dnssec=True), 0)


class RotationTest(RotatingCase):
    SETTINGS = {"failover_dnssec": "yes", "failover_rotate_ms": 20}

    def test_each_node_is_drawn_in_its_turn(self):
        seen = set()

        def all_seen() -> bool:
            seen.add(self.ask("one").data("A"))
            return seen == {(v4(number),) for number in (1, 2, 3)}

        eventually(all_seen, 20, "each of the three was answered")

    def test_each_node_comes_first_in_its_turn(self):
        first = set()

        def all_first() -> bool:
            first.add(self.ask("www", tcp=True).first("A"))
            return first == {v4(number) for number in (1, 2, 3)}

        eventually(all_first, 20, "each of the three came first")

    def test_in_between_the_cache_answers(self):
        eventually(lambda: self.hits("www", 50) > 10, 20, "most answers are kept ones")
