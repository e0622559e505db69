# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Records and comments by the HTTP API: stored as stock gsqlite3 stores them, in the very next answer, all or nothing."""
import unittest
from concurrent.futures import ThreadPoolExecutor

from harness.apitwins import ApiTwinsCase, curl, rrset
from harness.poll import eventually
from harness.testbed import EAST, EAST_V4, WEST, WEST_V4, SharedCase
from harness.versions import PDNS, PDNS_VERSION

CLIENTS = 6
V4 = tuple(f"198.51.100.{number}" for number in range(10))
# The API of 5.1 takes the backslash away and then finds that the text ends too early.
ESCAPED_QUOTE = r'"b\"c"' if PDNS < (5, 1) else '"bc"'
CONTENTS = {
    "MX": "10 mail.example.", "SRV": "1 2 3 host.example.", "TXT": f'"a" {ESCAPED_QUOTE} "\\255\\000"',
    "CAA": '0 issue "ca.example"', "HTTPS": "1 . alpn=h2 ipv4hint=192.0.2.1", "TYPE65400": "\\# 3 010203",
    "SSHFP": "1 1 0123456789012345678901234567890123456789", "DS": "1 8 2 " + "ab" * 32,
    "LOC": "51 30 12.748 N 0 7 39.612 W 0.00m 0.00m 0.00m 0.00m", "OPENPGPKEY": "bWFkZSB1cA==",
    "NAPTR": '100 50 "s" "z3950" "" _z3950._tcp.example.', "URI": '10 1 "https://example/"',
}



