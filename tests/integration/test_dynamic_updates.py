# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Dynamic updates: who may, what they do, and that the very next answer has it; all as with stock gsqlite3."""
from harness.poll import eventually
from harness.updates import UpdatesCase, metadata, nsupdate

KEYS = {"good.key": "Z29vZCBrZXkgb2YgdGVzdHM=", "other.key": "b3RoZXIga2V5IG9mIHRlc3Q="}
V4 = tuple(f"198.51.100.{number}" for number in range(10))


def with_key(name: str, secret: str | None = None) -> tuple:
    return ("-y", f"hmac-sha256:{name}:{secret or KEYS[name]}")


class PermissionTest(UpdatesCase):
    """Nobody may by default here; zones say who does."""

    SETTINGS = {"allow_dnsupdate_from": ""}
    ADD = f"update add new.{{}} 60 A {V4[1]}"

    @classmethod
    def make(cls, store):
        for name, secret in KEYS.items():
            store.insert("tsigkeys", name=name, algorithm="hmac-sha256", secret=secret)
        for zone in ("keyed.example", "open.example", "closed.example", "elsewhere.example"):
            store.add_zone(zone, "www A 192.0.2.7")
        for zone, network in (("keyed", "0.0.0.0/0"), ("open", "127.0.0.0/8"), ("elsewhere", "192.0.2.0/24")):
            metadata(store, f"{zone}.example", "ALLOW-DNSUPDATE-FROM", network)
        metadata(store, "keyed.example", "TSIG-ALLOW-DNSUPDATE", "good.key")

    def test_by_key(self):
        zone = "keyed.example"
        add = self.ADD.format(zone)
        self.unchanged(zone, add, rcode="REFUSED")
        self.unchanged(zone, add, rcode="REFUSED", options=with_key("other.key"))
        self.unchanged(zone, add, rcode=None, options=with_key("good.key", KEYS["other.key"]))
        self.unchanged(zone, add, rcode=None, options=with_key("unknown.key", KEYS["other.key"]))
        self.rcode(f"new.{zone}", "NXDOMAIN")
        self.update(zone, add, options=with_key("good.key"))
        self.answered(f"new.{zone}", "A", V4[1])
        self.update(zone, f"update delete new.{zone} A", options=("-v", *with_key("good.key")))  # over TCP
        self.rcode(f"new.{zone}", "NXDOMAIN")

    def test_by_address(self):
        for zone in ("closed.example", "elsewhere.example"):
            self.unchanged(zone, self.ADD.format(zone), rcode="REFUSED")
        self.update("open.example", self.ADD.format("open.example"))
        self.answered("new.open.example", "A", V4[1])
        self.unchanged("none.example", self.ADD.format("none.example"), rcode="REFUSED")

    def test_a_permission_given_and_taken(self):
        """By sqlite3, while the server runs and has the old metadata in its cache."""
        zone = "closed.example"
        for store in (self.store, self.stock_store):
            metadata(store, zone, "ALLOW-DNSUPDATE-FROM", "127.0.0.1")
        line = f"update add given.{zone} 60 TXT x"
        eventually(lambda: nsupdate(self.server, zone, line) == "NOERROR", 1.0, "the permission is known")
        self.answered(f"given.{zone}", "TXT", '"x"')
        self.assertEqual(nsupdate(self.stock, zone, line), "NOERROR")
        for store in (self.store, self.stock_store):
            store.sql("DELETE FROM domainmetadata WHERE content = '127.0.0.1'")
        eventually(lambda: nsupdate(self.server, zone, line) == "REFUSED", 1.0, "the permission is gone")


