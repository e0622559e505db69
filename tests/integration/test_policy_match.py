# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Which policy decides: the longest name that fits, then the one that names the type. Each says so by its ttl_max."""
from harness.policies import WITHIN, ZONE, PolicyCase, policy_sql, v4
from harness.poll import eventually

RECORDS = f"""
@ A {v4(1)}
@ MX 10 h1.{ZONE}
www A {v4(1)}
www MX 10 h1.{ZONE}
sub A {v4(1)}
www.sub A {v4(1)}
a.b.sub A {v4(1)}
*.wild A {v4(1)}
xsub A {v4(1)}
static A 198.51.100.7
"""
OWN = 300  # the records' own TTL
NAMES = ("@", "www", "sub", "www.sub", "a.b.sub", "x.wild", "xsub", "www.other.test.")


class PolicyMatchTest(PolicyCase):
    """Each test begins without any policy."""

    NODES = 1
    RECORDS = RECORDS

    @classmethod
    def fill(cls, store):
        store.add_zone("other.test", f"www A {v4(1)}\nwww MX 10 h1.{ZONE}\n@ A {v4(1)}")

    def setUp(self):
        super().setUp()
        self.policies()

    def policies(self, *statements: str):
        """There are these and no others, from the next answer on."""
        marker = self.ttl("@", "SOA") + 1  # of a record that no policy is about
        self.store.sql(";".join(("DELETE FROM policies", *statements,
                                 f"UPDATE records SET ttl = {marker} WHERE type = 'SOA' AND name = '{ZONE}'")))
        eventually(lambda: self.ttl("@", "SOA") == marker, WITHIN, "the store is read")

    def ttl(self, name: str, rdtype: str = "A", tcp: bool = False) -> int:
        answer = self.ask(name, rdtype, tcp=tcp)
        return answer.answer[0][2] if answer.answer else 0

    def are(self, rdtype: str = "A", rest: int = OWN, **ttls):
        """By name, with _ for a dot and apex for @; all others have `rest`."""
        expected = {name: rest for name in NAMES} | {name.replace("_", ".").replace("apex", "@"): ttl for name, ttl in ttls.items()}
        for name, ttl in expected.items():
            for tcp in (False, True):
                self.assertEqual(self.ttl(name, rdtype, tcp), ttl, f"{name} {rdtype}, tcp={tcp}")

    def test_without_one_the_records_are_as_they_are(self):
        self.are()

    def test_a_name_is_that_name_alone(self):
        self.policies(policy_sql(f"sub.{ZONE}", ttl_max=11), policy_sql(f"*.wild.{ZONE}", ttl_max=12))
        self.are(sub=11, x_wild=12)

    def test_names_below_and_the_apex_of_a_zone(self):
        self.policies(policy_sql(f"*.{ZONE}", ttl_max=11))
        self.are(rest=11, **{"www_other_test_": OWN})
        self.policies(policy_sql(f"*.sub.{ZONE}", ttl_max=11))
        self.are(www_sub=11, a_b_sub=11)

    def test_every_zone(self):
        self.policies(policy_sql("*", ttl_max=11))
        self.are(rest=11)
        self.assertEqual(self.ttl("other.test."), 11)
        self.assertEqual(self.ttl("static"), OWN)  # of no node

    def test_zones_below_a_name(self):
        self.policies(policy_sql("*.test", ttl_max=11))
        self.are(**{"www_other_test_": 11})
        self.assertEqual(self.ttl("other.test."), 11)

    def test_the_longest_name_wins(self):
        self.policies(policy_sql("*", ttl_max=11), policy_sql("*.test", ttl_max=12), policy_sql(f"*.{ZONE}", ttl_max=13),
                      policy_sql(f"*.sub.{ZONE}", ttl_max=14), policy_sql(f"*.b.sub.{ZONE}", ttl_max=15),
                      policy_sql(f"www.sub.{ZONE}", ttl_max=16))
        self.are(rest=13, www_sub=16, a_b_sub=15, **{"www_other_test_": 12})

    def test_the_type_wins_among_equal_names_only(self):
        self.policies(policy_sql("*", type="MX", ttl_max=11), policy_sql("*", ttl_max=12), policy_sql(f"*.{ZONE}", ttl_max=13),
                      policy_sql(f"www.{ZONE}", type="A", ttl_max=14))
        self.assertEqual([self.ttl(name, "MX") for name in ("www.other.test.", "@", "www")], [11, 13, 13])
        self.are(rest=13, www=14, **{"www_other_test_": 12})

    def test_names_are_written_as_people_do(self):
        self.policies(policy_sql(f"WWW.{ZONE.title()}.", ttl_max=11), policy_sql(f"*.Sub.{ZONE.upper()}.", ttl_max=12))
        self.are(www=11, www_sub=12, a_b_sub=12)

    def test_each_change_of_a_row_is_answered(self):
        self.policies(policy_sql("*", ttl_max=11))
        for statement, ttl in (("UPDATE policies SET ttl_max = 12", 12), ("UPDATE policies SET type = 'MX'", OWN),
                               ("UPDATE policies SET type = 'A'", 12), ("UPDATE policies SET name = '*.test'", OWN),
                               (f"UPDATE policies SET name = '*.{ZONE}'", 12), ("UPDATE policies SET ttl_max = NULL", OWN),
                               ("UPDATE policies SET ttl_max = 0", 0), ("DELETE FROM policies", OWN)):
            self.store.sql(statement)
            eventually(lambda ttl=ttl: self.ttl("www") == ttl, WITHIN, statement)

    def test_a_rank_of_a_node_is_answered(self):
        self.policies(policy_sql("*", mode="priority"))
        self.addCleanup(self.store.sql, f"DELETE FROM nodes WHERE name = 'spare'; DELETE FROM records WHERE content = '{v4(9)}';"
                                        "UPDATE nodes SET priority = 0")
        self.change(f"INSERT INTO nodes (name) VALUES ('spare'); INSERT INTO node_targets VALUES ('spare', '{v4(9)}');"
                    + self.store.record_sql(ZONE, "www", "A", v4(9)), "www", v4(1), v4(9))
        self.change("INSERT INTO policy_nodes (policy, node, priority) SELECT id, 'spare', 1 FROM policies", "www", v4(1))
        self.change("UPDATE nodes SET priority = 2 WHERE name = 'n1'", "www", v4(9))
        self.change("UPDATE policy_nodes SET priority = 3", "www", v4(1))
        self.change("DELETE FROM policy_nodes", "www", v4(9))
        self.change("UPDATE nodes SET priority = 0", "www", v4(1), v4(9))
