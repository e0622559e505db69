# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""pdnsutil on zones: each command does what it does to stock gsqlite3, and a running server answers the result at once."""
import os
from unittest import mock

from harness.twins import SECOND, TwinsCase

BIND_ZONE = """
$ORIGIN load.example.
$TTL 1h
@       IN SOA  ns1 hostmaster ( 2024010101 ; serial
                                 3h 1h 1w 5m )
        IN NS   ns1
        IN NS   ns.elsewhere.example.
        IN MX   10 mail
        IN TXT  "v=spf1 -all" ; a comment
        IN CAA  0 issue "ca.example"
ns1     IN A    192.0.2.53
        IN AAAA 2001:db8::53
mail 60 IN A    192.0.2.25
www     IN CNAME @
*.wild  IN TXT  "any" "thing; quoted \\"so\\""
a.b.ent IN A    192.0.2.12
sub     IN NS   ns.sub
ns.sub  IN A    192.0.2.54
_sip._udp IN SRV 0 5 5060 sip.load.example.
dot\\.ted IN A  192.0.2.13
UPPER   IN A    192.0.2.14
odd     IN TYPE65534 \\# 3 abcdef
$GENERATE 1-3 host$ A 192.0.2.$
$ORIGIN deeper.load.example.
name    IN A    192.0.2.15
"""


class ZonesCase(TwinsCase):
    """What is needed to begin with."""

    def with_records(self, zone: str):
        self.util("create-zone", zone, "ns1." + zone)
        self.util("replace-rrset", zone, "@", "SOA", "300", f"ns1.{zone} hostmaster.{zone} 1 10800 3600 604800 60")
        self.util("add-record", zone, "ns1", "A", "192.0.2.53")
        self.util("add-record", zone, "www", "A", "192.0.2.1")

    def load(self, zone: str, text: str):
        path = self.bed.folder / "zonefile"
        path.write_text(text)
        return "load-zone", zone, str(path)


