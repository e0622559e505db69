# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""A validating resolver that uses NSEC aggressively finds every answer good while nodes come and go."""
import threading

import dns.exception

from harness.poll import eventually
from harness.testbed import EAST, EAST_HOST, EAST_V4, EAST_V6, HOSTS, WEST, WEST_HOST, WEST_V4, WEST_V6, Case
from harness.validator import Validator

APEX = "alpha.example"
SOA = "ns1.{zone} hostmaster.{zone} 1 10800 3600 604800 1"  # what is denied may be kept for one second
ZONE = HOSTS + f"""
www A {EAST_V4}
www A {WEST_V4}
www TXT "beside them"
only A {EAST_V4}
only A {WEST_V4}
both A {EAST_V4}
both AAAA {WEST_V6}
open A {EAST_V4}
open A {WEST_V4}
*.wild A {EAST_V4}
*.wild A {WEST_V4}
*.wild TXT "beside them"
*.bare A {EAST_V4}
*.bare A {WEST_V4}
real.bare TXT "no address"
a.ent A {EAST_V4}
a.ent A {WEST_V4}
chain CNAME only.{APEX}
@ MX 10 {EAST_HOST}
@ MX 10 {WEST_HOST}
_sip._udp SRV 0 5 5060 {EAST_HOST}
_sip._udp SRV 0 5 5060 {WEST_HOST}
static TXT "of no node"
cut NS ns.elsewhere.example
"""
SERVED = (("www", "A"), ("only", "A"), ("open", "A"), ("x.wild", "A"), ("x.bare", "A"), ("a.ent", "A"), ("chain", "A"),
          ("@", "MX"), ("_sip._udp", "SRV"), ("both", "A"), ("both", "AAAA"))
ALWAYS = (("www", "TXT"), ("x.wild", "TXT"), ("real.bare", "TXT"), ("static", "TXT"), ("@", "SOA"), ("@", "NS"))
NEVER = (("www", "MX"), ("only", "TXT"), ("open", "TXT"), ("x.wild", "MX"), ("x.bare", "TXT"), ("ent", "A"), ("a.ent", "TXT"),
         ("real.bare", "A"), ("static", "A"), ("@", "TXT"), ("_udp", "A"), ("cut", "DS"))
NOWHERE = (("nowhere", "A"), ("x.www", "A"), ("onlz", "A"), ("x.real.bare", "A"), ("x.y.static", "TXT"))


def absolute(name: str) -> str:
    return f"{APEX}." if name == "@" else f"{name}.{APEX}."


class Client(threading.Thread):
    """Asks all of it in turn until ended; `faults` are the answers that are not validated."""

    def __init__(self, resolver, questions):
        super().__init__(daemon=True)
        self.faults, self.count = [], 0
        self._resolver, self._questions, self._ended = resolver, questions, threading.Event()

    def run(self):
        while not self._ended.is_set():
            for name, rdtype in self._questions:
                try:
                    answer = self._resolver.ask(absolute(name), rdtype, dnssec=True)
                    if "AD" not in answer.flags.split() or answer.rcode not in ("NOERROR", "NXDOMAIN"):
                        self.faults.append(f"{name} {rdtype}: {answer.rcode} {answer.flags}")
                except (OSError, dns.exception.DNSException) as error:
                    self.faults.append(f"{name} {rdtype}: {error!r}")
                self.count += 1

    def end(self):
        self._ended.set()
        self.join()
        self._resolver.close()


class ValidatingResolverTest(Case):
    def serve_signed(self, *nsec3: str):
        store = self.bed.store()
        store.add_zone(APEX, ZONE, soa=SOA)
        store.sql("UPDATE records SET ttl = 1")
        store.add_node("east", *EAST)
        store.add_node("west", *WEST)
        store.insert("policies", name=f"*.{APEX}", when_down="nodata")
        store.insert("policies", name=APEX, when_down="nodata")
        store.insert("policies", name=f"open.{APEX}", when_down="serve-all")
        self.server = self.bed.server(store, failover_dnssec="yes")
        self.server.configure()
        self.server.util("secure-zone", APEX)
        if nsec3:
            self.server.util("set-nsec3", APEX, *nsec3)
        self.server.util("rectify-zone", APEX)
        self.server.start()
        anchor = self.server.data(f"{APEX}.", "DNSKEY")[0]
        self.validator = Validator(self.bed.folder / "unbound", APEX, self.server.port, anchor)
        self.addCleanup(self.validator.close)

    def validated(self, name: str, rdtype: str):
        answer = self.validator.ask(absolute(name), rdtype)
        self.assertIn("AD", answer.flags.split(), f"{answer.message}\n{self.validator.log()[-3000:]}")
        return answer

    def becomes(self, name: str, rdtype: str, *fragments: str):
        """Validated at each look, and in the end with these in the answer and no other."""

        def seen() -> bool:
            data = self.validated(name, rdtype).data(rdtype)
            return len(data) == len(fragments) and all(any(text in row for row in data) for text in fragments)

        eventually(seen, 10, f"{name} {rdtype} is {fragments}", every=0.1)

    def judge(self, east: str, west: str):
        for node, state in ("east", east), ("west", west):
            self.server.control("failover-force", node, state)
        up = [node for node, state in (("east", east), ("west", west)) if state == "up"]
        v4 = {"east": EAST_V4, "west": WEST_V4}
        host = {"east": EAST_HOST, "west": WEST_HOST}
        for name in ("www", "only", "x.wild", "x.bare", "a.ent", "chain"):
            self.becomes(name, "A", *(v4[node] for node in up))
        for name, rdtype in ("@", "MX"), ("_sip._udp", "SRV"):
            self.becomes(name, rdtype, *(host[node] for node in up))
        self.becomes("open", "A", *(v4[node] for node in up or v4))
        self.becomes("both", "A", *([EAST_V4] if east == "up" else []))
        self.becomes("both", "AAAA", *([WEST_V6] if west == "up" else []))
        for name, rdtype in ALWAYS:
            self.assertTrue(self.validated(name, rdtype).data(rdtype), (name, rdtype))
        for name, rdtype in NEVER:
            answer = self.validated(name, rdtype)
            self.assertEqual((answer.rcode, answer.data(rdtype)), ("NOERROR", ()), (name, rdtype))
        for name, rdtype in NOWHERE:
            self.assertEqual(self.validated(name, rdtype).rcode, "NXDOMAIN", name)

    def judge_all(self):
        client = Client(self.validator.resolver(), SERVED + ALWAYS + NEVER + NOWHERE)
        client.start()
        try:
            for east, west in ("up", "up"), ("down", "up"), ("down", "down"), ("up", "down"), ("down", "down"), ("up", "up"):
                with self.subTest(east=east, west=west):
                    self.judge(east, west)
        finally:
            client.end()
        print(f"      {client.count} answers through the resolver meanwhile, {len(client.faults)} not validated", flush=True)
        self.assertFalse(client.faults, self.validator.log()[-3000:])
        self.assertGreater(client.count, 500)

    def test_nsec(self):
        self.serve_signed()
        self.judge_all()

    def test_nsec3(self):
        self.serve_signed("1 0 0 ab")
        self.judge_all()

    def test_nsec3_narrow(self):
        self.serve_signed("1 0 0 -", "narrow")
        self.judge_all()
