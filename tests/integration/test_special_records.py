# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Records that PowerDNS does more with than answer them: the same as with stock gsqlite3, and beside records of nodes."""
from contextlib import closing
from dataclasses import replace

from harness.command import run
from harness.poll import eventually
from harness.testbed import EAST, EAST_V4, EAST_V6, HOSTS, WEST, WEST_V4, WEST_V6, Case, SharedCase

SETTINGS = {"expand_alias": "yes", "enable_lua_records": "yes", "direct_dnskey": "yes", "dname_processing": "yes",
            "svc_autohints": "yes",
            "default_ksk_algorithm": "ed25519"}  # signs the same data the same way, unlike the default
KEY = "257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ=="
ZONE = f"""
@ ALIAS pool.target.example
@ DNSKEY {KEY}
@ CDS 12345 13 2 {"ab" * 32}
@ CDNSKEY {KEY}
alias ALIAS pool.target.example
alias TXT "beside"
aliasnone ALIAS none.target.example
*.aliaswild ALIAS pool.target.example
lua LUA A "'198.51.100.1'"
lua LUA AAAA "'2001:db8::9'"
lua LUA TXT "'from ' .. qname:toString()"
lua TXT "not from lua"
luacname LUA CNAME "'plain.alpha.example'"
luatwo LUA A ";return {{'198.51.100.1', '198.51.100.2'}}"
luabroken LUA A ";this is no lua"
*.luawild LUA A "'198.51.100.3'"
chain CNAME lua.alpha.example
plain A 198.51.100.4
half A 198.51.100.5
half A 198.51.100.6
off A 198.51.100.7
under.off2 A 198.51.100.7
old DNAME new.alpha.example
www.new A 198.51.100.8
out DNAME target.example
typed TYPE65400 \\# 3 010203
apl APL 1:192.0.2.0/24 !1:192.0.2.64/28
tlsa TLSA 3 1 1 {"ab" * 32}
rp RP who.alpha.example txt.alpha.example
nsec3param NSEC3PARAM 1 0 0 ab
rrsig RRSIG A 13 3 300 20380101000000 20200101000000 12345 alpha.example. ERERERER
nsec NSEC alpha.example A
"""
SERIALS = (0, 1, 2**31 - 1, 2**31, 2**32 - 1)


