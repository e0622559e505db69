# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Several CNAME records at one name, each leading to another node's host name, are alternatives: one is ever returned."""
import re

from harness.command import CommandFailed
from harness.policies import WITHIN, ZONE, PolicyCase, policy_sql, v4, v6
from harness.poll import eventually
from harness.validation import Judge

HOSTS = "\n".join(f"h{number} A {v4(number)}\nh{number} AAAA {v6(number)}" for number in range(1, 4))
ALTERNATIVES = ("alt", "*.wild", "best", "share", "stay", "none", "fail", "last")
RECORDS = HOSTS + "\n" + "\n".join(f"{name} CNAME h{number}.{ZONE}" for name in ALTERNATIVES for number in range(1, 4))
MORE = f"""
some CNAME h1.{ZONE}
some CNAME www.elsewhere.example
toalt CNAME alt.{ZONE}
plain CNAME first.{ZONE}
plain CNAME second.{ZONE}
first A 198.51.100.1
second A 198.51.100.2
"""
TIERS = {"n1": {"priority": 2}, "n2": {"priority": 1}, "n3": {"priority": 3}}
BEHIND = {"A": [v4], "AAAA": [v6], "ANY": [v4, v6], "CNAME": [], "TXT": []}  # what is answered at an alternative's target
WEIGHTS = {"n1": {"weight": 1}, "n2": {"weight": 3}, "n3": {"weight": 6}}


class SingletonsTest(PolicyCase):
    NODES = 3
    RECORDS = RECORDS + MORE
    SETTINGS = {"failover_dnssec": "yes", "any_to_tcp": "no"}

    @classmethod
    def fill(cls, store):
        store.sql(";".join((
            policy_sql(f"best.{ZONE}", TIERS, mode="priority"),
            policy_sql(f"share.{ZONE}", WEIGHTS, mode="weighted", max_answers=2),  # one is the most that there can be
            policy_sql(f"stay.{ZONE}", mode="sticky"),
            policy_sql(f"none.{ZONE}", when_down="nodata"),
            policy_sql(f"fail.{ZONE}", when_down="servfail"),
            policy_sql(f"last.{ZONE}", when_down="last"),
        )))

    def one_of(self, name: str, *numbers: int):
        """One alternative in each answer of every kind, what stands behind it and nothing else; in time, each of these."""
        for rdtype in BEHIND:
            seen = set()
            for tcp in (False, True):
                for _ in range(20):
                    answer = self.ask(name, rdtype, tcp=tcp)
                    self.assertEqual((answer.rcode, len(answer.data("CNAME"))), ("NOERROR", 1), answer.message)
                    number = int(answer.data("CNAME")[0][1])
                    seen.add(number)
                    expected = [behind(number) for behind in BEHIND[rdtype]]
                    self.assertEqual([data for _, kind, _, data in answer.answer if kind != "CNAME"], expected, answer.message)
            self.assertEqual(seen, set(numbers), rdtype)

    def test_any_one_that_serves(self):
        for name in ("alt", "x.wild"):
            self.one_of(name, 1, 2, 3)
            self.only_down(2)
            self.one_of(name, 1, 3)
            self.only_down(1, 2)
            self.one_of(name, 3)
            self.only_down()

    def test_all_down(self):
        self.only_down(1, 2, 3)
        self.one_of("alt", 1, 2, 3)
        self.one_of("best", 2)
        for rdtype in ("A", "CNAME", "TXT"):
            self.rcode("none", "NOERROR", rdtype)
            self.rcode("fail", "SERVFAIL", rdtype)
        self.rcode("none", "NOERROR", "ANY")

    def test_the_last_to_leave(self):
        self.only_down(1)
        self.only_down(1, 3)
        self.only_down(1, 2, 3)
        self.one_of("last", 2)

    def test_the_best_by_policy(self):
        self.one_of("best", 2)
        self.only_down(2)
        self.one_of("best", 1)
        self.only_down(1, 2)
        self.one_of("best", 3)

    def test_a_share_for_each(self):
        drawn = self.draw("share", 2000, "CNAME")
        for number, share in (1, 0.1), (2, 0.3), (3, 0.6):
            self.assertAlmostEqual(drawn[(f"h{number}.{ZONE}.",)] / 2000, share, delta=0.056)  # five standard deviations
        self.assertEqual(len(drawn), 3)

    def test_a_client_keeps_its_own(self):
        got = self.draw("stay", 30, "CNAME")
        self.assertEqual(len(got), 1)
        number = int(next(iter(got))[0][1])
        self.only_down(number)
        self.assertNotIn(f"h{number}.", str(self.draw("stay", 30, "CNAME")))
        self.only_down()
        self.assertEqual(set(self.draw("stay", 30, "CNAME")), set(got))

    def test_beside_one_of_no_node(self):
        data = set(self.draw("some", 60, "CNAME"))
        self.assertEqual(data, {(f"h1.{ZONE}.",), ("www.elsewhere.example.",)})
        self.only_down(1)
        self.answered("some", "www.elsewhere.example.", rdtype="CNAME")

    def test_behind_another_cname(self):
        self.only_down(1)
        for _ in range(20):
            answer = self.ask("toalt")
            self.assertEqual((len(answer.data("CNAME")), len(answer.data("A"))), (2, 1), answer.message)
            self.assertNotIn(v4(1), answer.data("A"))

    def test_none_of_them_leads_to_a_node(self):
        self.answered("plain", f"first.{ZONE}.", rdtype="CNAME")
        self.answered("plain", "198.51.100.1")
        rows = self.store.read("SELECT id FROM records WHERE name = 'plain.alpha.example' ORDER BY id")
        self.assertRegex(self.server.log(), rf"records id {rows[1][0]}\b.*{rows[0][0]}")

    def test_rows_that_come_and_go(self):
        self.addCleanup(self.store.sql, f"DELETE FROM records WHERE name = 'fresh.{ZONE}'")
        self.change(self.store.record_sql(ZONE, "fresh", "CNAME", f"h1.{ZONE}"), "fresh", v4(1))
        self.store.add_record(ZONE, "fresh", "CNAME", f"h2.{ZONE}")
        eventually(lambda: self.ask("fresh").data("A") == (v4(2),), WITHIN, "the second one")
        self.one_of("fresh", 1, 2)
        self.store.sql(f"DELETE FROM records WHERE name = 'fresh.{ZONE}' AND content LIKE 'h1%'")
        eventually(lambda: set(self.draw("fresh", 20)) == {(v4(2),)}, WITHIN, "the first one is gone")
        self.one_of("fresh", 2)

    def test_what_pdnsutil_says(self):
        """It complains of each such name, and of no other, and adds none itself."""
        with self.assertRaises(CommandFailed) as complaint:
            self.server.util("check-zone", ZONE)
        said = [line for line in complaint.exception.output.splitlines() if "Duplicate CNAME" in line]
        self.assertEqual({line.split("'")[1].removesuffix(f".{ZONE}") for line in said}, {*ALTERNATIVES, "some", "plain"})
        rows = self.store.read("SELECT * FROM records ORDER BY id")
        with self.assertRaises(CommandFailed):
            self.server.util("add-record", ZONE, "toalt", "CNAME", f"h1.{ZONE}")
        self.assertEqual(self.store.read("SELECT * FROM records ORDER BY id"), rows)


