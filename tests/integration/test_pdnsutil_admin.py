# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""pdnsutil on metadata, TSIG keys, autoprimaries, catalogs and the backend itself: as with stock gsqlite3, and effective
in a running server at once."""
from harness.command import CommandFailed, run
from harness.poll import eventually
from harness.testbed import EAST, EAST_V4, WEST, WEST_V4
from harness.twins import SECOND, TwinsCase

SECRET = "c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0"


class AdminCase(TwinsCase):
    """Zones, and what a secondary would get of them."""

    SETTINGS = {"primary": "yes", "allow_axfr_ips": ""}

    def make_zone(self, zone: str):
        self.util("create-zone", zone, "ns1." + zone)
        self.util("add-record", zone, "www", "A", "192.0.2.1")
        self.answered(f"www.{zone}.", "A", "192.0.2.1")

    def transferred(self, zone: str, *options: str) -> str | None:
        """What dig gets by AXFR; nothing when it is refused."""
        try:
            said = run("dig", "@127.0.0.1", "-p", self.server.port, *options, zone, "AXFR")
        except CommandFailed as error:
            said = error.output
        return None if "Transfer failed" in said else said

    def allowed(self, expected: bool, zone: str, *options: str):
        eventually(lambda: (self.transferred(zone, *options) is not None) == expected, SECOND, f"AXFR of {zone}: {expected}")


class MetadataTest(AdminCase):
    """Set, added to, read and cleared; the server, which caches it, acts on it."""

    def test_set_get_add_clear(self):
        zone = "meta.example"
        self.make_zone(zone)
        made = self.rows("domainmetadata", zone)  # 5.1 gives a new zone SOA-EDIT-API
        self.util("set-meta", zone, "X-ONE", "a", "b ' \" c", "ä")
        self.util("add-meta", zone, "X-ONE", "d")
        self.util("add-meta", zone, "X-TWO", "e")
        self.assertRegex(self.util("get-meta", zone), "X-ONE = a, b ' \" c, ä, d\nX-TWO = e")
        self.assertNotIn("X-TWO", self.util("get-meta", zone, "X-ONE", "X-NONE"))
        self.util("set-meta", zone, "X-ONE", "new")
        self.util("set-meta", zone, "X-TWO")
        self.assertEqual([line for line in self.util("get-meta", zone).splitlines() if line.startswith("X-")], ["X-ONE = new"])
        self.assertEqual(len(self.rows("domainmetadata", zone)), len(made) + 1)
        self.refused("add-meta", zone, "SOA-EDIT", "EPOCH")
        self.refused("set-meta", "no.meta.example", "X-ONE", "a")
        self.refused("get-meta", "no.meta.example")

    def test_who_may_transfer(self):
        zone = "axfr.example"
        self.make_zone(zone)
        self.allowed(False, zone)
        self.util("set-meta", zone, "ALLOW-AXFR-FROM", "192.0.2.0/24")
        self.util("add-meta", zone, "ALLOW-AXFR-FROM", "127.0.0.0/8")
        self.allowed(True, zone)
        self.util("set-meta", zone, "ALLOW-AXFR-FROM")
        self.allowed(False, zone)

    def test_soa_edit(self):
        zone = "soaedit.example"
        self.make_zone(zone)
        self.util("secure-zone", zone)
        stored = self.serial(zone)
        self.util("set-meta", zone, "SOA-EDIT", "EPOCH")
        eventually(lambda: self.serial(zone) > stored + 1000000000, SECOND, "the serial is the time")
        self.util("set-meta", zone, "SOA-EDIT")
        eventually(lambda: self.serial(zone) == stored, SECOND, "the serial is the stored one")


class TsigTest(AdminCase):
    """Keys for transfers."""

    def test_keys(self):
        for name, algorithm in (("one.key", "hmac-sha256"), ("two.key", "hmac-md5"), ("one.key", "hmac-sha512")):
            self.util("import-tsig-key", name, algorithm, SECRET)
        self.assertEqual(self.util("list-tsig-keys").count(SECRET), 3)
        self.util("import-tsig-key", "one.key", "hmac-sha256", SECRET[::-1].replace("=", ""))
        self.util("delete-tsig-key", "one.key")
        self.assertEqual(self.util("list-tsig-keys").count("\n"), 1)
        self.util("generate-tsig-key", "three.key", "hmac-sha256", random=True)
        self.assertRegex(self.util("list-tsig-keys", random=True), r"three\.key\.? hmac-sha256\.? \S{40,}")
        self.refused("generate-tsig-key", "four.key", "no-such-algorithm")

    def test_of_a_zone(self):
        zone = "tsig.example"
        self.make_zone(zone)
        made = self.rows("domainmetadata", zone)
        key = "-y", f"hmac-sha256:zone.key:{SECRET}"
        self.util("import-tsig-key", "zone.key", "hmac-sha256", SECRET)
        self.allowed(False, zone, *key)
        self.util("activate-tsig-key", zone, "zone.key", "primary")
        self.allowed(True, zone, *key)
        self.allowed(False, zone, "-y", f"hmac-sha256:zone.key:{SECRET[4:]}")
        self.assertIn("zone.key", self.util("show-zone", zone))
        self.util("deactivate-tsig-key", zone, "zone.key", "primary")
        self.allowed(False, zone, *key)
        for kind, stored in (("secondary", "AXFR-MASTER-TSIG"), ("producer", "TSIG-ALLOW-AXFR"),
                             ("consumer", "AXFR-MASTER-TSIG")):
            self.util("activate-tsig-key", zone, "zone.key", kind)
            self.assertIn(f"'{stored}'", "".join(self.rows("domainmetadata", zone)))
            self.util("deactivate-tsig-key", zone, "zone.key", kind)
            self.assertEqual(self.rows("domainmetadata", zone), made)
        self.refused("activate-tsig-key", "no.tsig.example", "zone.key", "primary")
        self.refused("activate-tsig-key", zone, "zone.key", "nonsense")


class CatalogTest(AdminCase):
    """A producer's members, as the catalog zone's transfer shows them."""

    def test_catalog(self):
        catalog, zone = "catalog.example", "member.example"
        self.util("create-zone", catalog, "invalid")
        self.util("set-kind", catalog, "producer")
        self.make_zone(zone)
        self.util("set-kind", zone, "primary")
        self.util("set-meta", catalog, "ALLOW-AXFR-FROM", "127.0.0.0/8")
        self.util("set-catalog", zone, catalog)
        self.util("set-option", zone, "producer", "group", "fast", "slow")
        self.assertIn(catalog, self.util("show-zone", zone))
        eventually(lambda: zone in (self.transferred(catalog) or ""), SECOND, "the catalog has its member")
        self.assertRegex(self.transferred(catalog), r"IN\s+PTR\s+member\.example\.")
        self.assertRegex(self.transferred(catalog), r"group\.\S+\s+\d+\s+IN\s+TXT\s+\"(fast|slow)\"")
        self.util("set-catalog", zone, "")
        eventually(lambda: zone not in self.transferred(catalog), SECOND, "the catalog has no member")

    def test_list_members(self):
        self.needs("list-member")
        catalog, zone = "list.catalog.example", "listed.example"
        for name in (catalog, zone):
            self.util("create-zone", name, "invalid")
        self.util("set-kind", catalog, "producer")
        self.util("set-kind", zone, "primary")
        self.util("set-catalog", zone, catalog)
        self.assertIn(zone, self.util("list-member-zones", catalog))
        self.refused("list-member-zones", zone)


class AutoprimariesTest(AdminCase):
    """Rows of supermasters."""

    def test_autoprimaries(self):
        self.util("add-autoprimary", "192.0.2.7", "ns1.elsewhere.example")
        self.util("add-autoprimary", "2001:db8::7", "ns1.elsewhere.example", "account")
        said = self.util("list-autoprimaries")
        self.assertRegex(said, r"192\.0\.2\.7.*ns1\.elsewhere\.example")
        self.assertRegex(said, r"2001:db8::7.*account")
        self.refused("add-autoprimary", "192.0.2.7", "NS1.elsewhere.example")
        self.util("remove-autoprimary", "192.0.2.7", "ns1.elsewhere.example")
        self.assertNotIn("192.0.2.7", self.util("list-autoprimaries"))
        self.util("remove-autoprimary", "192.0.2.7", "ns1.elsewhere.example")


class BackendTest(AdminCase):
    """Commands that speak to the backend behind UeberBackend's back."""

    def backend(self, command: str, *words: str) -> tuple[str, str]:
        """The same of both backends, whose name is a parameter."""
        stock = self.stock.util(command, "gsqlite3", *words)
        ours = self.server.util(command, "failover", *words)
        self.assertEqual(self._comparable(ours), self._comparable(stock))
        self.assert_same_rows(f"after {command} {words}")
        return ours

    def test_backend_cmd(self):
        zone = "cmd.example"
        self.make_zone(zone)
        self.assertIn("192.0.2.1", self.backend("backend-cmd", "SELECT content FROM records WHERE type='A'"))
        self.backend("backend-cmd", "UPDATE records SET content='192.0.2.2' WHERE type='A'", "SELECT 1")
        self.answered("www.cmd.example.", "A", "192.0.2.2")
        for words in (("failover", "SELECT it FROM nowhere"), ("nonsense", "SELECT 1")):
            with self.assertRaises(CommandFailed):
                self.server.util("backend-cmd", *words)

    def test_backend_lookup(self):
        self.needs("backend-lookup")
        self.make_zone("lookup.example")
        self.util("add-record", "lookup.example", "nodes", "A", EAST_V4, WEST_V4)
        self.store.add_node("east", *EAST, admin="down")
        self.store.add_node("west", *WEST)
        said = self.backend("backend-lookup", "nodes.lookup.example", "A")
        self.assertIn(EAST_V4, said)  # what is stored, not what is answered
        self.assertIn(WEST_V4, said)

    def test_schema(self):
        self.util("test-schema", "schema.example")
        eventually(lambda: self.serial("schema.example") == 2012081039, SECOND, "test-schema's zone is answered")
        self.util("delete-zone", "schema.example")
        self.rcode_becomes("schema.example.", "REFUSED")