class SameTest(SharedCase):
    """The same rows served by both backends; a third server has what the ALIAS records lead to."""

    @classmethod
    def prepare(cls, bed):
        target = bed.store("target.sqlite3")
        target.add_zone("target.example", "pool A 203.0.113.1\npool A 203.0.113.2\npool AAAA 2001:db8:1::1\nwww A 203.0.113.3")
        settings = {**SETTINGS, "resolver": f"127.0.0.1:{bed.serve(target, name='target').port}"}
        store, copy = bed.store(), bed.folder / "stock.sqlite3"
        for zone in ("alpha.example", "signed.example"):
            store.add_zone(zone, ZONE.replace("alpha.example", zone))
        store.sql("UPDATE records SET disabled = 1 "
                  "WHERE name LIKE 'off.%' OR name LIKE 'under.off2.%' OR content = '198.51.100.6'")
        for serial in SERIALS:
            soa = "ns1.{zone} hostmaster.{zone} " + f"{serial} 10800 3600 604800 60"
            store.add_zone(f"serial{serial}.example", "", soa=soa)
        cls.server = bed.server(store, failover_dnssec="yes", **settings)
        cls.server.configure()
        cls.server.util("rectify-all-zones")
        cls.server.util("secure-zone", "signed.example")
        run("sqlite3", store.path, f".backup {copy}")
        cls.server.start()
        cls.stock = bed.serve(name="stock", launch="gsqlite3", gsqlite3_database=copy, gsqlite3_dnssec="yes", **settings)

    def same(self, name: str, rdtype: str, **options):
        """Our answer, which is the stock server's."""
        ours, theirs = (self.fresh(server, name, rdtype, options) for server in (self.server, self.stock))
        self.assertEqual(replace(ours, message=None), replace(theirs, message=None), f"{name} {rdtype} {options}")
        return ours

    @staticmethod
    def fresh(server, name: str, rdtype: str, options: dict):
        """PowerDNS closes a TCP connection over which it has answered from an ALIAS record: each question gets its own."""
        with closing(server.resolver()) as resolver:
            return resolver.ask(name, rdtype, **options)

    def everywhere(self, label: str, rdtype: str) -> tuple:
        """The data in the plain zone, after comparing in both zones and with both transports."""
        for zone in ("alpha.example", "signed.example"):
            name = f"{label}.{zone}.".removeprefix("@.")
            for options in ({}, {"tcp": True}, {"dnssec": True}):
                with self.subTest(f"{name} {rdtype} {options}"):
                    self.same(name, rdtype, **options)
        return self.server.data(f"{label}.alpha.example.".removeprefix("@."), rdtype)

    def test_alias(self):
        self.assertEqual(self.everywhere("@", "A"), ("203.0.113.1", "203.0.113.2"))
        self.assertEqual(self.everywhere("alias", "AAAA"), ("2001:db8:1::1",))
        self.assertEqual(self.everywhere("alias", "TXT"), ('"beside"',))
        self.assertEqual(self.everywhere("alias", "MX"), ())
        self.assertEqual(self.everywhere("aliasnone", "A"), ())
        self.everywhere("x.aliaswild", "A")

    def test_lua(self):
        self.assertEqual(self.everywhere("lua", "A"), ("198.51.100.1",))
        self.assertEqual(self.everywhere("lua", "AAAA"), ("2001:db8::9",))
        self.assertIn('"from lua.alpha.example."', self.everywhere("lua", "TXT"))
        self.assertEqual(self.everywhere("luatwo", "A"), ("198.51.100.1", "198.51.100.2"))
        self.assertEqual(self.everywhere("x.luawild", "A"), ("198.51.100.3",))
        self.assertEqual(self.everywhere("chain", "A"), ("198.51.100.1",))
        self.everywhere("luacname", "A")
        self.everywhere("lua", "MX")
        self.assertEqual(self.same("luabroken.alpha.example.", "A").rcode, "SERVFAIL")

    def test_disabled(self):
        self.assertEqual(self.everywhere("half", "A"), ("198.51.100.5",))
        for label in ("off", "under.off2", "off2"):
            self.everywhere(label, "A")
            self.assertEqual(self.server.ask(f"{label}.alpha.example.", "A").rcode, "NXDOMAIN")

    def test_dname(self):
        self.assertEqual(self.everywhere("www.old", "A"), ("198.51.100.8",))
        self.everywhere("other.old", "A")
        self.everywhere("www.out", "A")
        self.everywhere("old", "DNAME")

    def test_keys_and_parameters_that_are_records(self):
        self.assertEqual(len(self.everywhere("@", "DNSKEY")), 1)
        self.assertEqual(len(self.server.data("signed.example.", "DNSKEY")), 2)
        for rdtype in ("CDS", "CDNSKEY", "NSEC3PARAM", "ANY"):
            self.everywhere("@", rdtype)
        for label in ("nsec3param", "rrsig", "nsec"):
            self.everywhere(label, label.upper())
            self.everywhere(label, "A")

    def test_kinds_of_their_own(self):
        self.assertEqual(self.everywhere("typed", "TYPE65400"), ("\\# 3 010203",))
        for label, rdtype in (("apl", "APL"), ("tlsa", "TLSA"), ("rp", "RP"), ("typed", "ANY")):
            self.everywhere(label, rdtype)

    def test_serials(self):
        for serial in SERIALS:
            zone = f"serial{serial}.example."
            self.assertEqual(self.same(zone, "SOA").data("SOA")[0].split()[2], str(serial))
            self.same(f"nowhere.{zone}", "A")