class PatchTest(ApiTwinsCase):
    """PATCH /zones/ZONE of a zone that each test makes and that is asked before, so that caches are warm."""

    def setUp(self):
        super().setUp()
        self.zone = self._testMethodName.removeprefix("test_").replace("_", "-") + ".example."
        self.www = f"www.{self.zone}"
        self.create(self.zone, rrsets=[rrset(self.www, "A", V4[1]), rrset(f"*.wild.{self.zone}", "TXT", '"old"')])
        self.rcode_twice(f"new.{self.zone}", "NXDOMAIN")
        self.rcode_twice(f"x.wild.{self.zone}", "NOERROR", "TXT")
        for _ in range(2):
            self.answered(self.www, "A", V4[1])

    def change(self, *rrsets: dict):
        self.patch(self.zone, *rrsets)

    def wrong(self, *rrsets: dict):
        """Refused; the answer to www stays."""
        self.refused("PATCH", f"/zones/{self.zone}", {"rrsets": list(rrsets)})
        self.answered(self.www, "A", V4[1])

    def test_replace_and_delete(self):
        self.change(rrset(self.www, "A", V4[2], V4[3]), rrset(f"new.{self.zone}", "AAAA", "2001:db8::1"))
        self.answered(self.www, "A", V4[2], V4[3])
        self.answered(f"new.{self.zone}", "AAAA", "2001:db8::1")
        self.change(rrset(self.www, "A", changetype="DELETE"), rrset(f"new.{self.zone}", "TXT", '"beside"'))
        self.rcode(self.www, "NXDOMAIN")
        self.answered(f"new.{self.zone}", "TXT", '"beside"')
        self.change(rrset(f"new.{self.zone}", "AAAA"))
        self.answered(f"new.{self.zone}", "AAAA")
        self.answered(f"new.{self.zone}", "TXT", '"beside"')

    def test_one_request_sees_what_it_has_done(self):
        """A CNAME is refused beside an A that is there, and taken where the same request deletes it first."""
        self.wrong(rrset(self.www, "CNAME", "target.example."))
        self.change(rrset(self.www, "A", changetype="DELETE"), rrset(self.www, "CNAME", "target.example."))
        self.answered(self.www, "CNAME", "target.example.")
        self.change(rrset(self.www, "CNAME", changetype="DELETE"), rrset(self.www, "A", V4[1]))
        self.answered(self.www, "A", V4[1])

    def test_a_fault_in_the_last_rrset_undoes_the_first(self):
        first = rrset(self.www, "A", V4[2])
        for fault in (rrset(f"new.{self.zone}", "A", "not an address"), rrset("elsewhere.example.", "A", V4[2]),
                      rrset(f"new.{self.zone}", "NOTYPE", "x"), rrset(f"new.{self.zone}", "A", V4[2], changetype="SOMETHING"),
                      rrset(f"new.{self.zone}", "A", V4[2], V4[2]), rrset(f"n\\@w.{self.zone}", "A", V4[2]),
                      rrset(f"new.{self.zone}", "CNAME", "a.example.", "b.example."), first,
                      {"name": f"new.{self.zone}", "type": "A", "changetype": "REPLACE", "records": []},
                      {"name": f"new.{self.zone}", "type": "A", "changetype": "REPLACE", "ttl": 60},
                      rrset(f"new.{self.zone}", "SOA", "a. b. 1 2 3 4 5"), rrset(self.zone, "CNAME", "a.example.")):
            with self.subTest(fault):
                self.wrong(first, fault)
                self.rcode(f"new.{self.zone}", "NXDOMAIN")

    def test_names(self):
        """Owner names of every kind that the API takes."""
        for label in ("MiXed", "_tcp", "a-b_c", "*", "1/2", "x" * 63, "deep.down.in.the.zone", "*.star"):
            with self.subTest(label):
                name = f"{label}.{self.zone}"
                self.change(rrset(name, "TXT", f'"{label}"'))
                self.answered(name, "TXT", f'"{label}"')
                self.answered(name.upper(), "TXT", f'"{label}"')
                self.change(rrset(name, "TXT", changetype="DELETE"))
                self.answered(name, "TXT")

    def test_contents(self):
        """One rrset of each kind that has a form of its own in the store."""
        for rdtype, content in CONTENTS.items():
            with self.subTest(rdtype):
                name = f"{rdtype.lower()}.{self.zone}"
                self.change(rrset(name, rdtype, content))
                self.assertEqual(len(self.server.data(name, rdtype)), 1)
                self.assertEqual(self.server.data(name, rdtype), self.stock.data(name, rdtype))

    def test_comments(self):
        comment = {"content": "first words", "account": "somebody", "modified_at": 1700000000}
        self.change({**rrset(self.www, "A", V4[1]), "comments": [comment]})
        zone = self.call("GET", f"/zones/{self.zone}")
        self.assertIn([comment], [found["comments"] for found in zone["rrsets"]])
        self.change(rrset(self.www, "A", V4[2]))
        self.answered(self.www, "A", V4[2])
        self.assertIn([comment], [found["comments"] for found in self.call("GET", f"/zones/{self.zone}")["rrsets"]])
        alone = {**comment, "content": "alone"}
        only_comment = {"name": f"new.{self.zone}", "type": "A", "changetype": "REPLACE", "comments": [alone]}
        self.change(only_comment)
        self.rcode(f"new.{self.zone}", "NXDOMAIN")
        self.change({**only_comment, "comments": []}, rrset(self.www, "A", changetype="DELETE"))
        self.assertNotIn("comment", {row[0] for row in self.rows(self.store) if row[1] == self.zone.rstrip(".")})

    def test_disabled(self):
        """Kept and shown, never answered."""
        self.change(rrset(self.www, "A", V4[1], disabled=True), rrset(f"new.{self.zone}", "A", V4[2], disabled=True))
        self.rcode(self.www, "NXDOMAIN")
        self.rcode(f"new.{self.zone}", "NXDOMAIN")
        records = [record for found in self.call("GET", f"/zones/{self.zone}")["rrsets"] for record in found["records"]]
        self.assertIn({"content": V4[1], "disabled": True}, records)
        two = rrset(self.www, "A", V4[1], V4[2])
        two["records"][1]["disabled"] = True
        self.change(two)
        self.answered(self.www, "A", V4[1])
        self.change(rrset(self.www, "A", V4[1], V4[2]))
        self.answered(self.www, "A", V4[1], V4[2])

    def test_a_thousand_rrsets(self):
        self.change(*(rrset(f"host{number}.{self.zone}", "A", f"10.0.{number // 256}.{number % 256}")
                      for number in range(1000)))
        self.answered(f"host0.{self.zone}", "A", "10.0.0.0")
        self.answered(f"host999.{self.zone}", "A", "10.0.3.231")
        self.change(*(rrset(f"host{number}.{self.zone}", "A", changetype="DELETE") for number in range(1000)))
        self.rcode(f"host999.{self.zone}", "NXDOMAIN")

    def test_an_empty_nonterminal_becomes_a_name(self):
        self.call("PUT", f"/zones/{self.zone}", {"api_rectify": True}, 204)
        self.change(rrset(f"a.new.{self.zone}", "A", V4[1]))
        self.rcode(f"new.{self.zone}", "NOERROR")
        self.change(rrset(f"new.{self.zone}", "A", V4[2]))
        self.answered(f"new.{self.zone}", "A", V4[2])
        self.change(rrset(f"a.new.{self.zone}", "A", changetype="DELETE"), rrset(f"new.{self.zone}", "A", changetype="DELETE"))
        self.rcode(f"new.{self.zone}", "NXDOMAIN")

    def test_unknown_zone(self):
        self.refused("PATCH", "/zones/none.example.", {"rrsets": [rrset("a.none.example.", "A", V4[1])]}, 404)
        self.refused("PATCH", f"/zones/{self.zone}", {})


