# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""pdnsutil on DNSSEC: each command does what it does to stock gsqlite3, and a running server answers the result at once,
although PowerDNS caches keys and metadata of zones."""
import re

import dns.dnssec

from harness.command import run
from harness.poll import eventually
from harness.twins import SECOND, TwinsCase
from harness.zonekeys import ZoneKeys

WWW = "192.0.2.1"


class KeysCase(TwinsCase):
    """A zone for each test, and questions about its signatures."""

    def make_zone(self, zone: str):
        self.zone, self.apex, self.www = zone, f"{zone}.", f"www.{zone}."
        self.keys = ZoneKeys(self.server, zone)
        self.util("create-zone", zone, "ns1." + zone)
        self.util("add-record", zone, "www", "A", WWW)
        self.answered(self.www, "A", WWW)

    def add_key(self, *words: str) -> str:
        """The new key's number."""
        return self.util("add-zone-key", self.zone, *words).split()[-1]

    def number(self) -> str:
        """Of the zone's first key."""
        return re.search(r"(?i)ID = (\d+)", self.util("show-zone", self.zone))[1]

    def becomes(self, what, expected, description: str):
        eventually(lambda: what() == expected, SECOND, f"{description} is {expected}")

    def www_signed_by(self, *numbers: str):
        self.becomes(lambda: self.keys.signers("www", "A"), self.keys.tags(*numbers), "the signers of www")

    def served_keys(self, *numbers: str):
        self.becomes(self.keys.served, self.keys.tags(*numbers), "the DNSKEY rrset")

    def key_file(self, *words: str):
        """A new private key in a file; the same for both stores, so that what is said of it can be compared."""
        said = run("pdnsutil", f"--config-dir={self.server.folder}", "generate-zone-key", *words)
        path = self.bed.folder / f"{self.zone}-{'-'.join(words)}.key"
        path.write_text(said[said.index("Private-key-format"):])
        return path


