# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Checks of name servers, of ports, of TLS and of kept HTTP connections, each against a real server."""
import unittest

from harness.bindserver import Bind
from harness.poll import eventually
from harness.probing import PATIENCE, ProbingCase
from harness.service import Nginx

ZONE = """
@ 60 SOA ns1 hostmaster 1 3600 600 86400 60
@ 60 NS ns1.beta.example.
www 60 A 192.0.2.1
www 60 A 192.0.2.2
mail 60 MX 10 mx.alpha.example.
text 60 TXT "v=1 all is well"
"""
MANY = "".join(f"many 60 A 192.0.2.{number}\n" for number in range(1, 91))  # fits no datagram of 512 bytes; BIND takes 100


class DnsTest(ProbingCase):
    """A name and a type, asked of a name server."""

    @classmethod
    def prepare(cls, bed):
        super().prepare(bed)
        bind = bed.keep(Bind(bed.folder / "bind"))
        bind.add_primary("alpha.example", "$ORIGIN alpha.example.\n" + ZONE + MANY)
        bind.start()
        cls.at = f"dns://127.0.0.1:{bind.port}"

    def test_a_name_that_is_there(self):
        self.up(f"{self.at}/www.alpha.example", "NOERROR, 2 answers")
        self.up(f"{self.at}/WWW.Alpha.Example.?type=A", "NOERROR, 2 answers")

    def test_a_name_that_is_not(self):
        self.down(f"{self.at}/nowhere.alpha.example", "NXDOMAIN (expected NOERROR)")
        self.up(f"{self.at}/nowhere.alpha.example", "NXDOMAIN, 0 answers", expect_rcode="NXDOMAIN")

    def test_a_zone_that_is_not_served(self):
        self.down(f"{self.at}/www.beta.example", "REFUSED (expected NOERROR)")

    def test_data(self):
        self.up(f"{self.at}/www.alpha.example?type=A", "2 answers", expect_body="192.0.2.2")
        self.down(f"{self.at}/www.alpha.example?type=A", "no answer has '192.0.2.3'", expect_body="192.0.2.3")
        self.up(f"{self.at}/mail.alpha.example?type=MX", "1 answer", expect_body="10 mx.alpha.example.")
        self.up(f"{self.at}/text.alpha.example?type=TXT", "1 answer", expect_body='"v=1 all is well"')
        self.up(f"{self.at}/alpha.example?type=SOA", "1 answer", expect_body="hostmaster.alpha.example. 1 3600")

    def test_an_answer_that_fits_no_datagram(self):
        self.up(f"{self.at}/many.alpha.example", "truncated")
        self.up(f"{self.at}/many.alpha.example", "90 answers", expect_body="192.0.2.90")
        self.down(f"{self.at}/many.alpha.example", "no answer has '192.0.2.91'", expect_body="192.0.2.91")

    def test_nobody_listens(self):
        node = self.bed.node()
        node.refuse()
        self.down(f"dns://127.0.0.1:{node.port}/www.alpha.example", "connection refused")


class TcpTest(ProbingCase):
    """What is sent, and what is expected back."""

    def test_a_request_and_its_reply(self):
        node = self.bed.node()
        node.answer(body=b"all is well")
        url = f"tcp://{node.authority}"
        self.up(url, "reply has '200 Test'", send=r"GET / HTTP/1.1\r\nHost: x\r\n\r\n", expect_body="200 Test")
        self.down(url, "closed before '500' came", send=r"GET / HTTP/1.1\r\n\r\n", expect_body="500")

    def test_a_server_that_speaks_first(self):
        node = self.bed.node()
        node.babble()
        self.up(f"tcp://{node.authority}", "reply has '220 what'", expect_body="220 what")

    def test_silence(self):
        node = self.bed.node()
        node.silent()
        self.down(f"tcp://{node.authority}", "timeout after 300 ms, before '220' came (0 bytes read)", expect_body="220")


