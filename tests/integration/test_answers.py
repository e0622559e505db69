# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""What is answered while a node is down: every record that leads to it is gone, everything else is as it was."""
import dns.name
import dns.query
import dns.zone

from harness.poll import eventually
from harness.testbed import EAST_HOST, EAST_V4, EAST_V6, HOSTS, WEST, WEST_HOST, WEST_V4, WEST_V6, SharedCase

ALPHA = HOSTS + f"""
@ NS EAST.Alpha.Example
@ MX 10 {EAST_HOST}
@ MX 10 {WEST_HOST}
@ MX 20 mail.elsewhere.example
ns1 A 198.51.100.53
www A {EAST_V4}
www A {WEST_V4}
www AAAA 2001:DB8:0:0::1
www AAAA {WEST_V6}
www TXT "both"
mixed A {EAST_V4}
mixed A 198.51.100.7
dot MX 10 {EAST_HOST}.
dot MX 10 {WEST_HOST}.
upper MX 10 EAST.ALPHA.EXAMPLE
upper MX 10 WEST.ALPHA.EXAMPLE
_sip._udp SRV 0 5 5060 {EAST_HOST}
_sip._udp SRV 0 5 5060 {WEST_HOST}
svc HTTPS 1 {EAST_HOST}. alpn=h2
svc HTTPS 1 {WEST_HOST}. alpn=h2
svc SVCB 1 {EAST_HOST}. alpn=h2
svc SVCB 1 {WEST_HOST}. alpn=h2
alias CNAME {EAST_HOST}
chain CNAME www.alpha.example
lonely A {EAST_V4}
static A 198.51.100.7
static TXT "no node"
static CAA 0 issue "ca.example"
ptr PTR {EAST_HOST}
*.wild A {EAST_V4}
*.wild A {WEST_V4}
deep.under.ent A {EAST_V4}
deep.under.ent A {WEST_V4}
sub NS ns.sub.alpha.example
ns.sub A {EAST_V4}
ns.sub A {WEST_V4}
dot\\.ted A {EAST_V4}
dot\\.ted A {WEST_V4}
spa\\032ce A {EAST_V4}
spa\\032ce A {WEST_V4}
"""
BETA = f"""
www A {EAST_V4}
www A {WEST_V4}
@ MX 10 {EAST_HOST}
@ MX 10 {WEST_HOST}
"""


class AnswersCase(SharedCase):
    """Two zones on two nodes; `admin` says what the operator made of them."""

    admin = {"east": "auto", "west": "auto"}

    @classmethod
    def prepare(cls, bed):
        store = bed.store()
        store.add_zone("alpha.example", ALPHA)
        store.add_zone("beta.example", BETA)
        store.add_node("east", EAST_V4, "2001:DB8:0::1", "EAST.alpha.example.", admin=cls.admin["east"])
        store.add_node("west", *WEST, admin=cls.admin["west"])
        cls.server = bed.server(store)
        cls.server.configure()
        cls.server.util("rectify-all-zones")  # empty non-terminals are rows, as with every gsql backend
        cls.server.start()

    def data(self, name: str, rdtype: str, **options):
        return self.server.data(f"{name}.alpha.example." if name != "@" else "alpha.example.", rdtype, **options)

    def both(self, name: str, rdtype: str, expected):
        """The same over UDP and TCP, and asked again."""
        for tcp in (False, True, False):
            self.assertEqual(self.data(name, rdtype, tcp=tcp), tuple(sorted(expected)), f"{name} {rdtype}, tcp={tcp}")


