# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Zones by hand: with each kind of name that answers are made of, in each kind of DNSSEC; and some of a peculiar shape."""
from harness.store import quoted

ZONES = ("plain.example", "raw.example", "nsec.example", "nsec3.example", "optout.example", "narrow.example")
SIGNED = ZONES[2:]
MODES = {"nsec3.example": ("1 0 0 ab",), "optout.example": ("1 1 0 -",), "narrow.example": ("1 0 0 -", "narrow")}
PECULIAR_SIGNED = ("star.example", "empty.example", "single", "dapex.example", "cutabove.example", "noorder.example",
                   "nohash.example")
UNRECTIFIED = ("raw.example",  # as somebody wrote it with SQL: nobody has told glue from data there
               "nosoa.example", "offsoa.example")
SETTINGS = {  # what makes PowerDNS do all that there is to do with them
    "8bit_dns": "yes",  # else it answers SERVFAIL without asking a backend
    "dname_processing": "yes", "enable_lua_records": "yes", "svc_autohints": "yes", "upgrade_unknown_types": "yes",
    # Signatures of this algorithm are equal when what they sign is, and answers that are equal need no closer look.
    "default_ksk_algorithm": "ed25519",
}

# {zone}: the zone itself; {other}: another one in the store; {sub}: the one below; {long}: 200 octets of labels
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
_sip._udp SRV 0 5 5060 mail.{zone}
_sip._udp SRV 0 5 5061 mail.elsewhere.example
upper MX 5 MAIL.{zone}
upper TXT "UPPER and lower"

alias CNAME www.{zone}
alias2 CNAME WWW.{zone}
chain CNAME alias.{zone}
out CNAME www.elsewhere.example
cross CNAME chain.{other}
crossloop CNAME crossloop.{other}
dangling CNAME nowhere.{zone}
loop CNAME loop.{zone}
pong CNAME ping.{zone}
ping CNAME pong.{zone}
toapex CNAME {zone}
tosub CNAME a.sub.{zone}
tobelow CNAME www.{sub}
towild CNAME q.wild.{zone}
toent CNAME ent.{zone}
todname CNAME x.dname.{zone}
beside CNAME www.{zone}
beside TXT "not alone"
many0 CNAME many1.{zone}
many1 CNAME many2.{zone}
many2 CNAME many3.{zone}
many3 CNAME many4.{zone}
many4 CNAME many5.{zone}
many5 CNAME many6.{zone}
many6 CNAME many7.{zone}
many7 CNAME many8.{zone}
many8 CNAME many9.{zone}
many9 CNAME many10.{zone}
many10 CNAME many11.{zone}
many11 CNAME www.{zone}

*.wild A 192.0.2.9
*.wild TXT "wild"
real.wild A 192.0.2.10
below.real.wild A 192.0.2.11
ent.wild.sub2.wild A 192.0.2.12
*.*.wild TXT "two asterisks"
under.*.wild TXT "below the asterisk"
*.walias CNAME www.{zone}
*.wcircle CNAME again.wcircle.{zone}
*.wcross CNAME q.wild.{other}
*.wdname DNAME target.{zone}
*.wcut NS ns.elsewhere.example
*.below.nothing.here A 192.0.2.13
*.mx MX 10 mail.{zone}
a.b.c.ent A 192.0.2.14

sub NS ns.sub.{zone}
sub NS ns1.elsewhere.example
ns.sub A 192.0.2.54
ns.sub AAAA 2001:db8::54
deeper.sub A 192.0.2.55
a.sub CNAME www.{zone}
*.sub TXT "below a cut"
subsub.sub NS ns.subsub.sub.{zone}
ns.subsub.sub A 192.0.2.56
secure NS ns1.{zone}
secure DS 12345 13 2 {digest}
secure DS 12346 13 4 {sha384}
above.secure A 192.0.2.57
dsonly DS 12345 13 2 {digest}
below NS ns.below.{zone}
ns.below A 192.0.2.58
bare NS ns1.{zone}
*.cut.ent2 NS ns1.{zone}

dname DNAME target.{zone}
dname TXT "beside a DNAME"
under.dname A 192.0.2.60
target A 192.0.2.61
b.target A 192.0.2.62
*.target TXT "redirected to the wildcard"
dcross DNAME dname.{other}
dself DNAME self.dself.{zone}
dlong DNAME {long}.{zone}
dout DNAME elsewhere.example
dname2 DNAME dname.{zone}
dsub DNAME sub.{zone}

