# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Zones by the HTTP API: what stock gsqlite3 says and stores, we say and store; the very next answer has it."""
import unittest

from harness.apitwins import ApiTwinsCase, curl, rrset
from harness.poll import eventually
from harness.versions import PDNS, PDNS_VERSION

SOA = "ns1.{0} hostmaster.{0} {1} 10800 3600 604800 60"
DEADLINE = 10.0  # seconds for what PowerDNS does in its own time: transfers


class CreateTest(ApiTwinsCase):
    """POST /zones, answered at once although the name was refused or denied a moment ago."""

    def test_with_rrsets(self):
        self.rcode_twice("www.rrsets.example.", "REFUSED")
        self.create("rrsets.example.", rrsets=[rrset("www.rrsets.example.", "A", "198.51.100.1"),
                                               rrset("*.wild.rrsets.example.", "TXT", '"any"')])
        self.answered("www.rrsets.example.", "A", "198.51.100.1")
        self.answered("x.y.wild.rrsets.example.", "TXT", '"any"')
        self.answered("rrsets.example.", "NS", "ns1.rrsets.example.")
        self.rcode("nowhere.rrsets.example.", "NXDOMAIN")

    def test_with_zone_text(self):
        self.rcode_twice("mail.text.example.", "REFUSED")
        text = ("$ORIGIN text.example.\n$TTL 300\n@ IN SOA ns1 hostmaster 7 3600 600 86400 60\n@ IN NS ns1\n"
                "ns1 A 198.51.100.2\nmail 60 A 198.51.100.3\nt IN TXT \"a\" \"b;c\"\n@ MX 10 mail\nsrv SRV 1 2 3 mail\n")
        self.create("text.example.", nameservers=[], zone=text, soa_edit_api="")
        self.answered("mail.text.example.", "A", "198.51.100.3")
        self.answered("text.example.", "MX", "10 mail.text.example.")
        self.answered("srv.text.example.", "SRV", "1 2 3 mail.text.example.")
        self.answered("t.text.example.", "TXT", '"a" "b;c"')
        self.answered("text.example.", "SOA", "ns1.text.example. hostmaster.text.example. 7 3600 600 86400 60")
        self.assert_same_rows("zone text")

    def test_signed_with_nsec3(self):
        self.create("nsec3.example.", dnssec=True, nsec3param="1 0 0 ab",
                    rrsets=[rrset("www.nsec3.example.", "A", "198.51.100.1")])
        answer = self.server.ask("www.nsec3.example.", "A", dnssec=True)
        self.assertTrue(answer.data("RRSIG"))
        self.answered("nsec3.example.", "NSEC3PARAM", "1 0 0 ab")
        denial = self.server.ask("nowhere.nsec3.example.", "A", dnssec=True)
        self.assertIn("NSEC3", {kind for _, kind, _, _ in denial.authority})

    def test_serial_by_soa_edit_api(self):
        self.create("serial.example.", soa_edit_api="INCREASE", serial=41)
        before = int(self.server.data("serial.example.", "SOA")[0].split()[2])
        self.patch("serial.example.", rrset("a.serial.example.", "A", "198.51.100.1"))
        self.answered("a.serial.example.", "A", "198.51.100.1")
        self.assertEqual(int(self.server.data("serial.example.", "SOA")[0].split()[2]), before + 1)

    def test_kinds_catalog_and_keys(self):
        for name in ("to.key.", "from.key."):
            self.call("POST", "/tsigkeys", {"name": name, "algorithm": "hmac-sha256", "key": "c2VjcmV0"}, 201)
        self.create("catalog.example.", kind="Producer", nameservers=["invalid."])
        made = self.create("member.example.", kind="Master", catalog="catalog.example.", account="somebody",
                           master_tsig_key_ids=["to.key."], slave_tsig_key_ids=["from.key."])
        self.assertEqual((made["catalog"], made["account"]), ("catalog.example.", "somebody"))
        self.assertEqual((made["master_tsig_key_ids"], made["slave_tsig_key_ids"]), (["to.key."], ["from.key."]))
        self.answered("member.example.", "NS", "ns1.member.example.")
        self.create("secondary.example.", kind="Slave", nameservers=[], masters=["192.0.2.53:5300"])

    def test_below_a_zone_that_is_served(self):
        self.create("up.example.", rrsets=[rrset("*.up.example.", "TXT", '"upper"'),
                                           rrset("www.low.up.example.", "A", "198.51.100.1")])
        self.answered("www.low.up.example.", "A", "198.51.100.1")
        self.rcode_twice("other.low.up.example.", "NXDOMAIN")
        self.create("low.up.example.", rrsets=[rrset("www.low.up.example.", "A", "198.51.100.2"),
                                               rrset("other.low.up.example.", "A", "198.51.100.3")])
        self.answered("www.low.up.example.", "A", "198.51.100.2")
        self.answered("other.low.up.example.", "A", "198.51.100.3")
        self.call("DELETE", "/zones/low.up.example.", status=204)
        self.answered("www.low.up.example.", "A", "198.51.100.1")
        self.rcode("other.low.up.example.", "NXDOMAIN")

    def test_odd_names(self):
        self.create("Mixed.Case-EXAMPLE.", nameservers=["ns1.example.org."])
        self.answered("mixed.case-example.", "NS", "ns1.example.org.")
        self.answered("MIXED.cASE-example.", "NS", "ns1.example.org.")
        self.create("0/25.2.0.192.in-addr.arpa.", nameservers=["ns1.example.org."],
                    rrsets=[rrset("1.0/25.2.0.192.in-addr.arpa.", "PTR", "www.example.")])
        self.answered("1.0/25.2.0.192.in-addr.arpa.", "PTR", "www.example.")
        self.call("GET", "/zones/0=2F25.2.0.192.in-addr.arpa.")
        longest = "_sub." + "x" * 63 + ".example."
        self.create(longest, nameservers=["ns1.example.org."])
        self.answered(longest, "NS", "ns1.example.org.")

    def test_refused(self):
        self.create("exists.example.")
        good = {"name": "bad.example.", "kind": "Native", "nameservers": ["ns1.bad.example."]}
        self.refused("POST", "/zones", {**good, "name": "EXISTS.example."}, 409)
        self.refused("POST", "/zones", "{", 400)
        for wrong in ({"name": "not-canonical"}, {"name": "bl ank.example."}, {"name": "a..example."},
                      {"name": "x" * 64 + ".example."}, {"nameservers": "ns1.bad.example."},
                      {"nameservers": ["ns1"]}, {"nameservers": [""]},
                      {"rrsets": [], "zone": "@ SOA"},
                      {"rrsets": [rrset("www.elsewhere.example.", "A", "198.51.100.1")]},
                      {"rrsets": [rrset("www.bad.example.", "A", "1.2.3.400")]},
                      {"rrsets": [rrset("www.bad.example.", "NOTYPE", "x")]},
                      {"rrsets": [rrset("c.bad.example.", "CNAME", "a.example."),
                                  rrset("c.bad.example.", "A", "198.51.100.1")]}):
            with self.subTest(wrong):
                self.refused("POST", "/zones", {**good, **wrong})
        self.rcode("www.bad.example.", "REFUSED")


