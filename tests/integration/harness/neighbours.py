# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""What to ask about a store: its names and types as they stand in it, and the names around them that don't exist."""
import random

import dns.name
import dns.rdatatype

# Asked of every name, whatever it has, and of some: types that PowerDNS treats in a way of its own, some that are in hardly any
# zone, and meta types. AXFR and IXFR are no questions but transfers; TKEY's answer has a nonce in it.
PRIVATE = {"ALIAS": "TYPE65401", "LUA": "TYPE65402"}  # PowerDNS's own, which no other program has a name for
ANYWHERE = ("A", "AAAA", "NS", "SOA", "DS", "CNAME", "DNAME", "TXT", "ANY", "NSEC", "DNSKEY")
RARELY = ("MX", "SRV", "HTTPS", "NSEC3PARAM", "NSEC3", "CDS", "CDNSKEY", "RRSIG", "MAILB", "TYPE0", "TYPE41", "TYPE65281",
          "TYPE65535", "LOC", "PTR", *PRIVATE.values())
NOWHERE = ("A", "DS", "TXT", "ANY", "CNAME")


def numbers(types) -> list[int]:
    return [dns.rdatatype.from_text(rdtype) for rdtype in types]


def stored(store) -> dict[dns.name.Name, set[int]]:
    """Every name of the store with its types, disabled ones too; none for an empty non-terminal."""
    found = {}
    for name, rdtype in store.read("SELECT DISTINCT name, coalesce(type, '') FROM records ORDER BY name, type"):
        types = found.setdefault(dns.name.from_text(name), set())
        if rdtype:
            types.add(dns.rdatatype.from_text(PRIVATE.get(rdtype, rdtype)))
    return found


def ancestors(name):
    """All names above, the root last."""
    while name != dns.name.root:
        name = name.parent()
        yield name


def below(name, *labels: bytes):
    """labels.name, or nothing where that would be too long for a name."""
    try:
        yield dns.name.Name((*labels, *name.labels))
    except dns.name.NameTooLong:
        return


def beside(name):
    """Names right before and after it in a zone's order, with the same parent."""
    if name == dns.name.root:
        return
    label, parent = name.labels[0], name.parent()
    for other in (label + b"\0", label[:-1] + bytes([max(label[-1] - 1, 0)]) + b"\xff", label[:-1]):
        if 0 < len(other) <= 63:
            yield from below(parent, other)


def around(names) -> set[dns.name.Name]:
    """Names that stand above, below, between and beside these, and are none of them."""
    found = set()
    for name in names:
        for labels in ((b"x",), (b"x", b"y"), (b"*",), (b"x", b"*"), (b"www",)):
            found.update(below(name, *labels))
        found.update(beside(name))
        for ancestor in ancestors(name):
            found.add(ancestor)
            found.update(below(ancestor, b"nosuch"))
    return found.difference(names)


def in_other_case(name, chance: random.Random):
    """The same name, each letter large or small at random."""
    labels = [bytes(byte ^ (32 * chance.getrandbits(1)) if chr(byte).isalpha() and byte < 128 else byte for byte in label)
              for label in name.labels]
    return dns.name.Name(labels)


def questions(names: dict, chance: random.Random) -> list[tuple]:
    """About these names, some of them in another case, and about those around them; shuffled, so that every kind of answer
    comes before and after every other."""
    asked = [(name, rdtype) for name, types in names.items() for rdtype in types.union(numbers(ANYWHERE))]
    asked += [(name, chance.choice(numbers(RARELY))) for name in names for _ in range(3)]
    asked += [(name, rdtype) for name in sorted(around(names)) for rdtype in numbers(NOWHERE)]
    chance.shuffle(asked)
    return [(name if index % 4 else in_other_case(name, chance), rdtype) for index, (name, rdtype) in enumerate(asked)]


def within(questions_, zone: str) -> list[tuple]:
    """Those of the questions that a zone has to do with: about names in it or right above it."""
    apex = dns.name.from_text(zone)
    return [question for question in questions_ if question[0].is_subdomain(apex) or apex.parent() == question[0]]
