# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Dynamic updates of signed zones: after each, every answer and the zone as a whole validate at once."""
from harness.updates import UpdatesCase
from harness.validation import Judge

NSEC3 = {"nsec3.example": ("1 0 0 ab",), "optout.example": ("1 1 0 ab",), "narrow.example": ("1 0 0 ab", "narrow")}
ZONES = ("nsec.example", *NSEC3)
ADDRESS = "198.51.100.1"


class SignedCase(UpdatesCase):
    """Zones with an address at www and ns1, signed before the servers start."""

    NAMES: tuple = ()

    @classmethod
    def make(cls, store):
        for zone in cls.NAMES:
            store.add_zone(zone, f"www A {ADDRESS}\nns1 A {ADDRESS}")

    @classmethod
    def administer(cls, server):
        for zone in cls.NAMES:
            server.util("secure-zone", zone)
            if zone in NSEC3:
                server.util("set-nsec3", zone, *NSEC3[zone])
            server.util("rectify-zone", zone)

    def begin(self, zone: str):
        self.zone, self.judge = zone, Judge(self.server, zone, self.bed.folder)

    def change(self, *lines: str):
        """`lines`: @ stands for the zone."""
        self.update(self.zone, *(f"update {line}".replace("@", self.zone) for line in lines))
        if self.zone != "narrow.example":  # which cannot be transferred
            self.judge.verifies_the_copy()

    def rcode_of(self, relative: str, rcode: str):
        self.rcode(f"{relative}.{self.zone}", rcode)


class SignedTest(SignedCase):
    """Each test goes through a zone with NSEC, with NSEC3, with NSEC3 and opt-out, and with narrow NSEC3."""

    NAMES = ZONES

    def test_empty_nonterminals_come_and_go(self):
        for zone in ZONES:
            with self.subTest(zone):
                self.begin(zone)
                self.judge.denies("a.b.c", "A")
                self.change(f"add a.b.c.@ 60 A {ADDRESS}")
                self.judge.validates("a.b.c", "A", ADDRESS)
                self.judge.denies("b.c", "A")
                self.rcode_of("b.c", "NOERROR")
                self.judge.denies("other.c", "A")
                self.change("add b.c.@ 60 TXT now-a-name")
                self.judge.validates("b.c", "TXT", "now-a-name")
                self.change("delete a.b.c.@ A")
                self.judge.denies("a.b.c", "A")
                self.rcode_of("a.b.c", "NXDOMAIN")
                self.change("delete b.c.@")
                for name in ("b.c", "c"):
                    self.judge.denies(name, "TXT")
                    self.rcode_of(name, "NXDOMAIN")

    def test_a_type_and_a_name(self):
        for zone in ZONES:
            with self.subTest(zone):
                self.begin(zone)
                self.judge.denies("www", "TXT")
                self.change("add www.@ 60 TXT here", f"add new.@ 60 A {ADDRESS}")
                self.judge.validates("www", "TXT", "here")
                self.judge.validates("new", "A", ADDRESS)
                self.judge.denies("www", "MX")
                self.judge.denies("newer", "A")
                self.change("delete www.@ TXT", "delete new.@")
                self.judge.denies("www", "TXT")
                self.judge.denies("new", "A")

    def test_wildcard(self):
        for zone in (zone for zone in ZONES if zone != "optout.example"):  # where its answers count as unsigned (RFC 5155)
            with self.subTest(zone):
                self.begin(zone)
                self.judge.denies("x.wild", "A")
                self.change(f"add *.wild.@ 60 A {ADDRESS}")
                self.judge.validates("x.wild", "A", ADDRESS)
                self.judge.denies("x.wild", "TXT")
                self.judge.denies("wild", "A")
                self.change("delete *.wild.@")
                self.judge.denies("x.wild", "A")

    def test_delegation(self):
        for zone in ZONES:
            with self.subTest(zone):
                self.begin(zone)
                self.change(f"add host.sub.@ 60 A {ADDRESS}")
                self.judge.validates("host.sub", "A", ADDRESS)
                self.change("add sub.@ 60 NS ns.elsewhere.test.")
                self.assertFalse(self.server.data(f"host.sub.{zone}", "A"))
                self.judge.denies("sub", "DS")
                self.change("delete sub.@ NS")
                self.judge.validates("host.sub", "A", ADDRESS)
                self.judge.denies("sub", "NS")
                self.change("delete host.sub.@")
                self.judge.denies("host.sub", "A")


class Nsec3ParamTest(SignedCase):
    """An update that changes how the zone denies: servers of its own, and one thread, since PowerDNS 4.7 fails the next
    update of the thread that has made such a one, unless a question has come between."""

    NAMES = ("param.example",)
    SETTINGS = {"distributor_threads": 1}

    def test_comes_and_goes(self):
        self.begin("param.example")
        for line, kind in (("add @ 60 NSEC3PARAM 1 0 0 cd", "NSEC3"), ("delete @ NSEC3PARAM", "NSEC"),
                           (f"add new.@ 60 A {ADDRESS}", "NSEC")):
            self.change(line)
            self.judge.denies("nowhere", "A")
            answer, _ = (server.ask("nowhere.param.example", "A", dnssec=True) for server in (self.server, self.stock))
            self.assertEqual({found for _, found, _, _ in answer.authority} & {"NSEC", "NSEC3"}, {kind})
        self.judge.validates("new", "A", ADDRESS)