class UpdateTest(UpdatesCase):
    """What an update may ask for; each test has a zone of its own."""

    SETTINGS = {"8bit-dns": "yes"}  # else such names get SERVFAIL, whatever the backend

    @classmethod
    def make(cls, store):
        for name in (name for name in dir(cls) if name.startswith("test_")):
            store.add_zone(cls.zone_of(name), f"www A {V4[1]}\nwww A {V4[2]}\nwww TXT \"text\"\nalias CNAME www.example.org\n"
                                              "*.wild TXT \"wild\"\noff A 192.0.2.9\n@ NS ns2.example.org")
        store.sql("UPDATE records SET disabled = 1 WHERE name LIKE 'off.%'")

    @staticmethod
    def zone_of(test: str) -> str:
        return test.removeprefix("test_").replace("_", "-") + ".example"

    def setUp(self):
        super().setUp()
        self.zone = self.zone_of(self._testMethodName)
        self.www, self.new = f"www.{self.zone}", f"new.{self.zone}"
        for _ in range(2):  # into the caches
            self.rcode(self.new, "NXDOMAIN")
            self.answered(self.www, "A", V4[1], V4[2])

    def change(self, *lines: str, rcode: str = "NOERROR"):
        self.update(self.zone, *lines, rcode=rcode)

    def test_add(self):
        self.change(f"update add {self.new} 60 A {V4[3]}", f"update add {self.new} 60 MX 10 mail.example.org.",
                    f'update add {self.new} 60 TXT "a" "b;\\"c\\\\"', f"update add {self.www} 300 A {V4[3]}")
        self.answered(self.new, "A", V4[3])
        self.answered(self.new, "MX", "10 mail.example.org.")
        self.answered(self.new, "TXT", '"a" "b;\\"c\\\\"')
        self.answered(self.www, "A", *V4[1:4])
        self.unchanged(self.zone, f"update add {self.www} 300 A {V4[3]}")
        self.change(f"update add {self.www} 77 A {V4[3]}")
        self.assertEqual({ttl for _, _, ttl, _ in self.server.ask(self.www, "A").answer}, {77})

    def test_delete(self):
        self.change(f"update delete {self.www} A {V4[1]}")
        self.answered(self.www, "A", V4[2])
        self.change(f"update delete {self.www} TXT")
        self.answered(self.www, "TXT")
        self.change(f"update delete {self.www}")
        self.rcode(self.www, "NXDOMAIN")
        self.unchanged(self.zone, f"update delete {self.www} A {V4[1]}")

    def test_delete_and_add_in_one(self):
        self.change(f"update delete {self.www} A", f"update add {self.www} 60 A {V4[4]}")
        self.answered(self.www, "A", V4[4])
        self.change(f"update delete {self.www}", f"update add {self.www} 60 CNAME target.example.org.")
        self.answered(self.www, "CNAME", "target.example.org.")
        self.change(f"update add {self.www} 60 CNAME other.example.org.")
        self.answered(self.www, "CNAME", "other.example.org.")

    def test_prerequisites(self):
        add = f"update add {self.new} 60 A {V4[3]}"
        for line, rcode in ((f"nxdomain {self.www}", "YXDOMAIN"), (f"yxdomain {self.new}", "NXDOMAIN"),
                            (f"nxrrset {self.www} A", "YXRRSET"), (f"yxrrset {self.www} AAAA", "NXRRSET"),
                            (f"yxrrset {self.www} A {V4[1]}", "NXRRSET"),
                            (f"yxdomain x.wild.{self.zone}", "NXDOMAIN"), (f"yxdomain off.{self.zone}", "NXDOMAIN")):
            with self.subTest(line):
                self.unchanged(self.zone, f"prereq {line}", add, rcode=rcode)
                self.rcode(self.new, "NXDOMAIN")
        for line in (f"yxdomain {self.www}", f"nxdomain {self.new}", f"yxrrset {self.www} A", f"nxrrset {self.www} AAAA",
                     f"yxrrset {self.www} A {V4[1]}\nprereq yxrrset {self.www} A {V4[2]}", f"yxrrset *.wild.{self.zone} TXT"):
            with self.subTest(line):
                self.change(f"prereq {line}", add)
                self.answered(self.new, "A", V4[3])
                self.change(f"update delete {self.new}")
                self.rcode(self.new, "NXDOMAIN")

    def test_all_or_nothing(self):
        good = f"update add {self.new} 60 A {V4[3]}"
        for bad in (f"update add alias.{self.zone} 60 A {V4[3]}", f"update add {self.www} 60 CNAME x.example.org."):
            self.unchanged(self.zone, good, bad, rcode="REFUSED")
        self.rcode(self.new, "NXDOMAIN")
        self.answered(self.www, "A", V4[1], V4[2])

    def test_names(self):
        for name in ("MiXed", "*", "_tcp", "a\\.b", "sp\\032ace", "x" * 63, "deep.down.in.it", "\\200"):
            with self.subTest(name):
                owner = f"{name}.{self.zone}"
                self.change(f"update add {owner} 60 TXT here")
                self.answered(owner, "TXT", '"here"')
                self.change(f"update delete {owner} TXT")
                self.answered(owner, "TXT")

    def test_a_disabled_record_is_not_there(self):
        off = f"off.{self.zone}"
        self.change(f"prereq nxdomain {off}", f"update add {off} 60 A {V4[5]}")
        self.answered(off, "A", V4[5])

    def test_apex(self):
        """An SOA and the last NS stay; an SOA is replaced by one with a higher serial only."""
        soa = "ns1.example.org. hostmaster.example.org. {} 10800 3600 604800 60"
        self.unchanged(self.zone, f"update delete {self.zone} SOA")
        self.unchanged(self.zone, f"update delete {self.zone} NS")
        self.change(f"update delete {self.zone} NS ns2.example.org.")
        self.answered(self.zone, "NS", f"ns1.{self.zone}.")
        self.unchanged(self.zone, f"update delete {self.zone} NS ns1.{self.zone}.")
        high = self.serial(self.zone) + 1000
        self.change(f"update add {self.zone} 300 SOA {soa.format(high)}")
        self.answered(self.zone, "SOA", soa.format(high))
        self.unchanged(self.zone, f"update add {self.zone} 300 SOA {soa.format(high - 1)}")

    def test_outside(self):
        self.unchanged(self.zone, f"update add www.elsewhere.example 60 A {V4[3]}", rcode="NOTZONE")
        self.unchanged("none.example", f"update add www.none.example 60 A {V4[3]}", rcode="NOTAUTH")

    def test_many(self):
        self.change(*(f"update add host{number}.{self.zone} 60 A 10.0.0.{number}" for number in range(200)))
        self.answered(f"host199.{self.zone}", "A", "10.0.0.199")
        self.change(*(f"update delete host{number}.{self.zone}" for number in range(200)))
        self.rcode(f"host0.{self.zone}", "NXDOMAIN")


