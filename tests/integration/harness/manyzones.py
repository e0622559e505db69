# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Zones with something of everything in them, made by pdnsutil, and questions that show whether it is all there."""
from harness.command import without_log

ZONES = ("plain.example", "nsec.example", "nsec3.example", "narrow.example")
OTHER_ZONES = ("secondary.example", "catalog.example")
BIND_ZONE = """
$TTL 300
@ IN SOA ns1 hostmaster 7 10800 3600 604800 60
@ NS ns1
@ MX 10 mail
ns1 A 192.0.2.53
mail A 192.0.2.25
www A 192.0.2.1
www A 192.0.2.2
alias CNAME www
*.wild TXT "any \\"thing\\""
a.b.ent A 192.0.2.12
sub NS ns.sub
ns.sub A 192.0.2.54
off A 192.0.2.13
UPPER A 192.0.2.14
dot\\.ted A 192.0.2.15
"""
NAMES = ("@", "ns1", "mail", "www", "alias", "x.wild", "wild", "ent", "a.b.ent", "sub", "x.sub", "off", "upper", "dot\\.ted",
         "nowhere")
TYPES = ("A", "AAAA", "MX", "TXT", "NS", "SOA", "CNAME", "DNSKEY", "NSEC3PARAM", "CDS", "ANY")


def fill(server, store):
    """By the server's pdnsutil, on whichever backend; what pdnsutil cannot make, into the store itself."""
    zone_file = server.folder / "zone"
    for zone in ZONES:
        zone_file.write_text(f"$ORIGIN {zone}.\n{BIND_ZONE}")
        server.util("load-zone", zone, str(zone_file))
    for zone in ZONES[1:]:
        # Algorithms whose signatures are the same each time, so that answers can be compared whole.
        server.util("add-zone-key", zone, "ksk", "active", "ed25519")
        server.util("add-zone-key", zone, "zsk", "inactive", "unpublished", "rsasha256", "2048")
        server.util("set-publish-cds", zone)
    server.util("set-nsec3", "nsec3.example", "1 1 3 abcd")
    server.util("set-nsec3", "narrow.example", "1 0 0 -", "narrow")
    server.util("set-meta", "plain.example", "X-NOTE", "one", "it's two")
    server.util("create-secondary-zone", "secondary.example", "192.0.2.9", "2001:db8::9")
    server.util("create-zone", "catalog.example", "invalid")
    server.util("set-kind", "catalog.example", "producer")
    server.util("set-kind", "plain.example", "primary")
    server.util("set-catalog", "plain.example", "catalog.example")
    server.util("set-option", "plain.example", "producer", "group", "fast")
    server.util("set-account", "nsec.example", "Jäger & Søn's")
    server.util("import-tsig-key", "one.key", "hmac-sha256", "c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0")
    server.util("activate-tsig-key", "plain.example", "one.key", "primary")
    server.util("add-autoprimary", "192.0.2.7", "ns1.elsewhere.example", "account")
    store.sql(
        "UPDATE records SET disabled = 1 WHERE name LIKE 'off.%';"
        "UPDATE domains SET notified_serial = 4294967295, last_check = 1700000000 WHERE name = 'secondary.example';"
        "INSERT INTO comments (domain_id, name, type, modified_at, account, comment)"
        " SELECT id, 'www.plain.example', 'A', 1700000000, 'me', 'it''s a comment' FROM domains WHERE name = 'plain.example'")
    server.util("rectify-all-zones")


def answers(server) -> dict:
    """Every question's answer: code, flags and all sections."""
    found = {}
    for zone in ZONES + OTHER_ZONES:
        for name in NAMES:
            owner = f"{zone}." if name == "@" else f"{name}.{zone}."
            for rdtype in TYPES:
                answer = server.ask(owner, rdtype, dnssec=zone != "plain.example", tcp=True)
                found[owner, rdtype] = (answer.rcode, answer.flags, answer.answer, answer.authority, answer.additional)
    return found


def sayings(server) -> dict:
    """What pdnsutil shows of everything."""
    commands = [("list-all-zones",), ("list-all-zones", "--verbose"), ("list-keys",), ("list-tsig-keys",),
                ("list-autoprimaries",)]
    for zone in ZONES + OTHER_ZONES:
        commands += [("list-zone", zone), ("show-zone", zone), ("get-meta", zone)]
    return {command: without_log(server.util(*command)) for command in commands}
