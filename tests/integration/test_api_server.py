# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""The HTTP API beside zones: TSIG keys, autoprimaries, caches, statistics, views; the same as with stock gsqlite3."""
from harness.apitwins import ApiTwinsCase, curl, rrset
from harness.command import CommandFailed, run

SECRET = "c2VjcmV0IG9mIHRlc3Rz"


class ServerTest(ApiTwinsCase):
    """One after the other on the same two servers."""

    def test_tsig_keys(self):
        made = self.call("POST", "/tsigkeys", {"name": "one.key", "algorithm": "hmac-sha256", "key": SECRET}, 201)
        self.assertEqual((made["key"], made["id"]), (SECRET, "one.key."))
        self.call("POST", "/tsigkeys", {"name": "drawn.key", "algorithm": "hmac-sha512"}, 201, random=True)
        self.refused("POST", "/tsigkeys", {"name": "one.key", "algorithm": "hmac-sha256", "key": SECRET}, 409)
        self.refused("POST", "/tsigkeys", {"name": "two.key", "algorithm": "rot13", "key": SECRET})
        self.refused("POST", "/tsigkeys", {"name": "two.key", "algorithm": "hmac-sha256", "key": "%"})
        self.assertEqual({key["name"] for key in self.call("GET", "/tsigkeys")}, {"one.key", "drawn.key"})
        self.assertEqual(self.call("GET", "/tsigkeys/one.key.")["key"], SECRET)
        self.call("PUT", "/tsigkeys/one.key.", {"name": "renamed.key", "key": SECRET[::-1]})
        self.refused("GET", "/tsigkeys/one.key.", status=404)
        for key in ("renamed.key.", "drawn.key."):
            self.call("DELETE", f"/tsigkeys/{key}", status=204)
        self.assertEqual(self.call("GET", "/tsigkeys"), [])
        self.refused("DELETE", "/tsigkeys/renamed.key.", status=404)

    def test_a_tsig_key_is_used_at_once(self):
        zone = "axfr.example."
        self.create(zone, rrsets=[rrset(f"www.{zone}", "A", "198.51.100.1")])
        self.call("PUT", f"/zones/{zone}/metadata/ALLOW-AXFR-FROM", {"metadata": ["192.0.2.99"]})
        self.assertFalse(self.transferred(zone))
        self.call("POST", "/tsigkeys", {"name": "transfer.key", "algorithm": "hmac-sha256", "key": SECRET}, 201)
        self.call("PUT", f"/zones/{zone}", {"master_tsig_key_ids": ["transfer.key."]}, 204)
        self.assertTrue(self.transferred(zone))
        self.assertFalse(self.transferred(zone, SECRET[::-1]))
        self.call("PUT", f"/zones/{zone}", {"master_tsig_key_ids": []}, 204)
        self.assertFalse(self.transferred(zone))
        self.call("DELETE", "/tsigkeys/transfer.key.", status=204)

    def transferred(self, zone: str, secret: str = SECRET) -> bool:
        """Whether dig gets the zone with the key transfer.key."""
        try:
            said = run("dig", "+noall", "+answer", "-y", f"hmac-sha256:transfer.key:{secret}", "-p", str(self.server.port),
                       "@127.0.0.1", zone, "AXFR")
        except CommandFailed as error:
            said = error.output
        return f"www.{zone}" in said

    def test_autoprimaries(self):
        self.call("POST", "/autoprimaries", {"ip": "192.0.2.1", "nameserver": "ns1.example", "account": "one"}, 201)
        self.call("POST", "/autoprimaries", {"ip": "2001:db8::1", "nameserver": "ns2.example"}, 201)
        self.refused("POST", "/autoprimaries", {"ip": "192.0.2.1", "nameserver": ""})
        self.assertEqual({entry["ip"] for entry in self.call("GET", "/autoprimaries")}, {"192.0.2.1", "2001:db8::1"})
        self.call("DELETE", "/autoprimaries/192.0.2.1/ns1.example", status=204)
        self.assertEqual([entry["ip"] for entry in self.call("GET", "/autoprimaries")], ["2001:db8::1"])

    def test_caches(self):
        zone = "flush.example."
        self.create(zone, rrsets=[rrset(f"www.{zone}", "TXT", '"cached"')])
        for _ in range(2):
            self.answered(f"www.{zone}", "TXT", '"cached"')
        flushed = curl(self.server, "PUT", f"/cache/flush?domain={zone}")
        self.assertEqual(flushed.status, 200)
        self.assertGreater(flushed.body["count"], 0)
        self.answered(f"www.{zone}", "TXT", '"cached"')

    def test_statistics_and_configuration(self):
        counters = {entry["name"]: entry["value"] for entry in curl(self.server, "GET", "/statistics").body}
        self.server.ask("www.none.example.", "A")
        later = {entry["name"]: entry["value"] for entry in curl(self.server, "GET", "/statistics").body}
        self.assertGreater(int(later["udp-queries"]), int(counters["udp-queries"]))
        settings = {entry["name"]: entry["value"] for entry in curl(self.server, "GET", "/config").body}
        self.assertEqual(settings["failover-database"], str(self.store.path))
        self.assertEqual(curl(self.server, "GET", "").body["daemon_type"], "authoritative")

    def test_views_and_networks(self):
        """Newer versions keep them in a backend that can; this one cannot, as gsqlite3 cannot, and says so."""
        if curl(self.stock, "GET", "/views").status == 404:
            self.skipTest("this PowerDNS has no views")
        for method, path, body in (("GET", "/views", None), ("GET", "/networks", None), ("GET", "/views/inside", None),
                                   ("POST", "/views/inside", {"name": "example.org..inside"}),
                                   ("DELETE", "/views/inside/example.org..inside", None),
                                   ("PUT", "/networks/192.0.2.0/24", {"view": "inside"}),
                                   ("GET", "/networks/192.0.2.0/24", None)):
            with self.subTest(path):
                theirs, ours = curl(self.stock, method, path, body), curl(self.server, method, path, body)
                self.assertEqual((ours.status, ours.text()), (theirs.status, theirs.text()))

    def test_a_wrong_key_and_a_wrong_method(self):
        self.assertEqual(curl(self.server, "GET", "/zones", None, "-H", "X-API-Key: other").status, 401)
        self.refused("DELETE", "/zones", status=405)
        self.refused("GET", "/nothing", status=404)