class KeysTest(KeysCase):
    """Making, moving, switching and removing keys."""

    def test_secure_and_disable(self):
        self.make_zone("secure.example")
        self.assertEqual(self.keys.signers("www", "A"), set())
        self.refused("export-zone-ds", self.zone)
        self.util("secure-zone", self.zone)
        number = self.util("list-keys", self.zone, random=True)
        self.assertRegex(number, r"(?i)csk")
        eventually(lambda: len(self.keys.signers("www", "A")) == 1, SECOND, "www is signed")
        self.assertEqual(self.keys.signers("", "DNSKEY"), self.keys.signers("www", "A"))
        self.refused("secure-zone", self.zone)
        self.refused("secure-zone", "no.secure.example")
        self.util("show-zone", self.zone, random=True)
        self.util("disable-dnssec", self.zone)
        self.becomes(lambda: self.keys.signers("www", "A"), set(), "the signers of www")
        self.answered(self.apex, "DNSKEY")
        self.util("secure-zone", self.zone)
        eventually(lambda: len(self.keys.signers("www", "A")) == 1, SECOND, "www is signed again")

    def test_export_and_import(self):
        self.make_zone("import.example")
        for number, algorithm in enumerate(("rsasha256", "ecdsa256", "ecdsa384", "ed25519"), 1):
            path = self.key_file("ksk", algorithm)
            self.util("import-zone-key", self.zone, str(path), "ksk", "active", "published")
            self.assertEqual(self.util("export-zone-key", self.zone, str(number)).strip(), path.read_text().strip())
            self.assertIn(self.zone, self.util("export-zone-dnskey", self.zone, str(number)))
        self.served_keys("1", "2", "3", "4")
        self.www_signed_by("1", "2", "3", "4")
        self.assertIn("import.example", self.util("list-keys"))
        said = self.util("show-zone", self.zone)
        for key in self.server.data(self.apex, "DNSKEY", tcp=True):
            self.assertIn(key.split()[3][:20], said)  # dnspython breaks long keys into words
        exported = re.findall(r"IN DS (\d+ \d+ 2 [0-9a-f]+)", self.util("export-zone-ds", self.zone))
        self.assertEqual(set(exported), {self.keys.ds(number) for number in "1234"})

    def test_import_inactive_and_unpublished(self):
        self.make_zone("flags.example")
        self.util("import-zone-key", self.zone, str(self.key_file("ksk", "ecdsa256")), "ksk")
        self.util("import-zone-key", self.zone, str(self.key_file("zsk", "ecdsa256")), "zsk", "inactive", "published")
        self.util("import-zone-key", self.zone, str(self.key_file("zsk", "ecdsa256", "256")), "zsk", "inactive", "unpublished")
        first, second, third = re.findall(r"(?i)ID = (\d+)", self.util("show-zone", self.zone))
        self.www_signed_by(first)
        self.served_keys(first, second)
        self.util("publish-zone-key", self.zone, third)
        self.served_keys(first, second, third)

    def test_pem(self):
        self.make_zone("pem.example")
        self.util("import-zone-key", self.zone, str(self.key_file("ksk", "ecdsa256")), "ksk")
        pem = self.bed.folder / "key.pem"
        text = self.util("export-zone-key-pem", self.zone, self.number())
        pem.write_text(text[text.index("-----BEGIN"):])
        run("openssl", "pkey", "-in", pem, "-noout")
        key = self.server.data(self.apex, "DNSKEY")
        self.make_zone("pem2.example")
        self.util("import-zone-key-pem", self.zone, str(pem), "13", "ksk")
        self.answered(self.apex, "DNSKEY", *key)
        self.www_signed_by(self.number())

    def test_switching_keys(self):
        self.make_zone("switch.example")
        one = self.add_key("ksk", "active", "ecdsa256")
        two = self.add_key("zsk", "active", "ecdsa256")
        three = self.add_key("zsk", "inactive", "unpublished", "ecdsa256")
        self.served_keys(one, two)
        self.www_signed_by(two)
        self.assertEqual(self.keys.signers("", "DNSKEY"), self.keys.tags(one))
        self.util("publish-zone-key", self.zone, three)
        self.served_keys(one, two, three)
        self.util("activate-zone-key", self.zone, three)
        self.www_signed_by(two, three)
        self.util("deactivate-zone-key", self.zone, two)
        self.www_signed_by(three)
        self.util("unpublish-zone-key", self.zone, two)
        self.served_keys(one, three)
        self.util("remove-zone-key", self.zone, two)
        self.assertEqual(len(self.rows("cryptokeys", self.zone)), 2)
        self.www_signed_by(three)
        for command in ("publish", "unpublish", "activate", "deactivate"):
            self.refused(f"{command}-zone-key", self.zone, "9999")
        self.util("check-zone", self.zone)

    def test_with_an_rsa_key_of_a_size(self):
        self.make_zone("rsa.example")
        number = self.add_key("ksk", "2048", "active", "rsasha256")
        self.www_signed_by(number)
        self.assertIn("bits = 2048", self.util("show-zone", self.zone, random=True))


