# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""policies.when_down = 'servfail': the type of the name whose nodes are all down gets SERVFAIL, and nothing else does,
whether PowerDNS looks up all types at once or one, with its caches and without, and whoever else asks meanwhile."""
import contextlib
from concurrent.futures import ThreadPoolExecutor

from harness.policies import ZONE, PolicyCase, policy_sql, v4, v6

SERVFAIL = ("www", "*.wild", "sub.encl", "both", "mx", "part", "ali", "alibeside", "alt")
RECORDS = f"""
www A {v4(1)}
www A {v4(2)}
www AAAA {v6(3)}
www TXT "beside them"
below.www TXT "beneath them"
sub.encl A {v4(1)}
both A {v4(1)}
both TXT "asked as ANY"
part A {v4(1)}
part A 198.51.100.7
mx MX 10 h1.{ZONE}
open A {v4(1)}
*.wild A {v4(1)}
*.wild TXT "of the wildcard"
* A 203.0.113.9
chain CNAME www.{ZONE}
chain2 CNAME chain.{ZONE}
towild CNAME x.wild.{ZONE}
topart CNAME part.{ZONE}
topart2 CNAME topart.{ZONE}
under DNAME {ZONE}
tomx MX 10 mx.{ZONE}
mail MX 10 www.{ZONE}
_sip._udp SRV 0 5 5060 www.{ZONE}
cut NS www.{ZONE}
ali ALIAS h1.{ZONE}
alt CNAME h1.{ZONE}
alibeside ALIAS h1.{ZONE}
alibeside A {v4(3)}
static TXT "of no node"
"""
BETA = f"""
alias CNAME www.{ZONE}
part CNAME part.{ZONE}
*.any CNAME www.{ZONE}
old DNAME {ZONE}
"""
CLIENTS, ROUNDS = 8, 25


class ServfailTest(PolicyCase):
    """n1 and n2 are down in each test that does not say otherwise."""

    NODES = 3
    RECORDS = RECORDS
    SETTINGS = {"failover_dnssec": "yes", "dname_processing": "yes", "any_to_tcp": "no", "consistent_backends": "yes",
                "receiver_threads": 2}

    @classmethod
    def fill(cls, store):
        store.add_zone("beta.example", BETA)
        store.sql(";".join(policy_sql(f"{name}.{ZONE}", when_down="servfail", min_healthy=3 if name == "part" else 1)
                           for name in SERVFAIL))

    @classmethod
    def administer(cls, server):
        server.util("rectify-all-zones")

    def setUp(self):
        super().setUp()
        self.only_down(1, 2)

    def test_the_type_that_is_down(self):
        self.rcode("www", "SERVFAIL")
        self.rcode("WWW", "SERVFAIL")
        self.rcode("mx", "SERVFAIL", "MX")
        self.rcode("part", "SERVFAIL")
        self.only_down(1)
        self.answered("www", v4(2))

    def test_other_types_of_the_name(self):
        self.answered("www", v6(3), rdtype="AAAA")
        self.answered("www", '"beside them"', rdtype="TXT")
        self.rcode("www", "NOERROR", "MX")
        self.answered("x.wild", '"of the wildcard"', rdtype="TXT")
        self.rcode("x.wild", "NOERROR", "MX")
        self.rcode("mx", "NOERROR")

    def test_an_alias_is_no_answer_for_a_type_that_the_name_has(self):
        self.rcode("ali", "SERVFAIL")
        self.answered("alibeside", v4(3))
        self.rcode("alibeside", "SERVFAIL", "AAAA")

    def test_other_names(self):
        self.answered("open", v4(1))
        self.answered("static", '"of no node"', rdtype="TXT")
        self.answered("elsewhere", "203.0.113.9")

    def test_names_beneath_exist_or_do_not_as_before(self):
        for name in ("nowhere.www", "a.b.www", "x.sub.encl"):
            self.rcode(name, "NXDOMAIN")
        self.answered("below.www", '"beneath them"', rdtype="TXT")
        self.rcode("below.www", "NOERROR")
        self.rcode("encl", "NOERROR")

    def test_a_wildcard_asked_again_after_something_else(self):
        for name in ("x.wild", "y.z.wild", "*.wild"):
            for _ in range(3):
                self.rcode(name, "SERVFAIL")
                self.answered("static", '"of no node"', rdtype="TXT")
                self.answered("open", v4(1))

    def test_through_redirections(self):
        for name in ("chain", "chain2", "towild", "topart", "topart2", "www.under", "x.wild.under"):
            for _ in range(2):
                self.rcode(name, "SERVFAIL")
                self.answered("static", '"of no node"', rdtype="TXT")
        self.rcode("chain", "NOERROR", "MX")
        self.answered("chain", f"www.{ZONE}.", rdtype="CNAME")

    def test_through_redirections_across_zones(self):
        for name in ("alias", "part", "x.any", "www.old", "chain.old"):
            for _ in range(2):
                self.rcode(f"{name}.beta.example.", "SERVFAIL")
                self.answered("static", '"of no node"', rdtype="TXT")
        answer = self.ask("alias.beta.example.", "TXT")
        self.assertEqual((answer.rcode, answer.data("TXT")), ("NOERROR", ('"beside them"',)))

    def test_every_question_for_a_name_that_leads_on(self):
        for rdtype in ("CNAME", "A", "TXT"):
            self.rcode("alt", "SERVFAIL", rdtype)
        for rdtype in ("A", "AAAA"):
            self.rcode("ali", "SERVFAIL", rdtype)
        self.rcode("ali", "NOERROR", "TXT")

    def test_additional_records_are_no_answer(self):
        for name, rdtype in (("mail", "MX"), ("_sip._udp", "SRV"), ("tomx", "MX")):
            for tcp in (False, True, False):
                answer = self.ask(name, rdtype, tcp=tcp)
                self.assertEqual((answer.rcode, len(answer.data(rdtype))), ("NOERROR", 1), answer.message)
                self.assertNotIn(v4(1), [data for *_, data in answer.additional])
                if name == "mail":
                    self.assertEqual([data for *_, data in answer.additional], [v6(3)])

    def test_a_referral_to_a_name_that_is_down(self):
        for rdtype in ("A", "MX"):
            for tcp in (False, True, False):
                answer = self.ask("host.cut", rdtype, tcp=tcp)
                self.assertEqual((answer.rcode, answer.answer), ("NOERROR", ()), answer.message)
                self.assertEqual([data for *_, data in answer.authority], [f"www.{ZONE}."])

    def test_all_types_at_once(self):
        for tcp in (False, True):
            for name, rdtypes in (("both", {"TXT"}), ("www", {"TXT", "AAAA"})):
                answer = self.ask(name, "ANY", tcp=tcp)
                self.assertEqual((answer.rcode, {row[1] for row in answer.answer}), ("NOERROR", rdtypes), answer.message)
                self.rcode(name, "SERVFAIL")  # what ANY was answered with stays in no cache
            self.rcode("sub.encl", "NOERROR", "ANY")

    def test_each_change_is_in_the_next_answer(self):
        names = ("www", "chain", "alias.beta.example.", "x.any.beta.example.", "www.old.beta.example.")
        for _ in range(3):
            for name in names:
                self.only_down(1, 2)
                self.rcode(name, "SERVFAIL")
                self.only_down()
                self.answered(name, v4(1), v4(2))

    def test_many_clients_at_once(self):
        with ThreadPoolExecutor(CLIENTS) as clients:
            seen = set().union(*clients.map(self.ask_often, range(CLIENTS)))
        self.assertEqual(seen, {("www", "A", "SERVFAIL", ()), ("www", "TXT", "NOERROR", ('"beside them"',)),
                                ("wild", "A", "SERVFAIL", ()), ("wild", "TXT", "NOERROR", ('"of the wildcard"',))})

    def ask_often(self, client: int) -> set:
        """What one client was answered, every other one over TCP; for the wildcard, each time as a name that is in no cache."""
        seen = set()
        with contextlib.closing(self.server.resolver(10.0)) as resolver:
            for number in range(ROUNDS):
                for key, name in (("www", "www"), ("wild", f"c{client}-{number}.wild")):
                    for rdtype in ("A", "TXT"):
                        answer = resolver.ask(self.absolute(name), rdtype, tcp=client % 2 == 0)
                        seen.add((key, rdtype, answer.rcode, answer.data(rdtype)))
        return seen


class WithoutCachesTest(ServfailTest):
    """PowerDNS asks the backend each time, for the zone too."""

    SETTINGS = ServfailTest.SETTINGS | {"cache_ttl": 0, "query_cache_ttl": 0, "negquery_cache_ttl": 0, "zone_cache_refresh_interval": 0}


class ByTypeTest(ServfailTest):
    """PowerDNS asks by type where it can."""

    SETTINGS = ServfailTest.SETTINGS | {"consistent_backends": "no"}
