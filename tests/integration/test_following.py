# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""A record whose target is a name in the store, and no node's host, is down when every address behind that name is."""
from harness.policies import WITHIN, ZONE, PolicyCase, policy_sql, v4, v6
from harness.poll import eventually

FAR = "hosts.example"  # the zone of the targets
HOSTS = f"""
a A {v4(1)}
a AAAA {v6(1)}
b A {v4(2)}
ab A {v4(1)}
ab A {v4(2)}
mixed A {v4(1)}
mixed A 198.51.100.9
split A {v4(1)}
split AAAA {v6(2)}
toa CNAME a.{FAR}
toout CNAME www.elsewhere.example
ping CNAME pong.{FAR}
pong CNAME ping.{FAR}
self CNAME self.{FAR}
text TXT "no address"
*.wild A {v4(1)}
cut NS ns.cut.{FAR}
ns.cut A {v4(1)}
alias ALIAS a.{FAR}
""" + "\n".join(f"deep{number} CNAME deep{number + 1}.{FAR}" for number in range(12)) + f"\ndeep12 A {v4(1)}"
BETWEEN = f"toa CNAME toa.{FAR}"
# What is judged by n1 alone, and what is not to be judged or has another way.
DOWN = ("a", "toa", "x.wild", "alias", "deep5")
SERVED = ("b", "ab", "mixed", "split", "toout", "ping", "self", "text", "nowhere", "ns.cut", "in.cut", "deep0")


def label(target: str) -> str:
    return target.replace(".", "-")


RECORDS = "\n".join(f"""
{label(target)} MX 10 {target}.{FAR}
{label(target)} MX 20 b.{FAR}
{label(target)} SRV 0 5 80 {target}.{FAR}
{label(target)} SRV 9 5 80 b.{FAR}
{label(target)} HTTPS 1 {target}.{FAR}. alpn=h2
{label(target)} HTTPS 9 b.{FAR}. alpn=h2
{label(target)} SVCB 1 {target}.{FAR}. alpn=h2
{label(target)} SVCB 9 b.{FAR}. alpn=h2
c-{label(target)} CNAME {target}.{FAR}
c-{label(target)} CNAME b.{FAR}
""" for target in DOWN + SERVED if target != "b") + f"""
between MX 10 toa.between.example
between MX 20 b.{FAR}
only MX 10 a.{FAR}
none MX 10 a.{FAR}
none MX 20 ab.{FAR}
lone CNAME a.{FAR}
lone-nodata CNAME a.{FAR}
lone-servfail CNAME toa.{FAR}
"""


class FollowingCase(PolicyCase):
    NODES = 3
    RECORDS = RECORDS
    SETTINGS = {"failover_dnssec": "yes", "dname_processing": "yes"}

    @classmethod
    def fill(cls, store):
        store.add_zone(FAR, HOSTS)
        store.add_zone("between.example", BETWEEN)
        store.sql(";".join((policy_sql(f"none.{ZONE}", when_down="nodata"), policy_sql(f"lone-nodata.{ZONE}", when_down="nodata"),
                            policy_sql(f"lone-servfail.{ZONE}", when_down="servfail"))))

    def seen(self, name: str, rdtype: str, tcp: bool = False) -> frozenset:
        """The host names in an answer, without their zone."""
        return frozenset(next(word for word in data.split() if word.endswith(".example.")).removesuffix(f".{FAR}.")
                         for data in self.ask(name, rdtype, tcp=tcp).data(rdtype))

    def targets(self, name: str, rdtype: str) -> frozenset:
        """The same over UDP and TCP, and again."""
        answers = {self.seen(name, rdtype, tcp) for tcp in (False, True, False)}
        self.assertEqual(len(answers), 1, answers)
        return answers.pop()


