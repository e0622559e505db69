# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Keys and metadata by the HTTP API: as with stock gsqlite3, and in the very next answer, however warm the caches are."""
from harness.apitwins import ApiTwinsCase, curl, rrset


class KeysTest(ApiTwinsCase):
    """/zones/ZONE/cryptokeys: a roll from one key to the next, each step to be seen at once."""

    def keys(self, zone: str, **fields) -> list[int]:
        """Ids of the keys with these fields."""
        listed = self.call("GET", f"/zones/{zone}/cryptokeys", random=True)
        return [key["id"] for key in listed if all(key[name] == value for name, value in fields.items())]

    def published(self, zone: str) -> int:
        return len(self.server.data(zone, "DNSKEY"))

    def signers(self, zone: str) -> int:
        """How many keys sign an ordinary rrset."""
        return len(self.server.ask(zone, "NS", dnssec=True).data("RRSIG"))

    def test_roll(self):
        zone = "roll.example."
        self.create(zone, rrsets=[rrset(f"www.{zone}", "A", "198.51.100.1")])
        keys = f"/zones/{zone}/cryptokeys"
        self.assertEqual((self.published(zone), self.signers(zone)), (0, 0))
        self.call("POST", keys, {"keytype": "csk", "active": True, "algorithm": "ecdsa256"}, 201, random=True)
        self.assertEqual((self.published(zone), self.signers(zone)), (1, 1))
        (old,) = self.keys(zone)
        self.call("POST", keys, {"keytype": "csk", "active": False, "algorithm": "ecdsa256"}, 201, random=True)
        self.assertEqual((self.published(zone), self.signers(zone)), (2, 1))
        (new,) = self.keys(zone, active=False)
        self.call("PUT", f"{keys}/{new}", {"active": True}, 204)
        self.assertEqual((self.published(zone), self.signers(zone)), (2, 2))
        self.call("PUT", f"{keys}/{old}", {"active": False}, 204)
        self.assertEqual((self.published(zone), self.signers(zone)), (2, 1))
        self.call("PUT", f"{keys}/{old}", {"active": False, "published": False}, 204)
        self.assertEqual((self.published(zone), self.signers(zone)), (1, 1))
        self.call("DELETE", f"{keys}/{old}", status=204)
        self.assertEqual((self.keys(zone), self.published(zone), self.signers(zone)), ([new], 1, 1))
        self.call("DELETE", f"{keys}/{new}", status=204)
        self.assertEqual((self.published(zone), self.signers(zone)), (0, 0))

    def test_a_key_of_our_own(self):
        """Exported by one zone, imported into another: the same public key is answered by both."""
        self.create("from.example.", dnssec=True)
        self.create("to.example.")
        (key,) = self.keys("from.example.")
        detail = self.call("GET", f"/zones/from.example./cryptokeys/{key}", random=True)
        imported = {"keytype": "csk", "active": True, "content": detail["privatekey"]}
        self.call("POST", "/zones/to.example./cryptokeys", imported, 201, random=True)
        self.assertEqual(self.server.data("to.example.", "DNSKEY"), self.server.data("from.example.", "DNSKEY"))
        self.assertEqual(len(self.server.data("to.example.", "DNSKEY")), 1)

    def test_refused(self):
        self.create("wrong.example.")
        keys = "/zones/wrong.example./cryptokeys"
        for wrong in ({"keytype": "other"}, {"keytype": "ksk", "algorithm": "none"}, {"keytype": "ksk", "bits": -1},
                      {"keytype": "ksk", "content": "nonsense"}, {"keytype": "ksk", "algorithm": "rsasha256", "bits": 3}):
            with self.subTest(wrong):
                self.refused("POST", keys, wrong)
        self.refused("GET", f"{keys}/99", status=404)
        self.refused("DELETE", f"{keys}/99", status=404)
        self.refused("GET", "/zones/none.example./cryptokeys", status=404)
        self.assertEqual(self.published("wrong.example."), 0)