dot\\.ted A 192.0.2.63
back\\\\slash A 192.0.2.64
bin\\000\\255 A 192.0.2.65
spa\\032ce A 192.0.2.66
semi;colon TXT "escaped \\; and \\" and \\200"
\\001\\002.bin\\000\\255 TXT "below a binary label"
under_score A 192.0.2.67
{label63} A 192.0.2.68
{label63}.{label63} A 192.0.2.69
{longest} A 192.0.2.70
*.{longestparent} TXT "the longest wildcard"

hinfo HINFO "cpu" "os"
rp RP hostmaster.{zone} txt.{zone}
loc LOC 51 56 0.123 N 5 54 0.000 E 4.00m 1.00m 10000.00m 10.00m
naptr NAPTR 100 50 "s" "z3950+I2L+I2C" "" _sip._udp.{zone}.
host SSHFP 1 1 {sha1}
tlsa TLSA 3 1 1 {digest}
ptr PTR www.{zone}
kx KX 10 mail.{zone}
afsdb AFSDB 1 mail.{zone}
uri URI 10 1 "ftp://ftp.{zone}/public"
cert CERT 1 0 0 AQIDBA==
spf SPF "v=spf1 -all"
eui EUI48 00-00-5e-00-53-2a
openpgp OPENPGPKEY AQIDBA==
smimea SMIMEA 3 1 1 {digest}
csync CSYNC 66 3 A NS AAAA
unknown TYPE65534 \\# 3 ABCDEF
unknown TYPE65280 \\# 0
known TYPE1 \\# 4 C0000201
txt TXT "one" "two; three" "\\"quoted\\""
txtbare TXT unquoted
txtempty TXT ""
longtxt TXT "{text250}" "{text250}"
svc HTTPS 1 . alpn=h2,h3 ipv4hint=192.0.2.1
svc SVCB 1 www.{zone}. port=8443
svcalias HTTPS 0 svc.{zone}.
svcauto HTTPS 1 www.{zone}. ipv4hint=auto ipv6hint=auto
svcauto2 HTTPS 1 . ipv4hint=auto
lua LUA A "'192.0.2.80'"
lua LUA TXT "qname:toString()"
*.lua LUA TXT "qname:toString()"
luacname LUA CNAME "'www.{zone}'"
dynamic ALIAS www.{zone}
dynamic TXT "beside an ALIAS"
dynamicout ALIAS www.{other}
dynamicnx ALIAS nowhere.{zone}
*.dynamic ALIAS mail.{zone}
"""

# Rows that add_zone() does not write: (name, type, content, ttl, prio, disabled)
ROWS = [
    ("nottl", "A", "192.0.2.90", None, None, 0),
    ("ttls", "A", "192.0.2.91", 10, None, 0),
    ("ttls", "A", "192.0.2.92", 30, None, 0),
    ("ttls", "A", "192.0.2.93", 20, None, 0),
    ("zero", "A", "192.0.2.94", 0, None, 0),
    ("maximal", "A", "192.0.2.95", 2**31 - 1, None, 0),
    ("noprio", "MX", "10 mail.{zone}", 300, None, 0),
    ("prio0", "SRV", "0 5060 mail.{zone}", 300, 0, 0),
    ("unused", "A", "192.0.2.96", 300, 7, 0),
    ("same", "A", "192.0.2.97", 300, None, 0),
    ("same", "A", "192.0.2.97", 300, None, 0),
    ("same", "TXT", '"twice"', 300, None, 0),
    ("same", "TXT", '"twice"', 600, None, 0),
    ("off", "A", "192.0.2.98", 300, None, 1),
    ("half", "A", "192.0.2.98", 300, None, 1),
    ("half", "A", "192.0.2.99", 300, None, 0),
    ("half", "AAAA", "2001:db8::99", 300, None, 1),
    ("a.b.offent", "A", "192.0.2.98", 300, None, 1),
    ("*.offwild", "A", "192.0.2.98", 300, None, 1),
    ("offcut", "NS", "ns1.{zone}", 300, None, 1),
    ("a.offcut", "A", "192.0.2.98", 300, None, 0),
    ("www", "CNAME", "mail.{zone}", 300, None, 1),
] + [("large", "A", f"192.0.2.{last}", 300, None, 0) for last in range(40)] \
  + [("larger", "TXT", f'"{last:04} {"." * 180}"', 300, None, 0) for last in range(120)] \
  + [("toolarge", "TXT", f'"{last:04} {"." * 240}"', 300, None, 0) for last in range(300)]

BELOW = """
@ TXT "apex of the zone below"
www A 192.0.2.100
*.wild TXT "wild below"
up CNAME www.{above}
cut NS ns1.{above}
dname DNAME {above}
"""


def add_zones(store):
    for zone, other in zip(ZONES, ZONES[1:] + ZONES[:1]):
        add_sample(store, zone, other)
    add_peculiar(store)


def sign_zones(server, store):
    """With the pdnsutil of a server that has the store."""
    for zone in SIGNED:
        server.util("secure-zone", zone, f"below.{zone}")
        if zone in MODES:
            server.util("set-nsec3", zone, *MODES[zone])
            server.util("set-nsec3", f"below.{zone}", *MODES[zone])
    server.util("secure-zone", "bare.nsec.example", *PECULIAR_SIGNED)
    server.util("set-nsec3", "star.example", "1 0 0 -")
    server.util("set-nsec3", "nohash.example", "1 0 1 ab")
    server.util("rectify-zone", *[zone for zone, in store.read("SELECT name FROM domains") if zone not in UNRECTIFIED])
    store.sql("UPDATE records SET ordername = NULL WHERE name LIKE '%noorder.example';"
              "UPDATE domainmetadata SET content = '1 0 70000 ab' WHERE kind = 'NSEC3PARAM' AND content = '1 0 1 ab'")


def add_sample(store, zone: str, other: str):
    """The zone, and two below it in the same store: below.<zone>, and bare.<zone> with nothing in it but its apex."""
    label63 = "l" * 63
    room = 255 - len(zone) - 2  # octets before the zone: labels with their lengths
    longest = ".".join([label63] * (room // 64))
    longest += "." + "m" * (room % 64 - 1) if room % 64 > 1 else ""
    words = {"zone": zone, "other": other, "sub": f"below.{zone}", "label63": label63, "longest": longest,
             "longestparent": longest.partition(".")[2], "long": f"{label63}." * 3 + "n" * 7, "text250": "x" * 250,
             "digest": "ab" * 32, "sha1": "cd" * 20, "sha384": "ef" * 48}
    store.add_zone(zone, RECORDS.format(**words))
    store.sql(";\n".join(row_sql(zone, *row) for row in ROWS))
    store.add_zone(f"below.{zone}", BELOW.format(above=zone))
    store.add_zone(f"bare.{zone}", "")


def row_sql(zone: str, name: str, rdtype: str, content: str, ttl, prio, disabled) -> str:
    values = (f"{name}.{zone}", rdtype, content.format(zone=zone), ttl, prio, disabled)
    return ("INSERT INTO records (domain_id, name, type, content, ttl, prio, disabled) "
            f"SELECT id, {', '.join(map(quoted, values))} FROM domains WHERE name = {quoted(zone)}")


def add_peculiar(store):
    """Zones that are shaped unlike others."""
    store.add_zone("star.example", "* A 192.0.2.110\n*.b TXT \"b\"\nc.b A 192.0.2.111\n*.*.d TXT \"d\"")
    store.add_zone("starcname.example", "* CNAME www.star.example\nwww A 192.0.2.112")
    store.add_zone("empty.example", "")
    store.add_zone("nosoa.example", "www A 192.0.2.113")
    store.delete_record("nosoa.example", "SOA")
    store.add_zone("offsoa.example", "www A 192.0.2.115")
    store.sql("UPDATE records SET disabled = 1 WHERE name = 'offsoa.example' AND type = 'SOA'")
    store.add_zone("noorder.example", "www A 192.0.2.119\n*.wild A 192.0.2.120\ncut NS ns1.noorder.example")
    store.add_zone("nohash.example", "www A 192.0.2.119\n*.wild A 192.0.2.120\ncut NS ns1.nohash.example")
    store.add_zone("single", "www A 192.0.2.116\na.b.c TXT \"abc\"\ncut NS ns1.single")
    store.add_zone("dapex.example", "@ DNAME star.example\nunder A 192.0.2.117")
    store.add_zone("cutabove.example", "a.b.c NS ns.a.b.c.cutabove.example\nns.a.b.c A 192.0.2.118")
