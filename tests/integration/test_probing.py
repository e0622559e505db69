# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""What a check asks, what it takes for an answer, and what it makes of it. Nodes come and go while the server runs."""
import unittest

from harness.poll import eventually
from harness.probing import FAST, PATIENCE, ProbingCase, ipv6_here


class HttpTest(ProbingCase):
    """Status, body, JSON, headers."""

    def test_up_then_down_then_up(self):
        node = self.bed.node()
        name = self.check(node.url("/health"))
        self.verdict(name, "up", "200")
        self.assertEqual((node.requests[0].method, node.requests[0].path), ("GET", "/health"))
        self.assertEqual(node.requests[0].headers["host"], node.authority)
        node.answer(status=503)
        self.verdict(name, "down", "HTTP 503 (expected 200-399)")
        node.recover()
        self.verdict(name, "up", "200")

    def test_expected_statuses(self):
        node = self.bed.node()
        node.answer(status=404)
        self.up(node.url(), "404", expect_status="204,400-404")
        self.down(node.url(), "404", expect_status="200-403,405-599")

    def test_body(self):
        node = self.bed.node()
        node.answer(body=b"a" * 60000 + b" all is well")
        self.up(node.url(), expect_body="all is well")
        self.down(node.url(), "all is lost", expect_body="all is lost")

    def test_only_the_first_64_kib_of_a_body_count(self):
        node = self.bed.node()
        node.answer(body=b"a" * 70000 + b" all is well")
        self.down(node.url(), "all is well", expect_body="all is well")

    def test_json(self):
        node = self.bed.node()
        node.answer(body=b'{"database": {"status": "ok", "lag": 3}, "ready": true}')
        self.up(node.url(), expect_json='/database/status="ok"')
        self.up(node.url(), expect_json="/ready=true")
        self.down(node.url(), expect_json="/database/lag=4")
        self.down(node.url(), expect_json="/nothing/here=1")
        node.answer(body=b"no JSON")
        self.down(node.url(), expect_json="/ready=true")

    def test_headers_of_ones_own(self):
        node = self.bed.node()
        self.up(node.url(), headers="X-Probe: 1\nAuthorization: Bearer secret\nHost: www.alpha.example")
        seen = node.requests[-1].headers
        self.assertEqual((seen["x-probe"], seen["authorization"], seen["host"]), ("1", "Bearer secret", "www.alpha.example"))
        self.assertNotIn("Bearer secret", self.server.log())

    def test_head(self):
        node = self.bed.node()
        self.up(node.url(), method="HEAD")
        self.assertEqual({request.method for request in node.requests}, {"HEAD"})

    def test_address_pins_the_connection_and_keeps_the_host(self):
        node = self.bed.node("127.0.0.7")
        self.up(node.url("/x", host="www.nowhere.example"), address="127.0.0.7")
        self.assertEqual(node.requests[0].headers["host"], f"www.nowhere.example:{node.port}")

    def test_redirects_are_not_followed(self):
        there, node = self.bed.node(), self.bed.node()
        node.answer(status=302, Location=there.url())
        self.up(node.url(), "302")
        self.assertEqual(there.connections, 0)

    def test_source_address(self):
        node = self.bed.node()
        self.up(node.url(), source="127.0.0.9")
        self.assertEqual({request.source for request in node.requests}, {"127.0.0.9"})

    @unittest.skipUnless(ipv6_here(), "no ::1 on this machine")
    def test_ipv6(self):
        node = self.bed.node("::1")
        self.up(node.url())
        self.up(node.url(host="www.nowhere.example"), address="::1")
        self.assertEqual(node.requests[-1].source, "::1")


class ReluctantNodeTest(ProbingCase):
    """Nodes that say nothing, too much, or too slowly."""

    def test_refuses(self):
        node = self.bed.node()
        node.refuse()
        self.down(node.url(), "refused")

    def test_silent(self):
        node = self.bed.node()
        node.silent()
        self.down(node.url(), "timeout after 300 ms")

    def test_swallows(self):
        node = self.bed.node()
        node.swallow()
        self.down(node.url(), "timeout after 300 ms")

    def test_trickles(self):
        node = self.bed.node()
        node.trickle()
        self.down(node.url(), "timeout after 300 ms")

    def test_endless_body_is_not_read_to_the_end(self):
        node = self.bed.node()
        node.endless()
        self.up(node.url(), "200")
        # The kernel's buffers on both sides take some megabytes that nobody reads.
        self.assertLess(node.sent / len(node.requests), 16 * 2**20)
        self.down(node.url(), expect_body="b")

    def test_endless_headers(self):
        node = self.bed.node()
        node.endless_headers()
        self.down(node.url())

    def test_speaks_something_else(self):
        node = self.bed.node()
        node.babble()
        self.down(f"https://{node.authority}/", "TLS")
        self.down(f"http://{node.authority}/")