class FollowingTest(FollowingCase):
    """The store stays as it is."""

    def test_every_type_that_leads_to_a_host(self):
        self.only_down(1)
        for rdtype in ("MX", "SRV", "HTTPS", "SVCB"):
            for target in DOWN:
                self.assertEqual(self.targets(label(target), rdtype), {"b"}, f"{target} {rdtype}")
            for target in SERVED[1:]:
                self.assertEqual(len(self.targets(label(target), rdtype)), 2, f"{target} {rdtype}")

    def test_alternatives(self):
        self.only_down(1)
        for target in DOWN:
            for tcp in (False, True):
                self.assertEqual(set(self.draw(f"c-{label(target)}", 20, "CNAME", tcp=tcp)), {(f"b.{FAR}.",)}, target)
                self.assertEqual(set(self.draw(f"c-{label(target)}", 20, "A", tcp=tcp)), {(v4(2),)}, target)
        for target in SERVED[1:]:
            if target not in ("toout", "text", "nowhere", "ping", "self", "in.cut"):
                self.assertEqual(len(self.draw(f"c-{label(target)}", 60, "CNAME")), 2, target)

    def test_both_alternatives_are_followed_while_both_serve(self):
        for tcp in (False, True):
            for name in ("c-a", "c-toa"):
                self.assertEqual(set(self.draw(name, 60, "A", tcp=tcp)), {(v4(1),), (v4(2),)}, name)

    def test_an_only_cname_whose_target_is_down(self):
        for _ in range(2):
            self.only_down(1)
            for rdtype in ("CNAME", "A", "AAAA"):
                self.rcode("lone-nodata", "NOERROR", rdtype)
                self.rcode("lone-servfail", "SERVFAIL", rdtype)
            self.answered("lone", f"a.{FAR}.", rdtype="CNAME")  # all that there is
            self.answered("lone", v4(1))
            self.only_down()
            for name, target in (("lone", "a"), ("lone-nodata", "a"), ("lone-servfail", "toa")):
                self.answered(name, f"{target}.{FAR}.", rdtype="CNAME")
                self.answered(name, v4(1))

    def test_back_and_forth_in_the_next_answer(self):
        for _ in range(3):
            self.assertEqual(self.targets("a", "MX"), {"a", "b"})
            self.assertEqual(self.targets("between", "MX"), {"toa.between.example.", "b"})
            self.only_down(1)
            self.assertEqual(self.targets("a", "MX"), {"b"})
            self.assertEqual(self.targets("between", "MX"), {"b"})
            self.only_down()

    def test_all_of_several_addresses(self):
        self.only_down(1, 2)
        self.assertEqual(self.targets("ab", "MX"), {"ab", "b"})  # none serves: all
        self.answered("none", rdtype="MX")
        self.only_down(1)
        self.assertEqual(self.targets("none", "MX"), {"ab"})
        self.assertEqual(self.targets("only", "MX"), {"a"})

    def test_what_leads_nowhere_or_in_circles_is_answered_as_ever(self):
        self.only_down(1)
        self.assertEqual(self.targets("nowhere", "MX"), {"nowhere", "b"})
        for name in ("ping", "self"):
            self.assertEqual(self.targets(name, "MX"), {name, "b"})
            self.assertEqual(self.server.data(f"{name}.{FAR}.", "CNAME"), (f"{'pong' if name == 'ping' else 'self'}.{FAR}.",))


class ChangedTargetsTest(FollowingCase):
    """Each test changes the zone of the targets, or what nodes are, and finds what leads there changed; n1 is down."""

    def setUp(self):
        super().setUp()
        self.only_down(1)
        self.becomes("b")
        self.becomes("b", name="between")

    def becomes(self, *expected: str, name: str = "a"):
        eventually(lambda: self.seen(name, "MX") == set(expected), WITHIN, f"{name} MX is {expected}")
        self.assertEqual(self.targets(name, "MX"), set(expected))

    def changed_and_back(self, there: str, back: str, *expected: str, name: str = "a"):
        self.store.sql(there)
        try:
            self.becomes(*expected, name=name)
        finally:
            self.store.sql(back)
        self.becomes("b", name=name)

    def test_another_address(self):
        self.changed_and_back(f"UPDATE records SET content = '{v4(3)}' WHERE name = 'a.{FAR}' AND type = 'A'",
                              f"UPDATE records SET content = '{v4(1)}' WHERE name = 'a.{FAR}' AND type = 'A'", "a", "b")

    def test_one_more_address(self):
        self.changed_and_back(self.store.record_sql(FAR, "a", "A", "198.51.100.1"),
                              "DELETE FROM records WHERE content = '198.51.100.1'", "a", "b")

    def test_through_a_zone_between(self):
        self.changed_and_back(self.store.record_sql(FAR, "a", "A", "198.51.100.1"),
                              "DELETE FROM records WHERE content = '198.51.100.1'", "toa.between.example.", "b", name="between")
        self.changed_and_back(f"UPDATE records SET content = 'b.{FAR}' WHERE name = 'toa.between.example'",
                              f"UPDATE records SET content = 'toa.{FAR}' WHERE name = 'toa.between.example'",
                              "toa.between.example.", "b", name="between")

    def test_a_host_that_becomes_a_nodes(self):
        self.changed_and_back(f"INSERT INTO node_targets VALUES ('n3', 'a.{FAR}')",
                              f"DELETE FROM node_targets WHERE target = 'a.{FAR}'", "a", "b")

    def test_an_address_that_is_nobodys_any_more(self):
        self.changed_and_back(f"DELETE FROM node_targets WHERE target = '{v4(1)}'",
                              f"INSERT INTO node_targets VALUES ('n1', '{v4(1)}')", "a", "b")

    def test_a_zone_of_its_own_for_the_host(self):
        self.addCleanup(self.store.delete_zone, f"a.{FAR}")
        self.store.add_zone(f"a.{FAR}", "@ A 198.51.100.1")
        self.becomes("a", "b")
        self.store.delete_zone(f"a.{FAR}")
        self.becomes("b")

    def test_a_zone_that_goes_and_comes(self):
        self.store.delete_zone("between.example")
        try:
            self.becomes("toa.between.example.", "b", name="between")
        finally:
            self.store.add_zone("between.example", BETWEEN)
        self.becomes("b", name="between")