class ParallelTest(SharedCase):
    """Many clients at once; each has read before the others write."""

    @classmethod
    def prepare(cls, bed):
        cls.store = bed.store()
        for number in range(CLIENTS):
            cls.store.add_zone(f"zone{number}.example", "")
        cls.server = bed.serve(cls.store, failover_dnssec="yes", api=True)

    def test_all_are_served(self):
        def client(number: int):
            zone = f"zone{number}.example."
            for turn in range(10):
                body = {"rrsets": [rrset(f"name{turn}.{zone}", "A", V4[turn]), rrset(f"*.x{turn}.{zone}", "A", V4[turn])]}
                response = curl(self.server, "PATCH", f"/zones/{zone}", body)
                if response.status != 204:
                    return response
            return None

        with ThreadPoolExecutor(CLIENTS) as clients:
            self.assertEqual([fault for fault in clients.map(client, range(CLIENTS)) if fault], [])
        for number in range(CLIENTS):
            for turn in range(10):
                self.assertEqual(self.server.data(f"name{turn}.zone{number}.example.", "A"), (V4[turn],))


class SearchTest(ApiTwinsCase):
    """GET /search-data, which must find what is stored: disabled records too."""

    @classmethod
    def prepare(cls, bed):
        super().prepare(bed)
        for store in (cls.store, cls.stock_store):
            store.add_zone("find.example", "www A 192.0.2.7\nmail A 192.0.2.8\ntext TXT \"needle in it\"\n100% TXT \"percent\"")
            store.add_zone("other.example", "needle A 192.0.2.9\nunder_score A 192.0.2.10\nunderXscore A 192.0.2.11")
            store.sql("UPDATE records SET disabled = 1 WHERE name = 'mail.find.example';"
                      "INSERT INTO comments (domain_id, name, type, modified_at, account, comment) "
                      "SELECT id, 'www.find.example', 'A', 1, '', 'a needle as well' FROM domains WHERE name = 'find.example'")

    def found(self, query: str) -> set:
        return {(row["object_type"], row.get("name")) for row in self.call("GET", f"/search-data?{query}")}

    def test_wildcards(self):
        self.assertEqual(self.found("q=*needle*&max=100"),
                         {("record", "text.find.example."), ("record", "needle.other.example."),
                          ("comment", "www.find.example.")})
        self.assertEqual(self.found("q=find.exampl?"), {("zone", "find.example."), ("record", "find.example.")})
        self.assertEqual(self.found("q=*under_score*"), {("record", "under_score.other.example.")})
        self.assertEqual(self.found("q=100%25*"), {("record", "100%.find.example.")})
        self.assertEqual(self.found("q=nothing"), set())

    def test_disabled_records(self):
        self.assertEqual(self.found("q=mail*"), {("record", "mail.find.example.")})
        self.assertEqual(self.found("q=192.0.2.8"), {("record", "mail.find.example.")})

    def test_kinds_and_limits(self):
        records = {("record", "text.find.example."), ("record", "needle.other.example.")}
        for kind, expected in (("zone", set()), ("record", records), ("comment", {("comment", "www.find.example.")})):
            self.assertEqual(self.found(f"q=*needle*&object_type={kind}"), expected)
        self.assertEqual(len(self.call("GET", "/search-data?q=*&max=1&object_type=record")), 1)
        for wrong in ("q=", "q=a&max=0", "q=a&object_type=other"):
            self.refused("GET", f"/search-data?{wrong}")