class ZonesTest(ZonesCase):
    """Each test has a zone named after it."""

    def test_create_and_delete(self):
        zone = "create.example"
        for rdtype in ("SOA", "NS"):  # PowerDNS now remembers that there is none
            self.assertEqual(self.server.ask(zone + ".", rdtype).rcode, "REFUSED")
        self.util("create-zone", zone, "ns1.create.example")
        self.answered(zone + ".", "NS", "ns1.create.example.")
        self.refused("create-zone", zone)
        self.assertIn(zone, self.util("list-all-zones"))
        self.util("add-record", zone, "www", "A", "192.0.2.1")
        self.util("secure-zone", zone)
        self.util("set-meta", zone, "X-TEST", "value")
        self.answered("www." + zone + ".", "A", "192.0.2.1")
        self.util("delete-zone", zone)
        self.rcode_becomes(zone + ".", "REFUSED")
        self.rcode_becomes("www." + zone + ".", "REFUSED", "A")
        for table in ("domains", "records", "domainmetadata", "cryptokeys"):
            self.assertEqual(self.rows(table, zone), [])
        self.refused("delete-zone", zone)
        self.util("create-zone", zone, "ns2.create.example")
        self.answered(zone + ".", "NS", "ns2.create.example.")

    def test_zone_below_a_zone(self):
        self.with_records("parent.example")
        self.util("add-record", "parent.example", "www.child", "A", "192.0.2.1")
        self.answered("www.child.parent.example.", "A", "192.0.2.1")
        self.util("create-zone", "child.parent.example", "ns1.parent.example")
        self.util("add-record", "child.parent.example", "www", "A", "192.0.2.2")
        self.answered("www.child.parent.example.", "A", "192.0.2.2")
        self.util("delete-zone", "child.parent.example")
        self.answered("www.child.parent.example.", "A", "192.0.2.1")

    def test_secondary_zone(self):
        zone = "secondary.example"
        self.util("create-secondary-zone", zone, "192.0.2.9", "2001:db8::9")
        self.assertIn("'SLAVE'", self.rows("domains", zone)[0])
        self.assertIn("192.0.2.9", self.util("show-zone", zone))
        self.refused("create-secondary-zone", zone, "192.0.2.9")
        self.util("change-secondary-zone-primary", zone, "192.0.2.10")
        self.assertIn("'192.0.2.10'", self.rows("domains", zone)[0])
        self.refused("change-secondary-zone-primary", "no." + zone, "192.0.2.10")
        self.assertNotIn(zone, self.util("list-all-zones", "secondary"))
        self.assertIn(zone, self.util("list-all-zones", "secondary", "--verbose"))
        self.util(*self.load(zone, BIND_ZONE.replace("load.example", zone)), "--force")
        self.answered("mail." + zone + ".", "A", "192.0.2.25")

    def test_load_zone(self):
        zone = "load.example"
        self.util(*self.load(zone, BIND_ZONE))
        self.answered("load.example.", "SOA", "ns1.load.example. hostmaster.load.example. 2024010101 10800 3600 604800 300")
        for name, rdtype, data in (("@", "NS", ("ns.elsewhere.example.", "ns1.load.example.")),
                                   ("@", "MX", ("10 mail.load.example.",)), ("@", "TXT", ('"v=spf1 -all"',)),
                                   ("@", "CAA", ('0 issue "ca.example"',)), ("mail", "A", ("192.0.2.25",)),
                                   ("x.wild", "TXT", ('"any" "thing; quoted \\"so\\""',)), ("host3", "A", ("192.0.2.3",)),
                                   ("_sip._udp", "SRV", ("0 5 5060 sip.load.example.",)), ("dot\\.ted", "A", ("192.0.2.13",)),
                                   ("upper", "A", ("192.0.2.14",)), ("name.deeper", "A", ("192.0.2.15",)),
                                   ("odd", "TYPE65534", ("\\# 3 abcdef",)), ("www", "CNAME", ("load.example.",))):
            owner = "load.example." if name == "@" else f"{name}.load.example."
            self.assertEqual(self.server.data(owner, rdtype), tuple(sorted(data)), f"{owner} {rdtype}")
        self.assertEqual(self.server.ask("x.sub.load.example.", "A").authority[0][:2], ("sub.load.example.", "NS"))
        self.util("rectify-zone", zone)
        self.rcode_becomes("ent.load.example.", "NOERROR", "A")
        self.util("check-zone", zone)

    def test_load_zone_again(self):
        zone = "again.example"
        text = BIND_ZONE.replace("load.example", zone)
        self.util(*self.load(zone, text))
        self.answered("mail.again.example.", "A", "192.0.2.25")
        self.util("secure-zone", zone)
        self.util("set-meta", zone, "X-TEST", "kept")
        self.util(*self.load(zone, text.replace("192.0.2.25", "192.0.2.26").replace("UPPER", "lower")))
        self.answered("mail.again.example.", "A", "192.0.2.26")
        self.rcode_becomes("upper.again.example.", "NXDOMAIN", "A")
        self.answered("lower.again.example.", "A", "192.0.2.14")
        self.assertIn("X-TEST = kept", self.util("get-meta", zone))
        self.assertEqual(len(self.rows("cryptokeys", zone)), 1)

    def test_a_file_that_does_not_load_changes_nothing(self):
        zone = "broken.example"
        text = BIND_ZONE.replace("load.example", zone)
        self.util(*self.load(zone, text))
        self.answered("mail.broken.example.", "A", "192.0.2.25")
        before = self.rows("records", zone)
        for wrong in ("mail A 192.0.2.256\n", "out.of.zone.example. A 192.0.2.1\n", "www TYPEWRONG x\n"):
            self.refused(*self.load(zone, text.replace("192.0.2.25", "192.0.2.26") + wrong))
        self.assertEqual(self.rows("records", zone), before)
        self.assertEqual(self.server.data("mail.broken.example.", "A"), ("192.0.2.25",))
        self.refused("load-zone", zone, str(self.bed.folder / "no such file"))

    def test_list_and_clear(self):
        zone = "clear.example"
        self.with_records(zone)
        self.assertRegex(self.util("list-zone", zone), r"www\.clear\.example\.?\t\d+\tIN\tA\t192\.0\.2\.1")
        self.answered("www.clear.example.", "A", "192.0.2.1")
        self.util("set-meta", zone, "X-TEST", "kept")
        self.util("clear-zone", zone)
        self.assertEqual(self.rows("records", zone), [])
        self.assertIn("'X-TEST', 'kept'", "".join(self.rows("domainmetadata", zone)))
        self.answered("www.clear.example.", "A")
        self.assertNotEqual(self.server.ask("www.clear.example.", "A").rcode, "NOERROR")
        self.refused("clear-zone", "no.clear.example")
        self.refused("list-zone", "no.clear.example")
        self.util(*self.load(zone, BIND_ZONE.replace("load.example", zone)))
        self.answered("mail.clear.example.", "A", "192.0.2.25")

    def test_edit(self):
        zone = "edit.example"
        self.with_records(zone)
        self.answered("www.edit.example.", "A", "192.0.2.1")
        self.edit(zone, r"s/192\.0\.2\.1$/192.0.2.2/; s/ 1 10800 3600/ 7 10800 3600/", "a")  # apply
        self.answered("www.edit.example.", "A", "192.0.2.2")
        self.assertEqual(self.serial(zone), 7)
        self.edit(zone, "s/192.0.2.2$/192.0.2.256/", "q", self.refused)  # quit
        self.edit(zone, "", "q")
        self.assertEqual(self.server.data("www.edit.example.", "A"), ("192.0.2.2",))

    def edit(self, zone: str, program: str, typed: str, how=None):
        """edit-zone with sed for an editor."""
        editor = self.bed.folder / "editor"
        editor.write_text(f"#!/bin/sh\nfor file; do :; done\nsed -i -e '{program}' \"$file\"\n")  # the last argument
        editor.chmod(0o755)
        with mock.patch.dict(os.environ, EDITOR=str(editor)):
            (how or self.util)("edit-zone", zone, text=typed, random=True)  # says a temporary file's name

    def test_copy(self):
        self.needs("zone copy")
        self.with_records("copy.example")
        self.util("set-meta", "copy.example", "X-TEST", "kept")
        self.util("zone", "copy", "copy.example", "copied.example")
        self.util("rectify-zone", "copied.example")
        self.answered("www.copied.example.", "A", "192.0.2.1")
        self.assertIn("X-TEST = kept", self.util("get-meta", "copied.example"))

    def test_increase_serial(self):
        zone = "serial.example"
        self.with_records(zone)
        self.answered("www.serial.example.", "A", "192.0.2.1")
        self.assertEqual(self.serial(zone), 1)
        self.util("increase-serial", zone)
        self.answered("serial.example.", "SOA", "ns1.serial.example. hostmaster.serial.example. 2 10800 3600 604800 60")
        self.util("set-meta", zone, "SOA-EDIT", "INCEPTION-INCREMENT")
        self.util("secure-zone", zone)
        self.util("increase-serial", zone, random=True)
        self.refused("increase-serial", "no.serial.example")

    def test_kind_account_options(self):
        zone = "kind.example"
        self.with_records(zone)
        for kind, stored in (("primary", "MASTER"), ("native", "NATIVE"), ("producer", "PRODUCER"), ("consumer", "CONSUMER"),
                             ("secondary", "SLAVE")):
            self.util("set-kind", zone, kind)
            self.assertIn(f"'{stored}'", self.rows("domains", zone)[0])
            self.assertIn(zone, self.util("list-all-zones", kind))
            self.assertNotIn(zone, self.util("list-all-zones", "native" if kind == "primary" else "primary"))
            self.util("show-zone", zone)
        self.util("set-kind", zone, "primary")
        self.util("set-account", zone, "Jäger & Søn's")
        self.assertIn("Jäger & Søn's", self.util("show-zone", zone))
        self.util("set-account", zone, "")
        self.util("set-options-json", zone, '{"producer":{"unique":"abc"}}')
        self.assertIn("abc", self.util("show-zone", zone))
        self.refused("set-options-json", zone, "{no json")
        self.util("set-option", zone, "producer", "coo", "other.example")
        self.util("set-option", zone, "producer", "group", "one", "two")
        self.assertIn("other.example", self.util("show-zone", zone))
        self.util("set-option", zone, "producer", "coo", "")
        self.assertNotIn("other.example", self.util("show-zone", zone))
        self.util("set-options-json", zone, "")
        for command in (("set-kind", "primary"), ("set-account", "x"), ("set-options-json", "{}"),
                        ("set-catalog", "catalog.example"), ("set-option", "producer", "coo", "x")):
            self.refused(command[0], "no.kind.example", *command[1:])
        self.assertEqual(self.server.data("www.kind.example.", "A"), ("192.0.2.1",))