class MetadataTest(ApiTwinsCase):
    """/zones/ZONE/metadata."""

    def setUp(self):
        super().setUp()
        self.zone = self._testMethodName.removeprefix("test_").replace("_", "-") + ".example."
        self.path = f"/zones/{self.zone}/metadata"

    def values(self, kind: str) -> list:
        return self.call("GET", f"{self.path}/{kind}")["metadata"]

    def test_made_set_and_deleted(self):
        self.create(self.zone)
        self.call("POST", self.path, {"kind": "X-Ours", "metadata": ["one", "two"]}, 201)
        self.call("POST", self.path, {"kind": "X-Ours", "metadata": ["two", "thr'ee \u00fc"]}, 201)
        self.assertEqual(self.values("X-Ours"), ["one", "two", "thr'ee \u00fc"])
        self.assertEqual(self.values("X-oURS"), ["one", "two", "thr'ee \u00fc"])  # the column compares without case
        self.call("PUT", f"{self.path}/X-Ours", {"metadata": ["four"]})
        self.assertEqual(self.values("X-Ours"), ["four"])
        self.call("PUT", f"{self.path}/ALLOW-AXFR-FROM", {"metadata": ["AUTO-NS", "192.0.2.0/24"]})
        kinds = {entry["kind"] for entry in self.call("GET", self.path)}
        self.assertLessEqual({"X-Ours", "ALLOW-AXFR-FROM", "SOA-EDIT-API"}, kinds)
        self.call("DELETE", f"{self.path}/X-Ours")
        self.assertEqual(self.values("X-Ours"), [])

    def test_refused(self):
        self.create(self.zone)
        for kind in ("PRESIGNED", "NSEC3PARAM", "LUA-AXFR-SCRIPT", "NOT-KNOWN"):
            with self.subTest(kind):
                self.refused("PUT", f"{self.path}/{kind}", {"metadata": ["1"]})
        self.refused("PUT", f"{self.path}/X-Ours", {"metadata": "no list"})
        self.refused("POST", self.path, {"metadata": ["1"]})
        self.refused("GET", "/zones/none.example./metadata", status=404)

    def test_soa_edit_is_answered(self):
        """What the metadata cache has kept for a minute, it forgets."""
        self.create(self.zone, dnssec=True, soa_edit_api="")
        serial = int(self.server.data(self.zone, "SOA")[0].split()[2])
        self.call("PUT", f"/zones/{self.zone}", {"soa_edit": "EPOCH"})
        self.assertGreater(int(self.server.data(self.zone, "SOA")[0].split()[2]), serial)
        self.call("PUT", f"/zones/{self.zone}", {"soa_edit": ""})
        self.assertEqual(int(self.server.data(self.zone, "SOA")[0].split()[2]), serial)

    def test_cds_is_published(self):
        self.create(self.zone, dnssec=True)
        self.assertEqual((self.server.data(self.zone, "CDS"), self.server.data(self.zone, "CDNSKEY")), ((), ()))
        self.call("PUT", f"{self.path}/PUBLISH-CDS", {"metadata": ["2,4"]})
        self.assertEqual(len(self.server.data(self.zone, "CDS")), 2)
        self.call("PUT", f"{self.path}/PUBLISH-CDNSKEY", {"metadata": ["1"]})
        self.assertEqual(self.server.data(self.zone, "CDNSKEY"), self.server.data(self.zone, "DNSKEY"))
        self.call("PUT", f"{self.path}/PUBLISH-CDS", {"metadata": []})
        self.assertEqual(self.server.data(self.zone, "CDS"), ())


class WithoutDnssecTest(ApiTwinsCase):
    """failover-dnssec=no: keys, and metadata about signing, are neither taken nor shown."""

    DNSSEC = "no"

    def test_refused(self):
        zone = "/zones/plain.example."
        self.create("plain.example.")
        self.refused("POST", f"{zone}/cryptokeys", {"keytype": "csk", "active": True})
        self.refused("PUT", zone, {"dnssec": True})
        self.refused("PUT", zone, {"nsec3param": "1 0 0 ab"})
        self.assertEqual(self.call("GET", f"{zone}/cryptokeys"), [])
        for store in (self.store, self.stock_store):
            store.sql("INSERT INTO domainmetadata (domain_id, kind, content) SELECT id, kind, '1' FROM domains, "
                      "(SELECT 'NSEC3NARROW' AS kind UNION SELECT 'PUBLISH-CDS' UNION SELECT 'X-Ours')")
        kinds = {entry["kind"] for entry in self.call("GET", f"{zone}/metadata")}
        self.assertIn("X-Ours", kinds)
        for kind in ("NSEC3NARROW", "X-Ours"):
            theirs, ours = (curl(server, "GET", f"{zone}/metadata/{kind}") for server in (self.stock, self.server))
            self.assertEqual((ours.status, ours.body), (theirs.status, theirs.body), kind)
        self.assertEqual(self.server.data("plain.example.", "DNSKEY"), ())
