# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Without nodes, every answer is the one that PowerDNS's own gsqlite3 backend gives for the same database."""
import shutil

import dns.name

from harness.command import run
from harness.testbed import SharedCase

RECORDS = """
@ MX 10 mail.{zone}
@ MX 20 mail.elsewhere.example
@ TXT "v=spf1 -all"
@ CAA 0 issue "ca.example"
ns1 A 192.0.2.53
ns1 AAAA 2001:db8::53
mail A 192.0.2.25
www A 192.0.2.1
www A 192.0.2.2
www AAAA 2001:db8::1
www2 A 192.0.2.3
txt TXT "one" "two; three" "\\"quoted\\""
long TXT "{long}"
_sip._udp SRV 0 5 5060 mail.{zone}
svc HTTPS 1 . alpn=h2,h3 ipv4hint=192.0.2.1
svc SVCB 1 www.{zone}. port=8443
naptr NAPTR 100 50 "s" "z3950+I2L+I2C" "" _sip._udp.{zone}.
alias CNAME www.{zone}
chain CNAME alias.{zone}
out CNAME www.elsewhere.example
dangling CNAME nowhere.{zone}
loop CNAME loop.{zone}
*.wild A 192.0.2.9
*.wild TXT "wild"
*.walias CNAME www.{zone}
real.wild A 192.0.2.10
below.real.wild A 192.0.2.11
a.b.c.ent A 192.0.2.12
sub NS ns.sub.{zone}
sub NS ns1.elsewhere.example
ns.sub A 192.0.2.54
deeper.sub A 192.0.2.55
secure NS ns1.{zone}
secure DS 12345 13 2 {digest}
dot\\.ted A 192.0.2.13
bin\\000\\255 A 192.0.2.14
spa\\032ce A 192.0.2.15
_dmarc TXT "v=DMARC1"
host SSHFP 1 1 {sha1}
tlsa TLSA 3 1 1 {digest}
loc LOC 51 56 0.123 N 5 54 0.000 E 4.00m 1.00m 10000.00m 10.00m
hinfo HINFO "cpu" "os"
rp RP hostmaster.{zone} txt.{zone}
unknown TYPE65534 \\# 3 ABCDEF
"""
NAMES = ("@", "ns1", "mail", "www", "WWW", "www2", "WwW2", "txt", "long", "_sip._udp", "_udp", "svc", "naptr", "alias", "chain",
         "out", "dangling", "loop", "*.wild", "a.wild", "a.b.wild", "wild", "real.wild", "below.real.wild", "x.real.wild",
         "x.walias", "X.y.Walias", "a.b.c.ent", "b.c.ent", "c.ent", "ent", "x.ent", "x.c.ent", "sub", "ns.sub", "deeper.sub",
         "x.sub", "x.y.sub", "secure", "x.secure", "_dmarc", "host", "tlsa", "loc", "hinfo", "rp", "unknown", "nowhere",
         "x.nowhere", "x.www", "x.y.www", "x.y.z.nowhere", "a", "zzz", "~", "x.alias", "x.ns1", "*", "x.*", "*.ent")
LABELS = (b"dot.ted", b"DOT.ted", b"bin\0\xff", b"BIN\0\xff", b"spa ce", b"spa", b"dot", b"\0", b"\xff", b"x.y")
TYPES = ("A", "AAAA", "MX", "SRV", "TXT", "CNAME", "NS", "SOA", "DS", "DNSKEY", "NSEC", "NSEC3PARAM", "CDS", "ANY", "HTTPS",
         "SVCB", "CAA", "PTR", "NAPTR", "SSHFP", "TLSA", "LOC", "HINFO", "RP", "TYPE65534", "RRSIG", "DNAME")
ZONES = ("plain.example", "nsec.example", "nsec3.example", "optout.example", "narrow.example")
OUTSIDE = ("example.", ".", "xplain.example.", "elsewhere.example.", "plain.example.org.")


def comparable(answer):
    """All of an answer but the bytes of signatures, which differ from one signing to the next."""

    def section(rows):
        kept = []
        for owner, kind, ttl, data in rows:
            fields = data.split()
            kept.append((owner, kind, ttl, " ".join(fields[:8]) if kind == "RRSIG" else data))
        return sorted(kept)

    return answer.rcode, answer.flags, section(answer.answer), section(answer.authority), section(answer.additional)


class SameTest(SharedCase):
    """Two servers, two copies of one file."""

    @classmethod
    def prepare(cls, bed):
        store = bed.store("stock.sqlite3")
        for zone in ZONES:
            store.add_zone(zone, RECORDS.format(zone=zone, long="x" * 250 + '" "' + "y" * 250, digest="ab" * 32, sha1="cd" * 20))
        stock = bed.server(name="stock", launch="gsqlite3", gsqlite3_database=store.path, gsqlite3_dnssec="yes")
        stock.configure()
        for zone in ZONES[1:]:
            stock.util("secure-zone", zone)
        stock.util("set-nsec3", "nsec3.example", "1 0 0 ab")
        stock.util("set-nsec3", "optout.example", "1 1 0 -")
        stock.util("set-nsec3", "narrow.example", "1 0 0 -", "narrow")
        stock.util("rectify-all-zones")
        run("sqlite3", store.path, "PRAGMA wal_checkpoint(TRUNCATE)")
        copy = bed.folder / "ours.sqlite3"
        shutil.copy(store.path, copy)
        cls.stock = stock.start()
        cls.ours = bed.serve(name="ours", failover_database=copy, failover_dnssec="yes")

    def compare(self, names, types, **options):
        count, different = 0, []
        for name in names:
            for rdtype in types:
                stock, ours = (server.ask(name, rdtype, **options) for server in (self.stock, self.ours))
                count += 1
                if comparable(stock) != comparable(ours):
                    different.append(f"{name} {rdtype} {options}\n--- gsqlite3\n{stock.message}\n--- failover\n{ours.message}\n")
        print(f"      {count} questions compared, {len(different)} answered differently", flush=True)
        self.assertFalse(different, f"{len(different)} of {count}, such as:\n" + "\n".join(different[:4]))

    @staticmethod
    def names(zone: str):
        origin = dns.name.from_text(zone)
        texts = [origin if name == "@" else dns.name.from_text(name, origin) for name in NAMES]
        return texts + [dns.name.Name((label, *origin.labels)) for label in LABELS]

    def test_plain_zone(self):
        self.compare(self.names("plain.example"), TYPES)
        self.compare(self.names("plain.example"), TYPES, tcp=True)

    def test_plain_zone_asked_for_signatures(self):
        self.compare(self.names("plain.example"), TYPES, dnssec=True)

    def test_signed_zone_asked_without(self):
        self.compare(self.names("nsec.example"), TYPES, tcp=True)

    def test_nsec(self):
        self.compare(self.names("nsec.example"), TYPES, dnssec=True, tcp=True)

    def test_nsec3(self):
        self.compare(self.names("nsec3.example"), TYPES, dnssec=True, tcp=True)

    def test_nsec3_with_opt_out(self):
        self.compare(self.names("optout.example"), TYPES, dnssec=True, tcp=True)

    def test_nsec3_narrow(self):
        self.compare(self.names("narrow.example"), TYPES, dnssec=True, tcp=True)

    def test_outside_of_every_zone(self):
        for options in ({}, {"dnssec": True}):
            self.compare(OUTSIDE, TYPES, **options)