class NodesTest(Case):
    """What leads to nodes by a detour, with one node down: the serving ones only, in the next answer."""

    def setUp(self):
        super().setUp()
        self.store = self.bed.store()
        self.store.add_zone("alpha.example", HOSTS + f"""
www A {EAST_V4}
www A {WEST_V4}
pool A {EAST_V4}
pool AAAA {EAST_V6}
pool A {WEST_V4}
pool AAAA {WEST_V6}
a.new A {EAST_V4}
a.new A {WEST_V4}
old DNAME new.alpha.example
lua LUA CNAME "'www.alpha.example'"
half A {EAST_V4}
half A {WEST_V4}
mail MX 10 pool.alpha.example
srv SRV 1 2 3 pool.alpha.example
svc HTTPS 1 pool.alpha.example alpn=h2
auto HTTPS 1 . ipv4hint=auto ipv6hint=auto
auto A {EAST_V4}
auto A {WEST_V4}
auto AAAA {WEST_V6}
sub NS ns.sub.alpha.example
ns.sub A {EAST_V4}
ns.sub A {WEST_V4}
@ NS pool.alpha.example
""")
        self.store.add_zone("beta.example", "old DNAME new.alpha.example\n@ ALIAS www.alpha.example\n"
                                            "alias ALIAS www.alpha.example")
        self.store.sql(f"UPDATE records SET disabled = 1 WHERE name = 'half.alpha.example' AND content = '{WEST_V4}'")
        self.store.add_node("east", *EAST)
        self.store.add_node("west", *WEST)
        resolver = self.bed.serve(self.store, name="resolver")
        self.server = self.bed.serve(self.store, resolver=f"127.0.0.1:{resolver.port}", **SETTINGS)
        self.resolver = resolver
        for server in (self.server, resolver):
            eventually(lambda server=server: {node["state"] for node in server.status()["nodes"]} == {"up"}, 5, "both are up")

    def expect(self, v4: set, v6: set):
        """Every detour, asked twice."""
        for _ in range(2):
            for name in ("www.alpha", "a.old.alpha", "a.old.beta", "lua.alpha"):
                self.assertEqual(set(self.server.data(f"{name}.example.", "A")), v4, name)
            for name, rdtype in (("mail", "MX"), ("srv", "SRV"), ("svc", "HTTPS")):
                self.additional(name, rdtype, v4, v6)
            self.additional("@", "NS", v4, v6)
            self.additional("ns.sub", "A", v4, set())
            hints = self.server.data("auto.alpha.example.", "HTTPS")[0]
            self.assertEqual({address for address in (EAST_V4, WEST_V4) if address in hints}, v4, hints)

    def additional(self, name: str, rdtype: str, v4: set, v6: set):
        answer = self.server.ask(f"{name}.alpha.example.".removeprefix("@."), rdtype)
        addresses = {data for _, kind, _, data in answer.additional if kind in ("A", "AAAA")}
        self.assertEqual(addresses, v4 | v6, f"{name} {rdtype}")

    def test_detours(self):
        self.expect({EAST_V4, WEST_V4}, {EAST_V6, WEST_V6})
        self.server.control("failover-drain", "east", "force")
        self.expect({WEST_V4}, {WEST_V6})
        self.server.control("failover-resume", "east")
        self.expect({EAST_V4, WEST_V4}, {EAST_V6, WEST_V6})

    def test_alias_follows_its_resolver(self):
        """What an ALIAS record leads to is the resolver's to choose; here the resolver knows the nodes too."""
        for name in ("beta.example.", "alias.beta.example."):
            self.assertEqual(set(self.server.data(name, "A")), {EAST_V4, WEST_V4}, name)
        self.resolver.control("failover-drain", "east", "force")
        for name in ("beta.example.", "alias.beta.example."):
            self.assertEqual(self.server.data(name, "A"), (WEST_V4,))

    def test_a_disabled_record_does_not_stand_in(self):
        """The enabled record's node is drained: it is answered all the same, since a disabled one is no record."""
        self.server.control("failover-drain", "east", "force")
        self.assertEqual(self.server.data("half.alpha.example.", "A"), (EAST_V4,))
        self.store.sql("UPDATE records SET disabled = 0 WHERE disabled = 1")
        eventually(lambda: self.server.data("half.alpha.example.", "A") == (WEST_V4,), 1.0, "the enabled record is answered")

    def test_lua_is_not_cached(self):
        self.store.add_record("alpha.example", "two", "LUA", "A \"pickrandom({'198.51.100.1', '198.51.100.2'})\"")
        seen = set()
        eventually(lambda: seen.update(self.server.data("two.alpha.example.", "A")) or len(seen) == 2, 5, "both are drawn")