class AllUpTest(AnswersCase):
    """Nothing is left out, nothing is made up."""

    def test_everything_is_served(self):
        self.both("www", "A", [EAST_V4, WEST_V4])
        self.both("www", "AAAA", [EAST_V6, WEST_V6])
        self.both("@", "MX", [f"10 {EAST_HOST}.", f"10 {WEST_HOST}.", "20 mail.elsewhere.example."])
        self.both("_sip._udp", "SRV", [f"0 5 5060 {EAST_HOST}.", f"0 5 5060 {WEST_HOST}."])
        self.both("svc", "HTTPS", [f'1 {EAST_HOST}. alpn="h2"', f'1 {WEST_HOST}. alpn="h2"'])

    def test_other_types(self):
        self.both("static", "TXT", ['"no node"'])
        self.both("static", "CAA", ['0 issue "ca.example"'])
        self.both("ptr", "PTR", [f"{EAST_HOST}."])


class EastDownTest(AnswersCase):
    """One of the two is down."""

    admin = {"east": "down", "west": "auto"}

    def test_addresses_in_any_spelling(self):
        self.both("www", "A", [WEST_V4])
        self.both("www", "AAAA", [WEST_V6])

    def test_records_that_name_a_host(self):
        self.both("@", "MX", [f"10 {WEST_HOST}.", "20 mail.elsewhere.example."])
        self.both("_sip._udp", "SRV", [f"0 5 5060 {WEST_HOST}."])
        self.both("svc", "HTTPS", [f'1 {WEST_HOST}. alpn="h2"'])
        self.both("svc", "SVCB", [f'1 {WEST_HOST}. alpn="h2"'])

    def test_host_names_with_final_dot_or_capitals(self):
        self.both("dot", "MX", [f"10 {WEST_HOST}."])
        for tcp in (False, True):
            self.assertEqual([row.lower() for row in self.data("upper", "MX", tcp=tcp)], [f"10 {WEST_HOST}."])

    def test_every_zone(self):
        self.assertEqual(self.server.data("www.beta.example.", "A"), (WEST_V4,))
        self.assertEqual(self.server.data("beta.example.", "MX"), (f"10 {WEST_HOST}.",))

    def test_records_of_no_node_stay(self):
        self.both("static", "A", ["198.51.100.7"])
        self.both("mixed", "A", ["198.51.100.7"])
        self.both("www", "TXT", ['"both"'])

    def test_soa_ns_cname_ptr_are_never_left_out(self):
        self.assertEqual([row.lower() for row in self.data("@", "NS")], [f"{EAST_HOST}.", "ns1.alpha.example."])
        self.assertEqual(len(self.data("@", "SOA")), 1)
        self.both("alias", "CNAME", [f"{EAST_HOST}."])
        self.both("ptr", "PTR", [f"{EAST_HOST}."])

    def test_an_rrset_of_down_nodes_only_is_served_whole(self):
        self.both("lonely", "A", [EAST_V4])
        self.both("east", "A", [EAST_V4])
        self.both("alias", "A", [EAST_V4])

    def test_behind_a_cname(self):
        self.assertEqual(self.data("chain", "A"), (WEST_V4,))

    def test_any(self):
        # any-to-tcp is on by default: UDP gets an empty truncated answer
        self.assertIn("TC", self.server.ask("www.alpha.example.", "ANY").flags.split())
        answer = self.server.ask("www.alpha.example.", "ANY", tcp=True)
        self.assertEqual((answer.data("A"), answer.data("AAAA"), answer.data("TXT")), ((WEST_V4,), (WEST_V6,), ('"both"',)))

    def test_wildcard(self):
        self.both("a.wild", "A", [WEST_V4])
        self.both("b.c.wild", "A", [WEST_V4])
        self.both("*.wild", "A", [WEST_V4])
        self.assertEqual(self.server.ask("a.wild.alpha.example.", "AAAA").rcode, "NOERROR")

    def test_question_keeps_its_case(self):
        answer = self.server.ask("wWw.AlphA.eXample.", "A")
        self.assertEqual(answer.question, "wWw.AlphA.eXample.")
        self.assertEqual(answer.data("A"), (WEST_V4,))
        self.assertEqual({row[0] for row in answer.answer}, {"wWw.AlphA.eXample."})

    def test_escaped_labels(self):
        # Bytes like \000 and \255 PowerDNS answers itself; that they fare as elsewhere is seen beside gsqlite3.
        zone = dns.name.from_text("alpha.example.")
        for label in (b"dot.ted", b"DOT.ted", b"spa ce"):
            with self.subTest(label=label):
                self.assertEqual(self.server.data(dns.name.Name((label, *zone.labels)), "A"), (WEST_V4,))
        self.assertEqual(self.server.ask("dot.ted.alpha.example.", "A").rcode, "NXDOMAIN")