class WithoutZoneCacheTest(CreateTest):
    """The same where PowerDNS asks the backend for the zone of each name, and remembers where there is none."""

    SETTINGS = {"zone_cache_refresh_interval": 0}


class ChangeTest(ApiTwinsCase):
    """What is read of zones, PUT and DELETE."""

    SETTINGS = {"primary": "yes", "secondary": "yes", "only_notify": ""}

    def test_lists(self):
        self.create("one.example.", rrsets=[rrset("www.one.example.", "A", "198.51.100.1"),
                                            rrset("www.one.example.", "TXT", '"t"')])
        self.create("two.example.")
        self.assertLessEqual({"one.example.", "two.example."}, {zone["name"] for zone in self.call("GET", "/zones")})
        self.call("GET", "/zones?dnssec=false")
        self.assertEqual([zone["name"] for zone in self.call("GET", "/zones?zone=one.example.")], ["one.example."])
        self.assertEqual(self.call("GET", "/zones?zone=none.example."), [])
        self.assertEqual(len(self.call("GET", "/zones/one.example.")["rrsets"]), 4)
        self.assertNotIn("rrsets", self.call("GET", "/zones/one.example.?rrsets=false"))
        name = "/zones/one.example.?rrset_name=www.one.example."
        self.assertEqual(len(self.call("GET", name)["rrsets"]), 2)
        self.assertEqual([rrset["type"] for rrset in self.call("GET", name + "&rrset_type=TXT")["rrsets"]], ["TXT"])
        self.refused("GET", "/zones/one.example.?rrsets=maybe")
        self.refused("GET", "/zones/none.example.", status=404)

    def test_settings(self):
        self.create("put.example.")
        for change in ({"kind": "Master"}, {"account": "other"}, {"kind": "Slave", "masters": ["192.0.2.1", "192.0.2.2:54"]},
                       {"kind": "Native", "soa_edit": "NONE", "soa_edit_api": "INCREASE"}, {"api_rectify": True},
                       {"catalog": "catalog.example."}, {"catalog": ""}):
            with self.subTest(change):
                self.call("PUT", "/zones/put.example.", change, 204)
                zone = self.call("GET", "/zones/put.example.")
                for key, value in change.items():
                    self.assertEqual(zone[key], value)
        self.answered("put.example.", "NS", "ns1.put.example.")
        self.refused("PUT", "/zones/put.example.", {"nsec3param": "1 0 0 ab"})
        self.refused("PUT", "/zones/put.example.", {"account": "third", "master_tsig_key_ids": ["none.key."]})
        self.refused("PUT", "/zones/none.example.", {"kind": "Native"}, 404)

    def test_signing_comes_and_goes(self):
        self.create("sign.example.", soa_edit_api="", rrsets=[rrset("www.sign.example.", "A", "198.51.100.1")])

        def signed() -> bool:
            return bool(self.server.ask("www.sign.example.", "A", dnssec=True).data("RRSIG"))

        def denial() -> set:
            answer = self.server.ask("x.sign.example.", "A", dnssec=True)
            return {kind for _, kind, _, _ in answer.authority} & {"NSEC", "NSEC3"}

        self.assertEqual((signed(), denial()), (False, set()))
        self.call("PUT", "/zones/sign.example.", {"dnssec": True, "api_rectify": True}, 204)
        self.assertEqual((signed(), denial()), (True, {"NSEC"}))
        self.call("PUT", "/zones/sign.example.", {"nsec3param": "1 0 0 -"}, 204)
        self.assertEqual((signed(), denial()), (True, {"NSEC3"}))
        self.refused("PUT", "/zones/sign.example.", {"nsec3param": "1 0 9999 ab"})
        self.assertEqual((signed(), denial()), (True, {"NSEC3"}))
        self.call("PUT", "/zones/sign.example.", {"nsec3param": ""}, 204)
        self.assertEqual((signed(), denial()), (True, {"NSEC"}))
        self.call("PUT", "/zones/sign.example.", {"dnssec": False}, 204)
        self.assertEqual((signed(), denial()), (False, set()))

    def test_deleted(self):
        self.create("gone.example.", rrsets=[rrset("www.gone.example.", "A", "198.51.100.1")])
        for _ in range(2):
            self.answered("www.gone.example.", "A", "198.51.100.1")
        self.call("DELETE", "/zones/gone.example.", status=204)
        self.rcode("www.gone.example.", "REFUSED")
        self.refused("DELETE", "/zones/gone.example.", status=404)
        self.create("gone.example.", rrsets=[rrset("www.gone.example.", "A", "198.51.100.2")])
        self.answered("www.gone.example.", "A", "198.51.100.2")

    def test_export_and_rectify(self):
        self.create("export.example.", rrsets=[rrset("a.b.export.example.", "A", "198.51.100.1"),
                                               rrset("off.export.example.", "A", "198.51.100.2", disabled=True)])
        self.call("GET", "/zones/export.example./export")
        zone = curl(self.server, "GET", "/zones/export.example./export", None, "-H", "Accept: text/plain").body
        self.assertIn("a.b.export.example.\t60\tIN\tA\t198.51.100.1", zone)
        self.assertNotIn("off.export.example.", zone)
        self.call("PUT", "/zones/export.example./rectify")
        self.assertIn(["record", "export.example", "b.export.example", "", "", "", "", "0", "", "1"], self.rows(self.store))
        self.answered("b.export.example.", "A")
        self.rcode("b.export.example.", "NOERROR")

    def test_notify_and_retrieve(self):
        """Both from the stock server, which is our primary here."""
        self.create("xfr.example.", kind="Master", rrsets=[rrset("www.xfr.example.", "A", "198.51.100.1")])
        self.call("PUT", "/zones/xfr.example./notify")
        self.refused("PUT", "/zones/xfr.example./axfr-retrieve")
        curl(self.server, "PUT", "/zones/xfr.example.", {"kind": "Slave", "masters": [f"127.0.0.1:{self.stock.port}"]})
        curl(self.stock, "PATCH", "/zones/xfr.example.", {"rrsets": [rrset("www.xfr.example.", "A", "198.51.100.2")]})
        self.answered("www.xfr.example.", "A", "198.51.100.1")
        self.assertEqual(curl(self.server, "PUT", "/zones/xfr.example./axfr-retrieve").status, 200)
        eventually(lambda: self.server.data("www.xfr.example.", "A") == ("198.51.100.2",), DEADLINE, "the zone is transferred")
        for server in (self.server, self.stock):
            curl(server, "DELETE", "/zones/xfr.example.")