class AllZonesTest(ZonesCase):
    """Commands that look at every zone there is."""

    def test_check(self):
        zone = "check.example"
        self.with_records(zone)
        self.util("check-zone", zone)
        self.util("check-all-zones")
        self.sql(self.store.record_sql(zone, "www", "CNAME", "elsewhere.example")
                 + ";" + self.store.record_sql(zone, "mx", "MX", "10 not..a..name"))
        self.assertRegex(self.refused("check-zone", zone), "(?i)error")
        self.refused("check-all-zones")
        self.refused("check-all-zones", "exit-on-error")
        self.util("delete-zone", zone)
        self.util("check-all-zones")

    def test_rectify(self):
        zone = "rectify.example"
        self.with_records(zone)
        self.util("add-record", zone, "a.b.ent", "A", "192.0.2.12")
        self.util("add-record", zone, "sub", "NS", "ns.sub.rectify.example")
        self.util("add-record", zone, "sub", "DS", "12345 13 2 " + "ab" * 32)
        self.util("add-record", zone, "ns.sub", "A", "192.0.2.54")
        self.util("secure-zone", zone)
        good = self.rows("records", zone)
        ents = [row for row in good if f"'{zone}', 'b.ent.{zone}', None" in row]
        self.assertEqual(len(ents), 1, "an empty non-terminal has a row")
        for command in (("rectify-zone", zone), ("rectify-all-zones",), ("rectify-all-zones", "quiet")):
            self.sql("UPDATE records SET ordername = NULL, auth = 1; DELETE FROM records WHERE type IS NULL")
            self.rcode_becomes(f"b.ent.{zone}.", "NXDOMAIN")
            self.assertNotEqual(self.rows("records", zone), good)
            self.util(*command)
            self.assertEqual(self.rows("records", zone), good)
            self.rcode_becomes(f"b.ent.{zone}.", "NOERROR")
        self.refused("rectify-zone", "no.rectify.example")
        self.util("delete-rrset", zone, "a.b.ent", "A")
        self.util("rectify-zone", zone)
        self.rcode_becomes(f"ent.{zone}.", "NXDOMAIN")

    def test_secure_all(self):
        self.with_records("one.example")
        self.with_records("two.example")
        self.util("secure-zone", "one.example")
        self.util("secure-all-zones")
        self.util("secure-all-zones", "increase-serial")
        for zone in ("one.example", "two.example"):
            self.assertEqual(len(self.rows("cryptokeys", zone)), 1)
            self.eventually(lambda name=zone + ".": len(self.server.data(name, "DNSKEY")) == 1, SECOND, f"the key of {zone}")


class FewEmptyNamesTest(ZonesCase):
    """More empty non-terminals than PowerDNS is told to keep: it keeps none."""

    SETTINGS = {"max_ent_entries": 1}

    def test_rectify(self):
        zone = "few.example"
        self.with_records(zone)
        self.util("add-record", zone, "a.ent", "A", "192.0.2.1")
        self.util("rectify-zone", zone)
        self.rcode_becomes(f"ent.{zone}.", "NOERROR")
        self.util("add-record", zone, "a.b.c", "A", "192.0.2.1")
        self.util("rectify-zone", zone)
        self.rcode_becomes(f"ent.{zone}.", "NXDOMAIN")