class NodesTest(ApiTwinsCase):
    """Names that lead to nodes: the API reads and writes what is stored, whatever is served."""

    @classmethod
    def prepare(cls, bed):
        super().prepare(bed)
        cls.store.add_node("east", *EAST, admin="down")
        cls.store.add_node("west", *WEST)
        eventually(lambda: cls.server.node("west").get("state") == "up", 5, "the nodes are known")

    def test_stored_and_served(self):
        self.create("nodes.example.", rrsets=[rrset("www.nodes.example.", "A", EAST_V4, WEST_V4)])
        self.answered("www.nodes.example.", "A", WEST_V4)
        for query in ("", "?rrset_name=www.nodes.example.&rrset_type=A"):
            stored = self.call("GET", f"/zones/nodes.example.{query}")["rrsets"]
            self.assertIn([EAST_V4, WEST_V4], [[record["content"] for record in found["records"]] for found in stored])
        self.assertIn("www.nodes.example.", {found["name"] for found in self.call("GET", f"/search-data?q={EAST_V4}")})

    def test_written(self):
        self.create("write.example.", rrsets=[rrset("www.write.example.", "A", EAST_V4)])
        self.answered("www.write.example.", "A", EAST_V4)
        self.patch("write.example.", rrset("www.write.example.", "A", EAST_V4, WEST_V4),
                   rrset("*.any.write.example.", "A", EAST_V4, WEST_V4))
        self.answered("www.write.example.", "A", WEST_V4)
        self.answered("x.any.write.example.", "A", WEST_V4)
        # Only the A that is not served stands in a CNAME's way.
        self.patch("write.example.", rrset("www.write.example.", "CNAME", "x.any.write.example."), status=422)
        self.patch("write.example.", rrset("www.write.example.", "A", changetype="DELETE"),
                   rrset("www.write.example.", "CNAME", "x.any.write.example."))
        self.answered("www.write.example.", "CNAME", "x.any.write.example.")
        self.answered("www.write.example.", "A", WEST_V4)

    @unittest.skipIf(PDNS < (4, 9), f"PowerDNS {PDNS_VERSION} ignores the rrsets of a PUT")
    def test_replaced(self):
        """A PUT of the whole zone: both addresses are stored, what is served has the node that is up."""
        zone = "whole.example."
        made = self.create(zone, rrsets=[rrset(f"www.{zone}", "A", V4[1])])
        self.answered(f"www.{zone}", "A", V4[1])
        apex = [found for found in made["rrsets"] if found["name"] == zone]
        self.call("PUT", f"/zones/{zone}", {"rrsets": [*apex, rrset(f"www.{zone}", "A", EAST_V4, WEST_V4)]}, 204)
        self.answered(f"www.{zone}", "A", WEST_V4)

    def test_one_record_more_and_one_less(self):
        """EXTEND and PRUNE, of newer versions, start from what is stored."""
        self.create("extend.example.", rrsets=[rrset("www.extend.example.", "A", EAST_V4, WEST_V4)])
        extend = {"rrsets": [rrset("www.extend.example.", "A", V4[1], changetype="EXTEND")]}
        if curl(self.stock, "PATCH", "/zones/extend.example.", extend).status != 204:
            self.skipTest("this PowerDNS has no EXTEND")
        self.assertEqual(curl(self.server, "PATCH", "/zones/extend.example.", extend).status, 204)
        self.assert_same_rows("after EXTEND")
        self.answered("www.extend.example.", "A", WEST_V4, V4[1])
        self.patch("extend.example.", rrset("www.extend.example.", "A", EAST_V4, changetype="PRUNE"))
        self.answered("www.extend.example.", "A", WEST_V4, V4[1])
        self.assertNotIn(EAST_V4, str(self.call("GET", "/zones/extend.example.")))