@unittest.skipIf(PDNS < (4, 9), f"PowerDNS {PDNS_VERSION} ignores the rrsets of a PUT")
class ReplaceTest(ApiTwinsCase):
    """PUT with rrsets: they are the whole zone from then on."""

    @staticmethod
    def whole(zone: str, *more: dict, serial: int = 41) -> list:
        return [rrset(zone, "SOA", SOA.format(zone, serial)), rrset(zone, "NS", f"ns2.{zone}"), *more]

    def test_the_whole_zone(self):
        """The serial is counted from the new SOA, which is not committed by then."""
        old = [rrset(f"{label}.whole.example.", "A", "198.51.100.1") for label in ("www", "old", "deep.er")]
        self.create("whole.example.", soa_edit_api="INCREASE", serial=7, rrsets=old)
        for _ in range(2):
            for label in ("www", "old", "deep.er"):
                self.answered(f"{label}.whole.example.", "A", "198.51.100.1")
            self.rcode("new.whole.example.", "NXDOMAIN")
        new = [rrset(f"{label}.whole.example.", "A", "198.51.100.2", "198.51.100.3") for label in ("www", "new")]
        self.call("PUT", "/zones/whole.example.", {"rrsets": self.whole("whole.example.", *new)}, 204)
        for _ in range(2):
            for label in ("www", "new"):
                self.answered(f"{label}.whole.example.", "A", "198.51.100.2", "198.51.100.3")
            for label in ("old", "deep.er", "er"):
                self.rcode(f"{label}.whole.example.", "NXDOMAIN")
            self.answered("whole.example.", "NS", "ns2.whole.example.")
            self.answered("whole.example.", "SOA", SOA.format("whole.example.", 42))
        self.assertEqual(len(self.call("GET", "/zones/whole.example.")["rrsets"]), 4)

    def test_comments(self):
        def commented(label: str, comment: str) -> dict:
            comments = [{"content": comment, "account": "somebody", "modified_at": 1700000000}]
            return {**rrset(f"{label}.comments.example.", "A", "198.51.100.1"), "comments": comments}

        self.create("comments.example.", rrsets=[commented("www", "of old"), commented("old", "of old")])
        new = self.whole("comments.example.", commented("www", "new"))
        self.call("PUT", "/zones/comments.example.", {"rrsets": new}, 204)
        self.rcode("old.comments.example.", "NXDOMAIN")
        listed = self.call("GET", "/zones/comments.example.?rrset_name=www.comments.example.")["rrsets"]
        self.assertIn("new", {comment["content"] for comment in listed[0]["comments"]})

    def test_signed(self):
        """Names, order and signatures are the new zone's."""
        self.create("signed.example.", dnssec=True, rrsets=[rrset("old.signed.example.", "A", "198.51.100.1")])
        self.assertTrue(self.server.ask("old.signed.example.", "A", dnssec=True).data("RRSIG"))
        new = self.whole("signed.example.", rrset("a.new.signed.example.", "A", "198.51.100.2"))
        self.call("PUT", "/zones/signed.example.", {"rrsets": new}, 204)
        self.assertTrue(self.server.ask("a.new.signed.example.", "A", dnssec=True).data("RRSIG"))
        self.rcode("new.signed.example.", "NOERROR")
        denial = self.server.ask("old.signed.example.", "A", dnssec=True)
        self.assertEqual(denial.rcode, "NXDOMAIN")
        nsec = [data.split()[0] for _, kind, _, data in denial.authority if kind == "NSEC"]
        self.assertEqual(set(nsec), {"a.new.signed.example.", "signed.example."})

    def test_a_secondary_emptied(self):
        self.create("empty.example.", rrsets=[rrset("www.empty.example.", "A", "198.51.100.1")])
        for _ in range(2):
            self.answered("www.empty.example.", "A", "198.51.100.1")
        self.call("PUT", "/zones/empty.example.", {"kind": "Slave", "masters": ["192.0.2.1"], "rrsets": []}, 204)
        ours, stock = (server.ask("www.empty.example.", "A") for server in (self.server, self.stock))
        self.assertEqual((ours.rcode, ours.data("A")), (stock.rcode, ()))
        self.assertEqual(self.call("GET", "/zones/empty.example.")["rrsets"], [])

    def test_refused(self):
        zone = "kept.example."
        self.create(zone, rrsets=[rrset(f"www.{zone}", "A", "198.51.100.1")])
        new = self.whole(zone, rrset(f"new.{zone}", "A", "198.51.100.2"))
        for wrong in ({"rrsets": new[1:]}, {"rrsets": []},
                      {"rrsets": [*new, rrset(f"bad.{zone}", "A", "1.2.3.400")]},
                      {"rrsets": [*new, rrset(f"bad.{zone}", "NOTYPE", "x")]},
                      {"rrsets": [*new, rrset("www.elsewhere.example.", "A", "198.51.100.2")]},
                      {"rrsets": [*new, rrset(f"new.{zone}", "CNAME", "a.example.")]},
                      # Seen when the old zone is deleted and the new one written, in the transaction.
                      {"rrsets": new, "nsec3param": "1 0 0 ab"}, {"rrsets": new, "master_tsig_key_ids": ["none.key."]}):
            with self.subTest(wrong):
                self.refused("PUT", f"/zones/{zone}", wrong)
                self.answered(f"www.{zone}", "A", "198.51.100.1")
                self.answered(zone, "NS", f"ns1.{zone}")
                self.rcode(f"new.{zone}", "NXDOMAIN")
        self.call("PUT", f"/zones/{zone}", {"rrsets": new}, 204)
        self.answered(f"new.{zone}", "A", "198.51.100.2")
        self.rcode(f"www.{zone}", "NXDOMAIN")
