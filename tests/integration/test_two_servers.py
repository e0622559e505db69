# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Two servers on one store: what is changed through one is in its own next answer, and within a second in the other's."""
from harness.apitwins import curl, rrset
from harness.poll import eventually
from harness.testbed import EAST, EAST_V4, WEST, WEST_V4, SharedCase

SECOND = 1.0  # from the end of the request to the other server's answer
ZONE = "shared.example."
WWW = f"www.{ZONE}"


class TwoServersTest(SharedCase):
    """Each test changes through either server in turn."""

    @classmethod
    def prepare(cls, bed):
        cls.store = bed.store()
        cls.store.add_zone("shared.example", f"www A 198.51.100.1\nnodes A {EAST_V4}\nnodes A {WEST_V4}")
        cls.store.add_node("east", *EAST)
        cls.store.add_node("west", *WEST)
        cls.pair = [bed.serve(cls.store, name=name, failover_dnssec="yes", api=True) for name in ("first", "second")]

    def each_way(self):
        first, second = self.pair
        return (("first to second", first, second), ("second to first", second, first))

    def api(self, server, method: str, path: str, body=None, status: int = 204):
        response = curl(server, method, path, body)
        self.assertEqual(response.status, status, response.text())
        return response.body

    def seen(self, here, there, ask, expected):
        """`ask`: a function of a server."""
        self.assertEqual(ask(here), expected)
        eventually(lambda: ask(there) == expected, SECOND, f"the other server answers {expected}")

    def warm(self, name: str, rdtype: str):
        for server in self.pair * 2:
            server.ask(name, rdtype)

    def test_records(self):
        for number, (way, here, there) in enumerate(self.each_way(), start=2):
            with self.subTest(way):
                self.warm(WWW, "A")
                self.api(here, "PATCH", f"/zones/{ZONE}", {"rrsets": [rrset(WWW, "A", f"198.51.100.{number}")]})
                self.seen(here, there, lambda server: server.data(WWW, "A"), (f"198.51.100.{number}",))

    def test_zones(self):
        for number, (way, here, there) in enumerate(self.each_way()):
            with self.subTest(way):
                zone = f"zone{number}.example."
                self.warm(zone, "NS")
                self.api(here, "POST", "/zones", {"name": zone, "kind": "Native", "nameservers": ["ns1.example."]}, 201)
                self.seen(here, there, lambda server: server.data(zone, "NS"), ("ns1.example.",))
                self.api(there, "DELETE", f"/zones/{zone}")
                self.seen(there, here, lambda server: server.ask(zone, "NS").rcode, "REFUSED")

    def test_keys_and_metadata(self):
        for number, (way, here, there) in enumerate(self.each_way()):
            with self.subTest(way):
                zone = f"signed{number}.example."
                self.store.add_zone(zone.rstrip("."), "www A 198.51.100.1")
                for server in self.pair:
                    eventually(lambda server=server: server.data(f"www.{zone}", "A"), SECOND, "the zone is served")
                self.warm(zone, "DNSKEY")

                def signed(server):
                    answer = server.ask(f"www.{zone}", "A", dnssec=True)
                    return len(server.data(zone, "DNSKEY")), len(answer.data("RRSIG"))

                self.api(here, "PUT", f"/zones/{zone}", {"dnssec": True, "api_rectify": True})
                self.seen(here, there, signed, (1, 1))
                self.api(here, "PUT", f"/zones/{zone}", {"nsec3param": "1 0 0 ab"})
                self.seen(here, there, lambda server: server.data(zone, "NSEC3PARAM"), ("1 0 0 ab",))
                self.api(there, "PUT", f"/zones/{zone}/metadata/PUBLISH-CDS", {"metadata": ["2"]}, 200)
                self.seen(there, here, lambda server: len(server.data(zone, "CDS")), 1)
                self.api(there, "PUT", f"/zones/{zone}", {"dnssec": False})
                self.seen(there, here, signed, (0, 0))

    def test_nodes(self):
        for _, here, there in self.each_way():
            here.control("failover-drain", "east")
            self.seen(here, there, lambda server: server.data(f"nodes.{ZONE}", "A"), (WEST_V4,))
            here.control("failover-resume", "east")
            self.seen(here, there, lambda server: server.data(f"nodes.{ZONE}", "A"), (EAST_V4, WEST_V4))


class LaggingTest(SharedCase):
    """A server that looks for changes every ten seconds only: its API, unlike its answers, must not lag behind."""

    @classmethod
    def prepare(cls, bed):
        cls.store = bed.store()
        cls.server = bed.serve(cls.store, failover_dnssec="yes", failover_poll_interval_ms=10000, api=True)

    def api(self, method: str, path: str, body=None, status: int = 200):
        response = curl(self.server, method, path, body)
        self.assertEqual(response.status, status, response.text())
        return response.body

    def test_a_zone_that_was_made_a_moment_ago(self):
        self.server.util("create-zone", "made.example", "ns1.example.org")
        self.api("PUT", "/zones/made.example./metadata/X-Ours", {"metadata": ["here"]})
        self.store.add_zone("made2.example", "www A 198.51.100.1")
        self.api("POST", "/zones/made2.example./cryptokeys", {"keytype": "csk", "active": True}, 201)
        self.assertEqual(len(self.server.data("made2.example.", "DNSKEY")), 1)

    def test_metadata_that_were_set_a_moment_ago(self):
        path = "/zones/meta.example./metadata"
        self.api("POST", "/zones", {"name": "meta.example.", "kind": "Native", "nameservers": ["ns1.example.org."]}, 201)
        self.server.util("set-meta", "meta.example", "X-Ours", "one", "two")
        self.assertEqual(sorted(self.api("GET", f"{path}/X-Ours")["metadata"]), ["one", "two"])
        self.store.sql("UPDATE domainmetadata SET content = 'three' WHERE content = 'two'")
        added = self.api("POST", path, {"kind": "X-Ours", "metadata": ["four"]}, 201)
        self.assertEqual(sorted(added["metadata"]), ["four", "one", "three"])

    def test_keys_that_came_and_went_a_moment_ago(self):
        path = "/zones/keys.example./cryptokeys"
        self.api("POST", "/zones", {"name": "keys.example.", "kind": "Native", "nameservers": ["ns1.example.org."]}, 201)
        self.server.util("secure-zone", "keys.example")
        self.assertEqual(len(self.api("GET", path)), 1)
        self.store.sql("DELETE FROM cryptokeys")
        self.assertEqual(self.api("GET", path), [])
        self.assertFalse(self.api("GET", "/zones/keys.example.")["dnssec"])