class NginxCase(ProbingCase):
    """One server with a certificate for long, and one each that ends soon and has ended."""

    @classmethod
    def prepare(cls, bed):
        super().prepare(bed)
        cls.authority = str(bed.authority.certificate)
        cls.good, cls.soon, cls.ended = (bed.keep(Nginx(bed.folder / f"nginx-{days}", *bed.authority.files("web.example", days))).start()
                                         for days in (90, 9, 0))


class TlsTest(NginxCase):
    """Handshake, name, days."""

    def of(self, server: Nginx, name: str = "web.example", **columns) -> dict:
        return {"url": f"tls://{name}:{server.at['tls']}", "address": "127.0.0.1", "ca_file": self.authority, **columns}

    def test_a_certificate_that_holds(self):
        self.up(**self.of(self.good), outcome="handshake, certificate expires in 90 days")

    def test_one_that_ends_soon(self):
        self.up(**self.of(self.soon), outcome="handshake, certificate expires in 9 days")

    def test_one_that_has_ended(self):
        self.down(**self.of(self.ended), outcome="certificate has expired")
        self.down(**self.of(self.ended, tls_verify=0), outcome="certificate expired")

    def test_a_name_that_is_not_its(self):
        self.down(**self.of(self.good, "mail.example"), outcome="match")
        self.up(**self.of(self.good, "mail.example", tls_verify=0), outcome="handshake")

    def test_an_authority_that_nobody_knows(self):
        self.down(f"tls://web.example:{self.good.at['tls']}", "TLS: ", address="127.0.0.1")

    def test_something_else_than_tls(self):
        self.down(f"tls://127.0.0.1:{self.good.at['plain']}", "TLS: ")


class HttpTest(NginxCase):
    """HTTP/2 and kept connections."""

    def accessed(self, server: Nginx, count: int) -> list[list[str]]:
        return eventually(lambda: server.accesses()[-count:] if len(server.accesses()) >= count else None, PATIENCE, f"{count} requests")

    def test_http2_where_tls_offers_it(self):
        self.up(f"https://web.example:{self.good.at['tls']}/", "HTTP 200", address="127.0.0.1", ca_file=self.authority,
                expect_body="all is well")
        self.assertIn("HTTP/2.0", [access[0] for access in self.good.accesses()])
        self.down(f"https://web.example:{self.good.at['tls']}/gone", "HTTP 410", address="127.0.0.1", ca_file=self.authority)

    def test_connections(self):
        for scheme, port, protocol in (("http", "plain", "HTTP/1.1"), ("https", "tls", "HTTP/2.0")):
            for connection in ("fresh", "reuse"):
                with self.subTest(scheme=scheme, connection=connection):
                    before = len(self.soon.accesses())
                    name = self.check(f"{scheme}://web.example:{self.soon.at[port]}/", address="127.0.0.1", ca_file=self.authority,
                                      connection=connection)
                    self.verdict(name, "up", "HTTP 200")
                    seen = self.accessed(self.soon, before + 4)[before:]
                    self.store.sql(f"DELETE FROM checks WHERE node = '{name}'")
                    eventually(lambda: not self.server.node(name)["checks"], PATIENCE, "the check is gone")
                    self.assertEqual({access[0] for access in seen}, {protocol})
                    self.assertEqual(len({access[1] for access in seen}), 1 if connection == "reuse" else len(seen))

    def test_a_kept_connection_that_the_server_ends(self):
        server = self.bed.keep(Nginx(self.bed.folder / "restarted", *self.bed.authority.files("again.example", 5)))
        server.start()
        name = self.check(f"http://127.0.0.1:{server.at['plain']}/", connection="reuse", interval_ms=1000, timeout_ms=900)
        self.verdict(name, "up", "HTTP 200")
        ports = dict(server.at)
        server.stop()
        self.verdict(name, "down", "connection refused")
        server.configure = lambda: None  # the same ports
        self.assertEqual(server.start().at, ports)
        self.verdict(name, "up", "HTTP 200")


if __name__ == "__main__":
    unittest.main()
