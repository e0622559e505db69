# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Addresses of nodes that are down leave the hints of HTTPS and SVCB records, and what is left validates."""
from harness.policies import ZONE, PolicyCase, policy_sql, v4, v6
from harness.validation import Judge

OUT = "www.elsewhere.example."
RECORDS = f"""
v4 HTTPS 1 {OUT} alpn=h2 ipv4hint={v4(1)},{v4(2)}
v4 SVCB 1 {OUT} alpn=h2 ipv4hint={v4(1)},{v4(2)}
v6 HTTPS 1 {OUT} ipv6hint={v6(1)},{v6(2)},2001:db8:ffff::1
dual HTTPS 1 {OUT} ipv4hint={v4(1)},{v4(2)} ipv6hint={v6(1)},{v6(2)}
own HTTPS 1 h1.{ZONE}. ipv4hint={v4(1)},{v4(3)}
own HTTPS 2 h2.{ZONE}. ipv4hint={v4(2)},{v4(3)}
many HTTPS 1 {OUT} ipv4hint={",".join(v4(number) for number in range(1, 7))}
strange HTTPS 1 {OUT} ipv4hint=198.51.100.1
short HTTPS 1 {OUT} ipv4hint={v4(1)}
h1 HTTPS 1 .
h1 HTTPS 2 {OUT}
h2 HTTPS 1 .
h2 HTTPS 2 {OUT}
"""


class HintsTest(PolicyCase):
    NODES = 6
    RECORDS = RECORDS

    @classmethod
    def fill(cls, store):
        store.sql(policy_sql(f"short.{ZONE}", ttl_max=17))

    @classmethod
    def administer(cls, server):
        server.util("secure-zone", ZONE)
        server.util("rectify-zone", ZONE)

    @classmethod
    def prepare(cls, bed):
        super().prepare(bed)
        cls.judge = Judge(cls.server, ZONE, bed.folder)

    def is_(self, name: str, *data: str, rdtype: str = "HTTPS"):
        self.answered(name, *data, rdtype=rdtype)
        said = self.judge.delv(name, rdtype)
        self.assertIn("; fully validated", said)
        hints = {word for row in data for word in row.split() if "hint" in word}
        for hint in hints:
            self.assertIn(hint.split('"')[1], said)
        if not hints:
            self.assertNotIn("hint", said)

    def test_all_up(self):
        for rdtype in ("HTTPS", "SVCB"):
            self.is_("v4", f'1 {OUT} alpn="h2" ipv4hint="{v4(1)},{v4(2)}"', rdtype=rdtype)
        self.is_("own", f'1 h1.{ZONE}. ipv4hint="{v4(1)},{v4(3)}"', f'2 h2.{ZONE}. ipv4hint="{v4(2)},{v4(3)}"')

    def test_one_down(self):
        self.only_down(1)
        for rdtype in ("HTTPS", "SVCB"):
            self.is_("v4", f'1 {OUT} alpn="h2" ipv4hint="{v4(2)}"', rdtype=rdtype)
        self.is_("v6", f'1 {OUT} ipv6hint="{v6(2)},2001:db8:ffff::1"')
        self.is_("dual", f'1 {OUT} ipv4hint="{v4(2)}" ipv6hint="{v6(2)}"')
        self.is_("own", f'2 h2.{ZONE}. ipv4hint="{v4(2)},{v4(3)}"')
        self.is_("h1", f"2 {OUT}")  # "." is the name itself, for each of them another one
        self.is_("h2", "1 .", f"2 {OUT}")
        self.is_("strange", f'1 {OUT} ipv4hint="198.51.100.1"')

    def test_another_down(self):
        self.only_down(3)
        self.is_("own", f'1 h1.{ZONE}. ipv4hint="{v4(1)}"', f'2 h2.{ZONE}. ipv4hint="{v4(2)}"')

    def test_without_any_left_there_are_none(self):
        """The record says where the addresses are, and needs no hints (RFC 9460, section 7.3)."""
        self.only_down(1, 2)
        for rdtype in ("HTTPS", "SVCB"):
            self.is_("v4", f'1 {OUT} alpn="h2"', rdtype=rdtype)
        self.is_("v6", f'1 {OUT} ipv6hint="2001:db8:ffff::1"')
        self.is_("dual", f"1 {OUT}")
        self.is_("short", f"1 {OUT}")
        self.assertEqual(self.ask("short", "HTTPS").answer[0][2], 17)

    def test_more_nodes_than_there_are_forms_for(self):
        """Hints of a fifth node are left out; none is ever dead."""
        self.is_("many", f'1 {OUT} ipv4hint="{v4(1)},{v4(2)},{v4(3)},{v4(4)}"')
        self.only_down(2, 4, 5)
        self.is_("many", f'1 {OUT} ipv4hint="{v4(1)},{v4(3)}"')

    def test_each_change_is_in_the_next_answer(self):
        for _ in range(3):
            self.only_down(1)
            self.is_("v4", f'1 {OUT} alpn="h2" ipv4hint="{v4(2)}"')
            self.only_down(2)
            self.is_("v4", f'1 {OUT} alpn="h2" ipv4hint="{v4(1)}"')
