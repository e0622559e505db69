# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""policies.when_down = 'servfail' in signed zones: denials list the type, so that no resolver takes it for absent.

The judge is a resolver that validates and uses NSEC and NSEC3 aggressively.
"""
from harness.policies import ZONE, PolicyCase, policy_sql, v4
from harness.validator import Validator
from harness.denials import listed

RECORDS = f"""
www A {v4(1)}
www A {v4(2)}
www TXT "beside them"
only A {v4(1)}
wait A {v4(1)}
*.wild A {v4(1)}
*.wild TXT "of the wildcard"
a.ent A {v4(1)}
chain CNAME only.{ZONE}
mail MX 10 only.{ZONE}
static TXT "of no node"
"""


class SignedTest(PolicyCase):
    """All nodes are down when a test begins."""

    NODES = 2
    RECORDS = RECORDS
    NSEC3: tuple = ()

    @classmethod
    def fill(cls, store):
        store.sql(policy_sql(f"*.{ZONE}", type="A", when_down="servfail"))

    @classmethod
    def administer(cls, server):
        server.util("secure-zone", ZONE)
        if cls.NSEC3:
            server.util("set-nsec3", ZONE, *cls.NSEC3)
        server.util("rectify-zone", ZONE)

    @classmethod
    def prepare(cls, bed):
        super().prepare(bed)
        anchor = cls.server.data(f"{ZONE}.", "DNSKEY")[0]
        cls.validator = Validator(bed.folder / "unbound", ZONE, cls.server.port, anchor)
        cls.addClassCleanup(cls.validator.close)

    def setUp(self):
        super().setUp()
        self.only_down(1, 2)

    def validated(self, name: str, rdtype: str, rcode: str = "NOERROR") -> tuple:
        answer = self.validator.ask(self.absolute(name), rdtype)
        self.assertIn("AD", answer.flags.split(), f"{answer.message}\n{self.validator.log()[-3000:]}")
        self.assertEqual(answer.rcode, rcode, answer.message)
        return answer.data(rdtype)

    def test_all_else_validates(self):
        self.assertEqual(self.validated("www", "TXT"), ('"beside them"',))
        self.assertEqual(self.validated("x.wild", "TXT"), ('"of the wildcard"',))
        self.assertEqual(self.validated("mail", "MX"), (f"10 only.{ZONE}.",))
        for name, rdtype in (("www", "MX"), ("only", "TXT"), ("x.wild", "MX"), ("ent", "A"), ("chain", "TXT"), ("a.ent", "AAAA")):
            self.assertEqual(self.validated(name, rdtype), ())
        for name in ("nowhere", "x.www", "x.only", "x.a.ent"):
            self.validated(name, "A", "NXDOMAIN")

    def test_the_type_is_listed(self):
        for name, types in (("www", {"A", "TXT"}), ("only", {"A"}), ("a.ent", {"A"})):
            answer = self.ask(name, "MX", dnssec=True, tcp=True)
            self.assertEqual(listed(answer, self.absolute(name)) - {"NSEC", "RRSIG"}, types, answer.message)
        self.rcode("www", "SERVFAIL")

    def test_what_was_denied_meanwhile_does_not_deny_it_later(self):
        for name in ("wait", "x.wild", "a.ent"):
            self.validated(name, "MX")
        self.validated("waiu", "A", "NXDOMAIN")  # with the NSEC of wait
        self.assertEqual(self.validator.ask(self.absolute("www"), "A").rcode, "SERVFAIL")
        self.only_down()
        for name in ("wait", "x.wild", "a.ent"):
            self.assertEqual(self.validated(name, "A"), (v4(1),), name)


class Nsec3Test(SignedTest):
    """The same with NSEC3."""

    NSEC3 = ("1 0 0 ab",)


class NarrowTest(SignedTest):
    """The same with NSEC3 made up at each question."""

    NSEC3 = ("1 0 0 -", "narrow")