class DenialTest(KeysCase):
    """NSEC and NSEC3, chosen while the server runs."""

    def denial(self, types: set[str]):
        def seen() -> set[str]:
            answer = self.server.ask("nowhere." + self.apex, "A", dnssec=True, tcp=True)
            return {kind for _, kind, _, _ in answer.authority} - {"SOA", "RRSIG"}

        self.becomes(seen, types, "what denies a name")

    def test_nsec3_and_back(self):
        self.make_zone("nsec3.example")
        self.util("add-record", self.zone, "a.b.ent", "A", WWW)
        self.util("secure-zone", self.zone)
        self.util("rectify-zone", self.zone)
        self.denial({"NSEC"})
        self.util("set-nsec3", self.zone, "1 0 1 abcd")
        self.util("rectify-zone", self.zone)
        self.denial({"NSEC3"})
        self.answered(self.apex, "NSEC3PARAM", "1 0 1 abcd")
        hashed = dns.dnssec.nsec3_hash(self.www, "abcd", 1, "SHA1").lower()
        self.assertEqual(self.util("hash-zone-record", self.zone, self.www).split()[-1].lower(), hashed)
        self.util("set-nsec3", self.zone, "1 1 0 -", "narrow")
        self.util("rectify-zone", self.zone)
        self.answered(self.apex, "NSEC3PARAM", "1 0 0 -")
        self.denial({"NSEC3"})
        self.assertRegex(self.util("show-zone", self.zone, random=True), "(?i)narrow")
        self.util("set-nsec3", self.zone)
        self.util("rectify-zone", self.zone)
        self.util("unset-nsec3", self.zone)
        self.util("rectify-zone", self.zone)
        self.denial({"NSEC"})
        self.answered(self.apex, "NSEC3PARAM")
        self.refused("set-nsec3", self.zone, "2 0 0 -")

    def test_signalling_zone(self):
        self.needs("zone set-signaling")
        self.make_zone("_signal.ns1.example")
        self.util("zone", "set-signaling", self.zone)
        self.denial({"NSEC3"})
        self.assertIn("SIGNALING-ZONE = 1", self.util("get-meta", self.zone))

    def test_what_the_parent_shall_know(self):
        self.make_zone("cds.example")
        path = self.key_file("ksk", "ecdsa256")
        self.util("import-zone-key", self.zone, str(path), "ksk")
        number = self.number()
        digests = [self.keys.ds(number, kind) for kind in (2, 4)]
        for rdtype in ("CDS", "CDNSKEY"):
            self.answered(self.apex, rdtype)
        self.util("set-publish-cds", self.zone)
        self.answered(self.apex, "CDS", digests[0])
        self.util("set-publish-cds", self.zone, "2,4")
        self.answered(self.apex, "CDS", *digests)
        self.util("set-publish-cdnskey", self.zone)
        self.answered(self.apex, "CDNSKEY", self.keys.dnskey(number))
        self.assertEqual(self.keys.signers("", "CDS"), self.keys.signers("", "DNSKEY"))
        self.util("set-publish-cds", self.zone, "0")
        self.answered(self.apex, "CDS", "0 0 0 00")
        self.util("set-publish-cdnskey", self.zone, "delete")
        self.answered(self.apex, "CDNSKEY", "0 3 0 AA==")
        self.util("unset-publish-cds", self.zone)
        self.util("unset-publish-cdnskey", self.zone)
        for rdtype in ("CDS", "CDNSKEY"):
            self.answered(self.apex, rdtype)


class PresignedTest(KeysCase):
    """A zone that somebody else has signed."""

    def test_presigned(self):
        self.make_zone("signed.example")
        self.util("import-zone-key", self.zone, str(self.key_file("ksk", "ecdsa256")), "ksk")
        self.util("rectify-zone", self.zone)
        eventually(lambda: self.keys.signers("www", "A"), SECOND, "www is signed")
        transfer = run("dig", "@127.0.0.1", "-p", self.server.port, "+onesoa", "+nocomments", "+nocmd", self.zone, "AXFR")
        self.assertIn("RRSIG", transfer)
        # PowerDNS makes NSEC records itself, of a presigned zone too; their signatures are stored.
        lines = [line for line in transfer.splitlines() if not re.search(r"\sNSEC\s(?!\d)", line)]
        zone_file = self.bed.folder / "signed.zone"
        zone_file.write_text("\n".join(lines) + "\n")
        signature = self.server.ask(self.www, "A", dnssec=True).data("RRSIG")
        self.util("delete-zone", self.zone)
        self.rcode_becomes(self.apex, "REFUSED")
        self.util("load-zone", self.zone, str(zone_file))
        self.answered(self.www, "A", WWW)
        self.util("set-presigned", self.zone)
        self.refused("rectify-zone", self.zone)
        eventually(lambda: self.server.ask(self.www, "A", dnssec=True).data("RRSIG") == signature, SECOND, "its signature")
        self.assertRegex(self.util("show-zone", self.zone), "(?i)presigned")
        self.util("export-zone-ds", self.zone)
        self.refused("increase-serial", self.zone)
        self.util("unset-presigned", self.zone)
        eventually(lambda: not self.server.ask(self.www, "A", dnssec=True).data("RRSIG"), SECOND, "nothing is signed")
