# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""pdnsutil on records: each command does what it does to stock gsqlite3, loses nothing that is not answered at the
moment, and a running server answers the result at once."""
from harness.testbed import EAST, EAST_V4, WEST, WEST_V4
from harness.twins import SECOND, TwinsCase
from harness.versions import PDNS

ZONE = "alpha.example"
ONE, TWO, THREE = "198.51.100.1", "198.51.100.2", "198.51.100.3"


class RecordsTest(TwinsCase):
    """One zone; each test has names of its own in it."""

    @classmethod
    def prepare(cls, bed):
        super().prepare(bed)
        for server in (cls.stock, cls.server):
            server.util("create-zone", ZONE, "ns1." + ZONE)

    def test_add(self):
        self.rcode_becomes("add.alpha.example.", "NXDOMAIN", "A")  # PowerDNS remembers it
        self.util("add-record", ZONE, "add", "A", ONE)
        self.answered("add.alpha.example.", "A", ONE)
        self.util("add-record", ZONE, "add", "A", "3600", TWO, THREE)
        self.answered("add.alpha.example.", "A", ONE, TWO, THREE)
        self.assertIn("A\t" + TWO, self.util("list-zone", ZONE))

    def test_each_form_of_name_and_content(self):
        for name, rdtype, content, owner, data in (
                ("@", "TXT", '"at the apex"', "alpha.example.", '"at the apex"'),
                ("*.wild", "TXT", '"a" "b; \\"c\\""', "x.wild.alpha.example.", '"a" "b; \\"c\\""'),
                ("mx", "MX", "10 mail.elsewhere.example", "mx.alpha.example.", "10 mail.elsewhere.example."),
                ("_sip._udp", "SRV", "1 2 5060 sip.elsewhere.example", "_sip._udp.alpha.example.",
                 "1 2 5060 sip.elsewhere.example."),
                ("UpPeR", "AAAA", "2001:DB8::0:1", "upper.alpha.example.", "2001:db8::1"),
                ("dot\\.ted", "A", ONE, "dot\\.ted.alpha.example.", ONE),
                ("long", "TXT", '"' + "x" * 255 + '" "' + "y" * 100 + '"', "long.alpha.example.",
                 '"' + "x" * 255 + '" "' + "y" * 100 + '"'),
                ("svc", "HTTPS", "1 . alpn=h2,h3 port=8443", "svc.alpha.example.", '1 . alpn="h2,h3" port="8443"'),
                ("odd", "TYPE65534", "\\# 3 abcdef", "odd.alpha.example.", "\\# 3 abcdef")):
            self.util("add-record", ZONE, name, rdtype, content)
            self.answered(owner, rdtype, data)

    def test_replace(self):
        self.util("add-record", ZONE, "replace", "A", ONE)
        self.answered("replace.alpha.example.", "A", ONE)
        self.util("replace-rrset", ZONE, "replace", "A", "60", TWO, THREE)
        self.answered("replace.alpha.example.", "A", TWO, THREE)
        self.assertEqual({row[2] for row in self.server.ask("replace.alpha.example.", "A").answer}, {60})
        self.util("replace-rrset", ZONE, "new", "A", ONE)
        self.answered("new.alpha.example.", "A", ONE)

    def test_delete(self):
        self.util("add-record", ZONE, "delete", "A", ONE)
        self.util("add-record", ZONE, "delete", "TXT", '"stays"')
        self.answered("delete.alpha.example.", "A", ONE)
        self.answered("delete.alpha.example.", "TXT", '"stays"')
        self.util("delete-rrset", ZONE, "delete", "A")
        self.answered("delete.alpha.example.", "A")
        self.rcode_becomes("delete.alpha.example.", "NOERROR", "A")
        self.util("delete-rrset", ZONE, "delete", "TXT")
        self.rcode_becomes("delete.alpha.example.", "NXDOMAIN", "TXT")
        self.util("delete-rrset", ZONE, "nowhere", "A")
        self.util("add-record", ZONE, "delete", "A", TWO)
        self.answered("delete.alpha.example.", "A", TWO)

    def test_refused_and_nothing_changed(self):
        self.util("add-record", ZONE, "alias", "CNAME", "www.elsewhere.example")
        self.util("add-record", ZONE, "address", "A", ONE)
        before = self.rows("records", ZONE)
        allowed = {("replace-rrset", "address", "CNAME")}
        if PDNS >= (5, 1):  # replacing no longer looks at what else the name has
            allowed.add(("replace-rrset", "alias", "A"))
        for words in (("alias", "A", ONE), ("address", "CNAME", "x.example"), ("address", "A", "192.0.2.256"),
                      ("address", "TYPEWRONG", "x")):
            for command in ("add-record", "replace-rrset"):
                if (command, *words[:2]) not in allowed:
                    self.refused(command, ZONE, *words)
        for command in (("add-record", "x", "A", ONE), ("replace-rrset", "x", "A", ONE), ("delete-rrset", "x", "A")):
            self.refused(command[0], "no.example", *command[1:])
        self.assertEqual(self.rows("records", ZONE), before)
        self.answered("alias.alpha.example.", "CNAME", "www.elsewhere.example.")

    def test_disabled_records_and_comments(self):
        self.util("add-record", ZONE, "disabled", "A", ONE, TWO)
        self.sql(f"UPDATE records SET disabled = 1 WHERE name = 'disabled.{ZONE}' AND content = '{ONE}';"
                 "INSERT INTO comments (domain_id, name, type, modified_at, account, comment)"
                 f" SELECT id, 'disabled.{ZONE}', 'A', 1700000000, 'me', 'it''s why' FROM domains WHERE name = '{ZONE}'")
        self.answered("disabled.alpha.example.", "A", TWO)
        self.assertNotIn("\t" + ONE, [line[-len(ONE) - 1:] for line in self.util("list-zone", ZONE).splitlines()
                                      if line.startswith("disabled.")])
        self.util("add-record", ZONE, "disabled", "A", THREE)
        self.answered("disabled.alpha.example.", "A", TWO, THREE)
        self.assertEqual(len(self.rows("comments", ZONE)), 1)
        self.util("check-zone", ZONE)

    def test_comments(self):
        self.needs("rrset add-comment")
        self.server.util("rrset", "add-comment", ZONE, "www." + ZONE, "A", "it's why", "me")  # the time is a part of it
        row = self.rows("comments", ZONE)[-1]
        self.assertIn("it's why", row)
        self.assertIn("it's why", self.server.util("rrset", "list-comments", ZONE))
        self.store.sql("DELETE FROM comments WHERE comment = 'it''s why'")

    def test_bench(self):
        names = self.bed.folder / "names"
        names.write_text("alpha.example\nno.example\n")
        self.assertRegex(self.util("bench-db", str(names), random=True), r"Retrieved [1-9]\d* records")


class NodesTest(TwinsCase):
    """Records of nodes that are down are not answered, but they are there."""

    def setUp(self):
        super().setUp()
        for server in (self.stock, self.server):
            server.util("create-zone", ZONE, "ns1." + ZONE)
        self.store.add_node("east", *EAST, admin="down")
        self.store.add_node("west", *WEST)

    def test_whoever_adds_to_them_loses_none(self):
        self.util("add-record", ZONE, "www", "A", EAST_V4, WEST_V4)
        self.answered("www.alpha.example.", "A", WEST_V4)
        self.assertIn(EAST_V4, self.util("list-zone", ZONE))
        self.assertIn(EAST_V4, self.util("add-record", ZONE, "www", "A", ONE))
        self.answered("www.alpha.example.", "A", WEST_V4, ONE)
        self.store.set_admin("east", "auto")
        self.answered("www.alpha.example.", "A", EAST_V4, WEST_V4, ONE)
        self.util("delete-rrset", ZONE, "www", "A")
        self.rcode_becomes("www.alpha.example.", "NXDOMAIN", "A")
        self.util("replace-rrset", ZONE, "www", "A", EAST_V4, TWO)
        self.store.set_admin("east", "down")
        self.answered("www.alpha.example.", "A", TWO)
        self.eventually(lambda: self.server.node("east")["state"] == "forced-down", SECOND, "east is down")
