# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""ALIAS records that lead to nodes' host names are alternatives, too: PowerDNS expands the one that it is given."""
from harness.policies import ZONE, PolicyCase, policy_sql, v4, v6
from harness.transfers import axfr

NAMES = ("@", "one", "best", "none", "fail")
RECORDS = "\n".join(f"{name} ALIAS h{number}.{ZONE}" for name in NAMES for number in range(1, 4))
MORE = f"""
@ MX 10 h1.{ZONE}
one TXT "beside them"
some ALIAS h1.{ZONE}
some ALIAS h4.{ZONE}
live ALIAS h1.{ZONE}
"""
TIERS = {"n1": {"priority": 2}, "n2": {"priority": 1}, "n3": {"priority": 3}}


class AliasTest(PolicyCase):
    """The resolver that expands them is a second server, which has the hosts."""

    NODES = 3
    RECORDS = RECORDS + MORE
    SETTINGS = {"failover_dnssec": "yes", "expand_alias": "yes"}

    @classmethod
    def prepare(cls, bed):
        hosts = bed.store("hosts.sqlite3")
        hosts.add_zone(ZONE, "\n".join(f"h{number} A {v4(number)}\nh{number} AAAA {v6(number)}" for number in range(1, 5)))
        resolver = bed.serve(hosts, name="resolver")
        cls.SETTINGS = {**cls.SETTINGS, "resolver": f"127.0.0.1:{resolver.port}"}
        super().prepare(bed)

    @classmethod
    def fill(cls, store):
        store.sql(";".join((
            policy_sql(f"best.{ZONE}", TIERS, mode="priority"),
            policy_sql(f"none.{ZONE}", when_down="nodata"),
            policy_sql(f"fail.{ZONE}", when_down="servfail"),
        )))
        store.add_zone("live.example", "\n".join(f"www ALIAS h{number}.{ZONE}" for number in range(1, 4)))
        store.sql("INSERT INTO domainmetadata (domain_id, kind, content) "
                  "SELECT id, 'X-FAILOVER-AXFR', 'live' FROM domains WHERE name = 'live.example'")

    def one_of(self, name: str, *numbers: int):
        """The address of one in each answer; in time, of each of these."""
        for rdtype, address in ("A", v4), ("AAAA", v6):
            for tcp in (False, True):
                self.assertEqual(set(self.draw(name, 40, rdtype, tcp=tcp)), {(address(number),) for number in numbers}, rdtype)

    def test_any_one_that_serves(self):
        for name in ("@", "one"):
            self.one_of(name, 1, 2, 3)
            self.only_down(2)
            self.one_of(name, 1, 3)
            self.only_down(1, 2)
            self.one_of(name, 3)
            self.only_down(1, 2, 3)
            self.one_of(name, 1, 2, 3)
            self.only_down()

    def test_the_best_by_policy(self):
        self.one_of("best", 2)
        self.only_down(2)
        self.one_of("best", 1)

    def test_beside_one_of_no_node(self):
        self.one_of("some", 1, 4)
        self.only_down(1)
        self.one_of("some", 4)

    def test_when_down(self):
        self.only_down(1, 2, 3)
        for rdtype in ("A", "AAAA"):
            self.rcode("none", "NOERROR", rdtype)
            self.rcode("fail", "SERVFAIL", rdtype)
        self.rcode("fail", "NOERROR", "MX")

    def test_what_stands_beside_them(self):
        self.only_down(1, 2, 3)
        self.answered("one", '"beside them"', rdtype="TXT")
        self.assertEqual(self.ask("@", "SOA").rcode, "NOERROR")

    def test_a_transfer_has_every_row_unless_it_is_live(self):
        self.only_down(2)
        sent = [data for owner, rdtype, data in axfr(self.server, ZONE) if owner == f"one.{ZONE}." and rdtype in ("ALIAS", "TYPE65401")]
        self.assertEqual(len(sent), 3, sent)
        sent = [row for row in axfr(self.server, "live.example") if row[0] == "www.live.example."]
        self.assertEqual(len(sent), 1, sent)

    def test_pdnsutil_accepts_them(self):
        said = self.server.util("check-zone", ZONE)
        self.assertNotIn(f"one.{ZONE}", said)


class RotatingAliasTest(AliasTest):
    """PowerDNS sends these answers when its resolver has answered, after a purge perhaps: they are never kept."""

    SETTINGS = {**AliasTest.SETTINGS, "failover_rotate_ms": 10000}
