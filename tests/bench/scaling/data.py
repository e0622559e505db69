# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""One set of records, as rows of a store and as zone files: groups of ten, either all in one zone or each a zone of its own.

Of ten records six or seven are addresses of four nodes, the rest is AAAA, MX, TXT, CNAME, NS and SOA. The first node has
one record of each group. Every record that is asked for depends on health, so no cache of PowerDNS answers it.
"""
import random
import sqlite3
from pathlib import Path

TOP = Path(__file__).resolve().parents[3]
OURS = TOP / "schema" / "schema.sql"
STOCK = Path("/usr/share/doc/pdns-backend-sqlite3/schema.sqlite3.sql")
NODES = [f"127.0.1.{n}" for n in range(1, 5)]
SOA = "ns.{0} hostmaster.{0} 1 3600 600 86400 60"
APEX = "scale.example"


class Data:
    """`zones`: each group is a zone of its own."""

    def __init__(self, records: int, zones: bool):
        self.zones, self.groups = zones, max(records // 10, 1)

    def base(self, group: int) -> str:
        return f"g{group}.{APEX}"

    def group(self, group: int):
        """name, type, content, prio; the zone's own two first where each group is one."""
        base = self.base(group)
        others = [NODES[1 + (group + n) % 3] for n in range(3)]
        if self.zones:
            yield from ((base, "SOA", SOA.format(base), 0), (base, "NS", f"ns.{base}", 0))
        else:
            yield from ((base, "A", others[2], 0), (f"www.{base}", "AAAA", f"fd00::{1 + group % 4}", 0))
        yield from ((f"www.{base}", "A", NODES[0], 0), (f"www.{base}", "A", others[0], 0),
                    (f"api.{base}", "A", others[1], 0), (f"cdn.{base}", "A", others[2], 0),
                    (f"mail.{base}", "A", others[0], 0), (f"ns.{base}", "A", others[1], 0),
                    (base, "MX", f"mail.{base}", 10))
        yield ((f"txt.{base}", "TXT", f'"group {group}"', 0), (f"alias.{base}", "CNAME", f"www.{base}", 0),
               (f"v6.{base}", "AAAA", f"fd00::{1 + group % 4}", 0))[group % 3]

    def rows(self):
        """domain_id, name, type, content, ttl, prio."""
        if not self.zones:
            yield from ((1, APEX, "SOA", SOA.format(APEX), 60, 0), (1, APEX, "NS", f"g0.{APEX}", 60, 0))
        for group in range(self.groups):
            for name, kind, content, prio in self.group(group):
                yield 1 + group * self.zones, name, kind, content, 60, prio

    def write_store(self, file: Path):
        store = sqlite3.connect(file)
        store.executescript("PRAGMA synchronous=OFF;" + script(OURS))
        names = (self.base(group) for group in range(self.groups)) if self.zones else [APEX]
        with store:
            store.executemany("INSERT INTO domains (name, type) VALUES (?, 'NATIVE')", ((name,) for name in names))
            store.executemany("INSERT INTO records (domain_id, name, type, content, ttl, prio) VALUES (?,?,?,?,?,?)", self.rows())
            for n, address in enumerate(NODES, 1):
                store.execute("INSERT INTO nodes (name) VALUES (?)", (f"n{n}",))
                store.executemany("INSERT INTO node_targets VALUES (?,?)", ((f"n{n}", address), (f"n{n}", f"fd00::{n}")))
        store.close()

    def write_bind(self, folder: Path):
        """named.conf and the zones."""
        folder.mkdir()
        with open(folder / "named.conf", "w") as conf:
            if self.zones:
                for group in range(self.groups):
                    name = self.base(group)
                    (folder / name).write_text("$TTL 60\n" + self._lines(group, name))
                    conf.write(f'zone "{name}" {{ type native; file "{folder / name}"; }};\n')
                return
            conf.write(f'zone "{APEX}" {{ type native; file "{folder / APEX}"; }};\n')
        with open(folder / APEX, "w") as file:
            file.write(f"$TTL 60\n@ IN SOA {SOA.format(APEX + '.')}\n@ IN NS g0\n")
            for group in range(self.groups):
                file.write(self._lines(group, APEX))

    def _lines(self, group: int, zone: str) -> str:
        def short(name: str) -> str:
            return "@" if name == zone else name.removesuffix("." + zone)

        text = ""
        for name, kind, content, prio in self.group(group):
            if kind == "SOA":
                words = content.split()
                content = " ".join([short(words[0]), short(words[1]), *words[2:]])
            elif kind in ("NS", "CNAME", "MX"):
                content = short(content)
            text += f"{short(name)} IN {kind} {f'{prio} ' if kind == 'MX' else ''}{content}\n"
        return text

    def questions(self, count: int, file: Path):
        chance = random.Random(1)
        with open(file, "w") as out:
            for _ in range(count):
                base = self.base(chance.randrange(self.groups))
                out.write(chance.choice((f"www.{base} A\n", f"api.{base} A\n", f"mail.{base} A\n", f"{base} MX\n")))


def script(file: Path) -> str:
    """What sqlite3 would run, without the shell's own commands."""
    return "\n".join(line for line in file.read_text().splitlines() if not line.startswith("."))