class TcpTest(ProbingCase):
    """tcp://: a connection is enough."""

    def test_connects(self):
        node = self.bed.node()
        node.silent()
        self.up(f"tcp://{node.authority}")
        self.assertEqual(node.requests, [])

    def test_refuses(self):
        node = self.bed.node()
        node.refuse()
        self.down(f"tcp://{node.authority}", "refused")

    def test_swallows(self):
        node = self.bed.node()
        node.swallow()
        self.down(f"tcp://{node.authority}", "timeout")


class TlsTest(ProbingCase):
    """https:// believes certificates that it can verify, for the name in the URL."""

    @property
    def ca(self):
        return str(self.bed.authority.certificate)

    def tls_node(self, context):
        return self.bed.node(tls=context)

    def test_verified_with_host_and_sni_of_the_url(self):
        node = self.tls_node(self.bed.authority.issue("east.nowhere.example"))
        self.up(node.url("/health", host="east.nowhere.example"), "200", address="127.0.0.1", ca_file=self.ca)
        self.assertEqual(node.requests[0].sni, "east.nowhere.example")
        self.assertEqual(node.requests[0].headers["host"], f"east.nowhere.example:{node.port}")

    def test_unknown_authority(self):
        node = self.tls_node(self.bed.authority.issue("unknown.nowhere.example"))
        self.down(node.url(host="unknown.nowhere.example"), "TLS", address="127.0.0.1")

    def test_wrong_name(self):
        node = self.tls_node(self.bed.authority.issue("right.nowhere.example"))
        self.down(node.url(host="wrong.nowhere.example"), "TLS", address="127.0.0.1", ca_file=self.ca)

    def test_expired(self):
        node = self.tls_node(self.bed.authority.issue("old.nowhere.example", expired=True))
        self.down(node.url(host="old.nowhere.example"), "expired", address="127.0.0.1", ca_file=self.ca)

    def test_self_signed(self):
        node = self.tls_node(self.bed.authority.self_signed("self.nowhere.example"))
        self.down(node.url(host="self.nowhere.example"), "TLS", address="127.0.0.1", ca_file=self.ca)

    def test_not_verified_on_request(self):
        node = self.tls_node(self.bed.authority.self_signed("lax.nowhere.example"))
        self.up(node.url(host="other.nowhere.example"), "200", address="127.0.0.1", tls_verify=0)


class ManyChecksTest(ProbingCase):
    """A node is up when all its enabled checks pass."""

    def add_check(self, node: str, url: str, **columns):
        self.store.insert("checks", node=node, url=url, **{**FAST, **columns})

    def state(self, name: str, expected: str):
        eventually(lambda: self.server.node(name).get("state") == expected, PATIENCE, f"{name} is {expected}")

    def test_one_bad_check_is_enough(self):
        good, bad = self.bed.node(), self.bed.node()
        name = self.check(good.url())
        self.state(name, "up")
        bad.answer(status=500)
        self.add_check(name, bad.url())
        self.state(name, "down")
        bad.recover()
        self.state(name, "up")

    def test_a_disabled_check_does_not_count(self):
        good, bad = self.bed.node(), self.bed.node()
        bad.answer(status=500)
        name = self.check(good.url())
        self.add_check(name, bad.url())
        self.state(name, "down")
        self.store.sql(f"UPDATE checks SET enabled = 0 WHERE url = '{bad.url()}'")
        self.state(name, "up")
        self.assertEqual(len(self.server.node(name)["checks"]), 1)

    def test_a_node_without_checks_is_up(self):
        self.store.add_node("checkless")
        self.state("checkless", "up")
        self.assertEqual(self.server.node("checkless")["checks"], [])


class CadenceTest(ProbingCase):
    """Calm while all is well, quick while a verdict is pending."""

    def test_retries_come_sooner_than_the_interval(self):
        node = self.bed.node()
        name = self.check(node.url(), interval_ms=5000, retry_ms=100, fall=4)
        self.verdict(name, "up")
        node.answer(status=500)
        good = len(node.requests)
        self.verdict(name, "down", "500")
        first, fourth = node.requests[good], node.requests[good + 3]
        self.assertLess(fourth.at - first.at, 5.0, "three retries took longer than one interval")

    def test_fall_and_rise_count_results_in_a_row(self):
        node = self.bed.node()
        name = self.check(node.url(), retry_ms=50, fall=3, rise=2)
        self.verdict(name, "up")
        node.answer(status=500)
        self.verdict(name, "down")
        self.assertRegex(self.server.log(), rf"node {name}: up -> down after 3/3 failures of http\S+: HTTP 500")
        node.recover()
        self.verdict(name, "up")
        self.assertRegex(self.server.log(), rf"node {name}: down -> up after 2/2 successes of http")