class SerialTest(UpdatesCase):
    """SOA-EDIT-DNSUPDATE says how an update moves the serial."""

    KINDS = ("DEFAULT", "INCREASE", "SOA-EDIT", "SOA-EDIT-INCREASE", "EPOCH")

    @classmethod
    def make(cls, store):
        for kind in cls.KINDS:
            store.add_zone(f"{kind.lower()}.example", "www A 192.0.2.7")
            metadata(store, f"{kind.lower()}.example", "SOA-EDIT-DNSUPDATE", kind)
            metadata(store, f"{kind.lower()}.example", "SOA-EDIT", "INCEPTION-INCREMENT")

    def test_kinds(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                zone = f"{kind.lower()}.example"
                before = self.stored_serial(zone)
                line = f"update add new.{zone} 60 A {V4[1]}"
                self.assertEqual([nsupdate(server, zone, line) for server in (self.stock, self.server)], ["NOERROR"] * 2)
                after = self.stored_serial(zone)
                self.assertGreater(after, before)
                self.answered(f"new.{zone}", "A", V4[1])
                if kind == "INCREASE":
                    self.assertEqual(after, before + 1)
                if kind != "EPOCH":  # the last: a second may lie between the two servers
                    self.assertEqual(self.records(self.store), self.records(self.stock_store))

    def stored_serial(self, zone: str) -> int:
        return int(self.store.read(f"SELECT content FROM records WHERE type = 'SOA' AND name = '{zone}'")[0][0].split()[2])
