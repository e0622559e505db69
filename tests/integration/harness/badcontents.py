# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Record contents that no version of PowerDNS can parse, by type."""
import dns.rdatatype

# Notation of RFC 3597 whose length is a lie: broken for every type that is not free text, which since 5.1 needs no quotes.
NO_LENGTH = "\\# 5 00"
FREE_TEXT = {"TXT", "SPF", "RESINFO", "WALLET"}
# Too short, too long, out of range, of another type.
BROKEN = {
    "A": ("", "192.0.2.999", "192.0.2", "2001:db8::1", "192.0.2.1 garbage", "192.0.2.1 192.0.2.2", "host.example"),
    "AAAA": ("", "2001:db8::zz", "192.0.2.1", "1:2:3:4:5:6:7:8:9", "2001:db8::1%eth0 x"),
    "AFSDB": ("", "x host.example", "70000 host.example"),
    "ALIAS": ("", "a..b", "x" * 64),
    "CAA": ("", "x", "256 issue \"x\""),
    "CDNSKEY": ("", "257 3", "257 3 x AAAA"),
    "CDS": ("", "1 8", "70000 8 2 aa"),
    "CERT": ("", "x 0 0 AAAA"),
    "CNAME": ("", "a..b", "x" * 64 + ".example", ".".join(["abcdefgh"] * 29), "www.example other.example"),
    "CSYNC": ("", "x 1 A"),
    "DNAME": ("", "a..b", "x" * 64),
    "DNSKEY": ("", "257 3", "x 3 8 AAAA"),
    "DS": ("", "x 8 2 aa", "70000 8 2 aa", "1 8"),
    "EUI48": ("", "00-00", "zz-zz-zz-zz-zz-zz"),
    "EUI64": ("", "00-00"),
    "HTTPS": ("", "1", "x . alpn=h2", "1 . port=x", "1 . ipv4hint=nowhere"),
    "IPSECKEY": ("", "10 9 2 . AAAA x"),
    "KX": ("", "x host.example"),
    "LOC": ("", "52 N"),
    "LUA": ("",),
    "MX": ("a..b", "x" * 64),
    "NAPTR": ("", "100 50", "x 50 \"s\" \"http\" \"\" ."),
    "NS": ("", "a..b", "x" * 64, "ns1.example ns2.example"),
    "NSEC3PARAM": ("", "1 0", "x 0 0 ab"),
    "PTR": ("", "a..b", "x" * 64),
    "RP": ("", "a..b c"),
    "SMIMEA": ("", "x 1 1 aa"),
    "SRV": ("", "10", "x 80 host.example", "10 70000 host.example", "10 80 a..b"),
    "SSHFP": ("", "x 1 aa"),
    "SVCB": ("", "1", "x ."),
    "TLSA": ("", "x 1 1 aa", "3 1"),
    "TXT": ('"unterminated',),
    "URI": ("", "x 1 \"u\""),
}
# No type of data, or none at all.
NO_TYPES = ("NOTYPE", "TYPE70000", "TYPE12x", "TYPE", "ANY", "AXFR", "OPT", "TSIG", "A B")


def broken_contents() -> list[tuple[str, str]]:
    """(type, content): the contents above, and NO_LENGTH for every type that dnspython knows."""
    types = {kind.name.replace("_", "-") for kind in dns.rdatatype.RdataType} - {"NONE", "TYPE0"}
    rows = [(kind, NO_LENGTH) for kind in sorted((types | BROKEN.keys()) - FREE_TEXT)]
    rows += [(kind, content) for kind, contents in BROKEN.items() for content in contents]
    return rows + [(kind, "\\# 0") for kind in NO_TYPES]
