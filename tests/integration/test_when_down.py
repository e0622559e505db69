# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""policies.when_down = 'nodata': a name whose nodes are all down has no record of the type; it still exists."""
import socket
import threading

from harness.denials import listed
from harness.questions import query
from harness.testbed import EAST, EAST_HOST, EAST_V4, HOSTS, WEST, WEST_HOST, WEST_V4, Case

ZONE = HOSTS + f"""
www A {EAST_V4}
www A {WEST_V4}
www TXT "beside them"
only A {EAST_V4}
only A {WEST_V4}
open A {EAST_V4}
open A {WEST_V4}
* A 203.0.113.9
* TXT "of the wildcard"
*.wild A {EAST_V4}
@ MX 10 {EAST_HOST}
@ MX 10 {WEST_HOST}
chain CNAME only.alpha.example
"""
NODATA = ("www", "only", "*.wild")
NSEC3 = {"plain.example": ("1 0 0 ab",), "narrow.example": ("1 0 0 -", "narrow"), "optout.example": ("1 1 0 -",)}


class Hammer(threading.Thread):
    """Asks for the addresses of one name as fast as it can, and looks at what each denial lists."""

    # What is in a denial with A, and in one without.
    # RFC 4034, section 4.1.2: one window of six octets with NSEC and RRSIG, and with A or without.
    NSEC = b"\0\6\x40\0\0\0\0\3", b"\0\6\0\0\0\0\0\3"
    # RFC 5155, section 3.2: the window has RRSIG alone; without any type the data (26 octets, no salt) end with the hash.
    NSEC3 = b"\0\6\x40\0\0\0\0\2", b"\0\x1a\1\0\0\0\0\x14"
    # And with a salt of one octet.
    NSEC3_SALTED = NSEC3[0], b"\0\x1b\1\0\0\0\1\xab\x14"

    def __init__(self, port: int, name: str, patterns: tuple):
        super().__init__(daemon=True)
        self.positive = self.denied = self.contradicted = 0
        self.failure = None
        self._with_a, self._without_a = patterns
        self._question = query(name, "A", dnssec=True).to_wire()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(3)
        self._socket.connect(("127.0.0.1", port))
        self._ended = threading.Event()

    def run(self):
        try:
            while not self._ended.is_set():
                self._ask()
        except Exception as failure:  # such as no response: the test's to report, a thread would only print it
            self.failure = failure

    def _ask(self):
        self._socket.send(self._question)
        response = self._socket.recv(4096)
        self.positive += response[6:8] != b"\0\0"
        self.denied += self._without_a in response
        self.contradicted += self._with_a in response

    def end(self):
        self._ended.set()
        self.join()
        self._socket.close()


