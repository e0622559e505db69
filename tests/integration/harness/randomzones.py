# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Zones made at random, from a seed: few labels, so that names share them and stand above, below and beside one another, and
much of what makes answers interesting: wildcards, cuts, redirections that lead anywhere, zones below zones.

A name has one CNAME and one DNAME at most: of several, gsqlite3 answers each, and we the first. Two things more are left out
since PowerDNS does not answer them well, with any backend, nor always alike. A wildcard with a CNAME and
other data: asked for ANY, it says that what is read after the CNAME belongs to the CNAME's target. And a record with
automatic hints that is there twice: filling in one of them spoils the cache's copy, so that once there are two, once one."""
import random

from harness.store import SOA, absolute, quoted

LABELS = ["a", "b", "c", "d", "www", "*", "*", "*", "x-1", "_tcp", "l" * 63, "\\000", "\\255z", "dot\\.ted", "sp\\032ace"]
MODES = ("unsigned", "raw", "nsec", "nsec3", "optout", "narrow")  # raw: unsigned, and nobody has told glue from data
DIGEST = "ab" * 32
AUTO = "ipv4hint=auto"


class RandomZones:
    """`modes`: for each zone, parents before children, how it is to be signed."""

    def __init__(self, seed: int, zones: int, names: int):
        self._chance = random.Random(seed)
        self.modes = {zone: self._chance.choice(MODES) for zone in self._zone_names(zones)}
        self._owners = {zone: self._owner_names(zone, names) for zone in self.modes}
        self._anywhere = [absolute(owner, zone) for zone, owners in self._owners.items() for owner in owners]

    def fill(self, store):
        for zone, owners in self._owners.items():
            rows = [("@", "SOA", SOA.format(zone=zone), 300, None, 0), ("@", "NS", self._target(), 300, None, 0)]
            for owner in owners:
                rows += self._rows(owner)
            for owner in self._chance.sample(owners, len(owners) // 4):  # a second kind of data at the same name
                rows += self._rows(owner) if not owner.startswith("*") else []
            statements = [f"INSERT INTO domains (name, type) VALUES ({quoted(zone)}, 'NATIVE')"]
            statements += [self._insert(zone, *row) for row in self._served(rows)]
            store.sql(";\n".join(statements))

    @staticmethod
    def _served(rows):
        """Without the rows that must not be there twice."""
        kept = {}
        for index, row in enumerate(rows):
            owner, rdtype, content = row[:3]
            key = (owner, rdtype) if rdtype in ("CNAME", "DNAME") else (owner, content) if AUTO in content else index
            kept.setdefault(key, row)
        return kept.values()

    @staticmethod
    def _insert(zone: str, owner: str, *values) -> str:
        return ("INSERT INTO records (domain_id, name, type, content, ttl, prio, disabled) SELECT id, "
                f"{quoted(absolute(owner, zone))}, {', '.join(map(quoted, values))} FROM domains WHERE name = {quoted(zone)}")

    def _zone_names(self, count: int) -> list[str]:
        names = []
        while len(names) < count:
            name = f"z{len(names)}.example"
            if names and self._chance.random() < 0.4:
                name = absolute(".".join(self._chance.choices(["a", "b", "www", "d"], k=self._chance.choice((1, 1, 2)))),
                                self._chance.choice(names))
            if name not in names:
                names.append(name)
        return names

    def _owner_names(self, zone: str, count: int) -> list[str]:
        owners = ["@"]
        while len(owners) < count:
            above = self._chance.choice(owners) if self._chance.random() < 0.7 else "@"
            labels = self._chance.choices(LABELS, k=self._chance.choice((1, 1, 1, 2, 3)))
            owner = ".".join(labels + ([above] if above != "@" else []))
            if owner not in owners and len(absolute(owner, zone)) < 250:
                owners.append(owner)
        return owners

    def _target(self) -> str:
        """A name that is in some zone, below one that is, or nowhere."""
        name = self._chance.choice(self._anywhere)
        return self._chance.choice((name, name, name, f"x.{name}", f"a.b.{name}", "www.elsewhere.example",
                                    self._chance.choice(list(self.modes))))

    def _rows(self, owner: str) -> list[tuple]:
        """What stands at a name: (owner, type, content, ttl, prio, disabled)."""
        make = self._chance.choices((self._data, self._redirection, self._cut, self._disabled), (6, 2.5, 2, 0.5))[0]
        rows = make(owner)
        if owner == "@":  # a redirection of the apex, or a cut at it, would be all that there is to see in the zone
            rows = [row for row in rows if row[1] != "CNAME"]
        if self._chance.random() < 0.1:  # the same once more
            rows += rows[:1]
        return rows

    def _row(self, owner: str, rdtype: str, content: str, prio=None) -> tuple:
        ttl = self._chance.choice((300, 300, 300, 300, 60, 0, None, 86400))
        return owner, rdtype, content, ttl, prio, 0

    def _data(self, owner: str) -> list[tuple]:
        chance, rows = self._chance, []
        types = ("A", "A", "AAAA", "TXT", "MX", "SRV", "HTTPS", "PTR", "TYPE65400")
        for rdtype in chance.sample(types, chance.choice((1, 1, 2, 3))):
            for _ in range(chance.choice((1, 1, 2, 4))):
                rows.append(self._row(owner, rdtype, *self._content(rdtype)))
        return rows

    def _content(self, rdtype: str) -> tuple:
        chance = self._chance
        number = chance.randrange(256)
        return {
            "A": (f"192.0.2.{number}",),
            "AAAA": (f"2001:db8::{number:x}",),
            "TXT": (f'"{"t" * number}" "{number}"',),
            "MX": (self._target(), number),
            "SRV": (f"{number} 443 {self._target()}", number % 3),
            "HTTPS": (f"{number % 2} {self._target()}." + (f" alpn=h2 {AUTO}" if number % 2 else ""),),
            "PTR": (self._target(),),
            "TYPE65400": (f"\\# 2 {number:04X}",),
        }[rdtype]

    def _redirection(self, owner: str) -> list[tuple]:
        return [self._row(owner, self._chance.choice(("CNAME", "CNAME", "DNAME")), self._target())]

    def _cut(self, owner: str) -> list[tuple]:
        rows = [self._row(owner, "NS", self._target()) for _ in range(self._chance.choice((1, 2, 3)))]
        if owner != "@":
            glue = f"ns.{owner}"
            if self._chance.random() < 0.5 and not owner.startswith("*"):
                rows += [self._row(glue, "A", "192.0.2.53"), self._row(glue, "AAAA", "2001:db8::53")]
            if self._chance.random() < 0.4:
                rows.append(self._row(owner, "DS", f"{self._chance.randrange(65536)} 13 2 {DIGEST}"))
        return rows

    def _disabled(self, owner: str) -> list[tuple]:
        return [(*row[:5], 1) for row in self._data(owner) + self._redirection(owner)]