class SignedTest(PolicyCase):
    """Each of the alternatives validates, and so does each denial beside them."""

    NODES = 3
    RECORDS = RECORDS
    NSEC3: tuple = ()

    @classmethod
    def fill(cls, store):
        store.sql(policy_sql(f"none.{ZONE}", when_down="nodata"))

    @classmethod
    def administer(cls, server):
        server.util("secure-zone", ZONE)
        if cls.NSEC3:
            server.util("set-nsec3", ZONE, *cls.NSEC3)
        server.util("rectify-zone", ZONE)

    @classmethod
    def prepare(cls, bed):
        super().prepare(bed)
        cls.judge = Judge(cls.server, ZONE, bed.folder)

    def test_each_alternative_validates(self):
        for down in (), (2,), (1, 2), (1, 2, 3):
            self.only_down(*down)
            serving = {1, 2, 3} - set(down) or {1, 2, 3}
            for name in ("alt", "x.wild"):
                seen = set()
                eventually(lambda name=name, seen=seen: seen.update(self.alternatives(name)) or seen >= serving, 20, "each of them")
                self.assertEqual(seen, serving)

    def alternatives(self, name: str) -> list:
        """The one of each of two answers."""
        seen = []
        for rdtype in "A", "CNAME":
            said = self.judge.delv(name, rdtype)
            self.assertIn("; fully validated", said)
            found = re.findall(rf"CNAME\th(\d)\.{ZONE}", said)
            self.assertEqual(len(found), 1, said)
            seen.append(int(found[0]))
            if rdtype == "A":
                self.assertIn(v4(seen[0]), said)
        return seen

    def test_none_of_them(self):
        self.only_down(1, 2, 3)
        for rdtype in ("CNAME", "A", "TXT"):
            self.judge.denies("none", rdtype)
        self.judge.denies("nonf", "A")


class Nsec3Test(SignedTest):
    """The same with NSEC3."""

    NSEC3 = ("1 0 0 ab",)