class NamesThatAreNotTest(AnswersCase):
    """NXDOMAIN, NODATA, REFUSED and referrals stay what they are."""

    admin = {"east": "down", "west": "auto"}

    def test_empty_non_terminals(self):
        for name in ("under.ent", "ent", "_udp"):
            answer = self.server.ask(f"{name}.alpha.example.", "A")
            self.assertEqual((answer.rcode, answer.answer, answer.authority[0][1]), ("NOERROR", (), "SOA"), name)
        self.both("deep.under.ent", "A", [WEST_V4])

    def test_no_such_name(self):
        for name in ("no.alpha.example.", "a.b.c.alpha.example.", "x.www.alpha.example.", "x.under.ent.alpha.example."):
            answer = self.server.ask(name, "A")
            self.assertEqual((answer.rcode, answer.answer, answer.authority[0][1]), ("NXDOMAIN", (), "SOA"), name)

    def test_no_such_type(self):
        answer = self.server.ask("www.alpha.example.", "NAPTR")
        self.assertEqual((answer.rcode, answer.answer, answer.authority[0][1]), ("NOERROR", (), "SOA"))

    def test_out_of_zone(self):
        for name in ("elsewhere.example.", "example.", ".", "xalpha.example."):
            self.assertEqual(self.server.ask(name, "A").rcode, "REFUSED", name)

    def test_delegation(self):
        answer = self.server.ask("host.sub.alpha.example.", "A")
        self.assertEqual((answer.rcode, answer.answer), ("NOERROR", ()))
        self.assertEqual([row[3] for row in answer.authority], ["ns.sub.alpha.example."])
        self.assertEqual([row[3] for row in answer.additional], [WEST_V4])
        self.assertNotIn("AA", answer.flags.split())

    def test_additional_addresses_are_chosen_too(self):
        answer = self.server.ask("alpha.example.", "MX")
        self.assertEqual({row[3] for row in answer.additional}, {WEST_V4, WEST_V6})


class AllDownTest(AnswersCase):
    """Then nothing is known to be better than anything else: all is served."""

    admin = {"east": "down", "west": "down"}

    def test_everything_is_served(self):
        self.both("www", "A", [EAST_V4, WEST_V4])
        self.both("www", "AAAA", [EAST_V6, WEST_V6])
        self.both("_sip._udp", "SRV", [f"0 5 5060 {EAST_HOST}.", f"0 5 5060 {WEST_HOST}."])
        self.both("svc", "HTTPS", [f'1 {EAST_HOST}. alpn="h2"', f'1 {WEST_HOST}. alpn="h2"'])
        self.both("a.wild", "A", [EAST_V4, WEST_V4])

    def test_but_not_where_a_record_of_no_node_is_left(self):
        self.both("mixed", "A", ["198.51.100.7"])
        self.both("@", "MX", ["20 mail.elsewhere.example."])


class TransferTest(AnswersCase):
    """What administration reads is what is stored."""

    admin = {"east": "down", "west": "auto"}

    def test_list_and_transfer_leave_nothing_out(self):
        eventually(lambda: self.server.data("www.alpha.example.", "A") == (WEST_V4,), 2)
        self.assertIn(EAST_V4, self.server.util("list-zone", "alpha.example"))
        messages = dns.query.xfr("127.0.0.1", "alpha.example.", port=self.server.port, lifetime=10, relativize=False)
        zone = dns.zone.from_xfr(messages, relativize=False)
        addresses = {rdata.to_text() for rdata in zone.find_rdataset("www.alpha.example.", "A")}
        self.assertEqual(addresses, {EAST_V4, WEST_V4})