class WhenDownTest(Case):
    def serve(self, **settings):
        self.store = self.bed.store()
        self.store.add_zone("alpha.example", ZONE)
        self.store.add_node("east", *EAST)
        self.store.add_node("west", *WEST)
        for name in NODATA:
            self.store.insert("policies", name=f"{name}.alpha.example", when_down="nodata")
        self.server = self.bed.server(self.store, **settings)
        return self.server

    def force(self, *states: str):
        for node, state in zip(("east", "west"), states):
            self.server.control("failover-force", node, state)

    def is_nodata(self, name: str, rdtype: str):
        for tcp in (False, True):
            answer = self.server.ask(f"{name}.alpha.example.", rdtype, tcp=tcp)
            self.assertEqual((answer.rcode, answer.answer), ("NOERROR", ()), answer.message)
            self.assertEqual([kind for _, kind, _, _ in answer.authority], ["SOA"], answer.message)

    def test_such_names_have_no_data_and_all_others_are_served(self):
        self.serve(any_to_tcp="no").start()
        self.force("down", "up")
        self.assertEqual(self.server.data("www.alpha.example.", "A"), (WEST_V4,))
        self.is_nodata("x.wild", "A")  # its only node
        self.force("down", "down")
        for name in ("www", "only", "x.wild", "*.wild", "X.Y.Wild"):
            with self.subTest(name):
                self.is_nodata(name, "A")  # and no data of the wildcard above
        self.is_nodata("only", "ANY")
        self.is_nodata("x.wild", "ANY")
        self.is_nodata("only", "TXT")
        self.assertEqual(self.server.data("www.alpha.example.", "TXT"), ('"beside them"',))
        self.assertEqual(self.server.data("www.alpha.example.", "ANY"), ())
        self.assertEqual(self.server.ask("www.alpha.example.", "ANY").data("TXT"), ('"beside them"',))
        self.assertEqual(self.server.data("open.alpha.example.", "A"), (EAST_V4, WEST_V4))
        self.assertEqual(len(self.server.data("alpha.example.", "MX")), 2)
        self.assertEqual(self.server.data("x.alpha.example.", "A"), ("203.0.113.9",))
        chain = self.server.ask("chain.alpha.example.", "A")
        self.assertEqual((chain.rcode, [kind for _, kind, _, _ in chain.answer]), ("NOERROR", ["CNAME"]))

    def test_each_change_is_in_the_next_answer_with_caches_on(self):
        self.serve(dname_processing="yes")
        self.store.add_zone("beta.example", "alias CNAME only.alpha.example\n*.any CNAME only.alpha.example\nold DNAME alpha.example")
        self.server.start()
        names = ("only.alpha", "chain.alpha", "alias.beta", "x.any.beta", "only.old.beta")
        for _ in range(3):
            self.force("down", "down")
            for _ in range(3):
                self.is_nodata("only", "A")
                self.is_nodata("x.wild", "A")
                for name in names[1:]:
                    answer = self.server.ask(f"{name}.example.", "A")
                    self.assertEqual((answer.rcode, answer.data("A")), ("NOERROR", ()), answer.message)
            self.force("up", "up")
            for _ in range(3):
                for name in names:
                    self.assertEqual(self.server.data(f"{name}.example.", "A"), (EAST_V4, WEST_V4), name)
                self.assertEqual(self.server.data("x.wild.alpha.example.", "A"), (EAST_V4,))

    def test_glue_is_no_answer_and_stays(self):
        self.serve()
        self.store.add_zone("beta.example", f"sub NS ns.sub.beta.example\nns.sub A {EAST_V4}")
        self.store.insert("policies", name="*", when_down="nodata")
        self.server.start()
        self.force("down", "down")
        referral = self.server.ask("www.sub.beta.example.", "A")
        self.assertEqual([data for _, kind, _, data in referral.additional if kind == "A"], [EAST_V4])

    def test_a_policy_made_while_serving_holds_and_goes(self):
        self.serve().start()
        self.force("down", "down")
        mx = self.server.data("alpha.example.", "MX")
        self.store.insert("policies", name="*", type="MX", when_down="nodata")
        self.eventually_data(self.server, "alpha.example.", "MX", (), 5)
        self.assertEqual(self.server.data("open.alpha.example.", "A"), (EAST_V4, WEST_V4))
        self.store.sql("UPDATE policies SET name = 'open.alpha.example', type = 'A' WHERE name = '*'")
        self.eventually_data(self.server, "alpha.example.", "MX", mx, 5)
        self.eventually_data(self.server, "open.alpha.example.", "A", (), 5)
        self.assertIn("store: changed: policies;", self.server.log())
        self.store.sql("DELETE FROM policies")
        self.eventually_data(self.server, "only.alpha.example.", "A", (EAST_V4, WEST_V4), 5)

    def serve_signed(self):
        self.serve(failover_dnssec="yes").configure()
        self.server.util("secure-zone", "alpha.example")
        self.server.util("rectify-zone", "alpha.example")
        self.server.start()

    def test_nsec_lists_what_would_be_answered(self):
        self.serve_signed()
        self.store.sql("DELETE FROM records WHERE name = '*.alpha.example'")
        self.eventually(lambda: self.server.ask("nowhere.alpha.example.", "A").rcode == "NXDOMAIN", 5)
        for states, types in (("up", "up"), {"A"}), (("down", "down"), set()), (("down", "up"), {"A"}):
            self.force(*states)
            for _ in range(2):
                denial = self.server.ask("only.alpha.example.", "TXT", dnssec=True, tcp=True)
                self.assertEqual(listed(denial, "only.alpha.example."), types | {"NSEC", "RRSIG"})
                # Another name's denial, which a cache could keep, lists the same.
                denial = self.server.ask("onlz.alpha.example.", "TXT", dnssec=True, tcp=True)
                self.assertEqual(listed(denial, "only.alpha.example."), types | {"NSEC", "RRSIG"})
        self.force("down", "down")
        denial = self.server.ask("only.alpha.example.", "A", dnssec=True, tcp=True)
        self.assertEqual(listed(denial, "only.alpha.example."), {"NSEC", "RRSIG"})
        denial = self.server.ask("open.alpha.example.", "TXT", dnssec=True, tcp=True)
        self.assertEqual(listed(denial, "open.alpha.example."), {"A", "NSEC", "RRSIG"})  # it is answered: with everything

    def serve_nsec3(self):
        self.serve(failover_dnssec="yes").configure()
        for zone, mode in NSEC3.items():
            self.store.add_zone(zone, ZONE)
            for name in NODATA:
                self.store.insert("policies", name=f"{name}.{zone}", when_down="nodata")
            self.server.util("secure-zone", zone)
            self.server.util("set-nsec3", zone, *mode)
            self.server.util("rectify-zone", zone)
        self.server.start()

    def ask_signed(self, name: str, rdtype: str):
        return self.server.ask(name, rdtype, dnssec=True, tcp=True)

    def lists(self, asked: str, rdtype: str, owner: str, types: set):
        """The answer to this question has the NSEC3 of this owner, with these types and no others."""
        for _ in range(2):  # the second from a cache, where there is one
            answer = self.ask_signed(asked, rdtype)
            self.assertEqual(listed(answer, owner), types | ({"RRSIG"} if types else set()), (answer.message, owner))
        return answer

    def denies(self, asked: str, rdtype: str, owner: str, types: set):
        answer = self.lists(asked, rdtype, owner, types)
        self.assertEqual((answer.rcode, answer.answer), ("NOERROR", ()), answer.message)

    def nsec3_lists(self, zone: str, addresses: set, covered: dict):
        """addresses: the types that are answered for names whose nodes may all be down: A, or none."""
        www, only, wild = (f"{name}.{zone}." for name in NODATA)
        beneath = f"x.wild.{zone}."
        for asked, owner, types in ((www, www, addresses | {"TXT"}), (only, only, addresses), (beneath, wild, addresses),
                                    (f"open.{zone}.", f"open.{zone}.", {"A"})):
            for rdtype in ("A", "AAAA", "TXT"):
                if rdtype not in types:
                    self.denies(asked, rdtype, owner, types)
                    continue
                answer = self.ask_signed(asked, rdtype)
                self.assertTrue(answer.data(rdtype) and answer.data("RRSIG"), answer.message)
                # Beneath a wildcard it has the NSEC3 that covers the asked name, perhaps the wildcard's own.
                self.assertIn(listed(answer, owner), (None, types | {"RRSIG"}), answer.message)
        # An answer of the wildcard above has the NSEC3 of any name; a cache could keep it, too.
        for owner, asked in covered.items():
            answer = self.lists(asked, "A", owner, addresses | ({"TXT"} if owner == www else set()))
            self.assertEqual(answer.data("A"), ("203.0.113.9",))

    def covered_by(self, owner: str, zone: str) -> str:
        """A name that does not exist, which the NSEC3 of this owner covers."""
        names = (f"n{number}.{zone}." for number in range(1000))
        return next(name for name in names if listed(self.ask_signed(name, "A"), owner) is not None)

    def test_nsec3_lists_what_would_be_answered(self):
        self.serve_nsec3()
        covered = {zone: {} for zone in NSEC3}
        for zone in ("plain.example", "optout.example"):  # the narrow one makes up the covering NSEC3s
            for name in NODATA:
                covered[zone][f"{name}.{zone}."] = self.covered_by(f"{name}.{zone}.", zone)
        for states, addresses in (("up", "up"), {"A"}), (("down", "down"), set()), (("up", "down"), {"A"}):
            self.force(*states)
            for zone in NSEC3:
                with self.subTest(zone, states=states):
                    self.nsec3_lists(zone, addresses, covered[zone])

    def hammer(self, name: str, patterns: tuple):
        """A question makes two lookups, one for the answer and one for the denial's types; a node may come back between."""
        clients = [Hammer(self.server.port, name, patterns) for _ in range(2)]
        for client in clients:
            client.start()
        for _ in range(100):
            self.force("down", "down")
            self.force("up")
        for client in clients:
            client.end()
        self.assertEqual([client.failure for client in clients], [None, None])
        positive, denied, contradicted = (sum(getattr(client, what) for client in clients)
                                          for what in ("positive", "denied", "contradicted"))
        print(f"      {positive} answers, {denied} denials, {contradicted} of them with the type that was asked", flush=True)
        self.assertGreater(min(positive, denied), 1000)
        self.assertEqual(contradicted, 0)

    def test_no_denial_contradicts_itself_while_nodes_come_and_go(self):
        self.serve_signed()
        self.hammer("only.alpha.example.", Hammer.NSEC)

    def test_no_nsec3_contradicts_itself_while_nodes_come_and_go(self):
        self.serve_nsec3()
        for zone, patterns in ("plain.example", Hammer.NSEC3_SALTED), ("narrow.example", Hammer.NSEC3):
            with self.subTest(zone):
                self.hammer(f"only.{zone}.", patterns)
