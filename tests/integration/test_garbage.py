# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Random garbage in every column of every table, from a printed seed, while a server answers for a healthy zone."""
import os
import random
import sqlite3

from harness.asker import Asker
from harness.poll import eventually
from harness.testbed import EAST, EAST_V4, HOSTS, Case

SEED = int(os.environ.get("FAILOVER_TEST_SEED", "0")) or random.SystemRandom().randrange(1, 10**9)
ROUNDS, ROWS = 12, 40
WITHIN = 10.0
HEALTHY = [("www.healthy.example.", "A", {}), ("healthy.example.", "SOA", {}), ("www.signed.example.", "A", {"dnssec": True}),
           ("signed.example.", "DNSKEY", {"dnssec": True})]
COLUMNS = {
    "domains": ("id", "name", "master", "last_check", "type", "notified_serial", "account", "options", "catalog"),
    "records": ("domain_id", "name", "type", "content", "ttl", "prio", "disabled", "ordername", "auth"),
    "domainmetadata": ("domain_id", "kind", "content"),
    "cryptokeys": ("domain_id", "flags", "active", "published", "content"),
    "comments": ("domain_id", "name", "type", "modified_at", "account", "comment"),
    "tsigkeys": ("name", "algorithm", "secret"),
    "supermasters": ("ip", "nameserver", "account"),
    "nodes": ("name", "admin_state", "priority", "weight", "comment"),
    "node_targets": ("node", "target"),
    "checks": ("node", "url", "address", "method", "headers", "expect_status", "interval_ms", "timeout_ms", "fall"),
    "policies": ("name", "type", "when_down"),
    "node_state": ("node", "state", "verdict", "since", "updated", "reason"),
    "health_events": ("at", "node", "from_state", "to_state", "reason"),
}
TYPES = ("A", "AAAA", "MX", "SRV", "TXT", "CNAME", "DNAME", "NS", "SOA", "PTR", "CAA", "HTTPS", "LUA", "ALIAS", "DS", "NSEC3PARAM",
         "TYPE999", "RRSIG", None, "a", "nonsense")
KINDS = ("NSEC3PARAM", "PRESIGNED", "SOA-EDIT", "NSEC3NARROW", "ALLOW-AXFR-FROM", "LUA-AXFR-SCRIPT", "ENABLE-LUA-RECORDS",
         "PUBLISH-CDS", "x")
SICK = ("sick.example", "www.sick.example", "a..sick.example", "*.sick.example", "sub.sick.example", "SICK.example.")
TEXTS = ("", ".", "..", "*", "www", "a" * 300, "\\", "\\999", "\0", "'\"", "192.0.2.1", "::1", "1 0 1 ab", "10 mail.example.", "nan",
         "é", "NATIVE",
         *SICK, "down", "east", "1")
NUMBERS = (0, 1, -1, 2, 255, 65536, 2**31 - 1, 2**31, 2**32, 2**63 - 1, -2**63, 1.5, 1e300, float("inf"))


class Garbage:
    """Draws rows. The healthy zones have ids of their own, which none of them gets."""

    def __init__(self, seed: int):
        self.chance = random.Random(seed)

    def value(self):
        draw = self.chance
        return draw.choice((
            lambda: None,
            lambda: draw.choice(TEXTS),
            lambda: draw.choice(NUMBERS),
            lambda: draw.randbytes(draw.randrange(40)),  # a BLOB
            lambda: draw.randbytes(draw.randrange(40)).decode("latin-1"),
            lambda: draw.choice(TEXTS).encode() + b"\xff\xfe",
        ))()

    def row(self, table: str) -> dict:
        draw = self.chance
        row = {column: self.value() for column in COLUMNS[table] if draw.random() < 0.9}
        if "domain_id" in COLUMNS[table]:
            row["domain_id"] = draw.choice((77, 77, 77, 78, 4000, None))
        if table == "domains":
            row["id"] = draw.choice((77, 78, draw.randrange(100, 2**33), -draw.randrange(1, 9)))
            row["name"] = draw.choice((self.value(), "sick.example", "Sick.Example.", f"s{draw.randrange(9)}.example"))
        if table in ("records", "comments") and draw.random() < 0.8:  # many that are nearly well
            row |= {"name": draw.choice(SICK), "type": draw.choice(TYPES), "disabled": 0, "ttl": 60}
        if table == "domainmetadata":
            row["kind"] = draw.choice(KINDS)
        if table == "nodes" or "node" in row:
            row["name" if table == "nodes" else "node"] = draw.choice(("sick", "ghost", self.value()))
        return row


class GarbageTest(Case):
    """Every constraint and trigger that a careless tool might lack is taken away first, but those that tell us of changes."""

    def setUp(self):
        super().setUp()
        self.store = self.bed.store()
        self.store.add_zone("healthy.example", HOSTS + f"www A {EAST_V4}")
        self.store.add_zone("signed.example", f"www A {EAST_V4}")
        self.store.sql("INSERT INTO domains (id, name, type) VALUES (77, 'sick.example', 'NATIVE');"
                       "INSERT INTO nodes (name) VALUES ('sick')")
        self.store.add_record("sick.example", "@", "SOA", "ns1.sick.example h.sick.example 1 1 1 1 1")
        self.store.add_node("east", *EAST)
        tool = self.bed.server(self.store, name="tool", failover_dnssec="yes")
        tool.configure()
        tool.util("secure-zone", "signed.example")
        tool.util("secure-zone", "sick.example")
        self.database = sqlite3.connect(self.store.path, isolation_level=None, timeout=10)
        self.addCleanup(self.database.close)
        self.database.execute("PRAGMA ignore_check_constraints = ON")

    def throw(self, garbage: Garbage) -> int:
        """Rows in one transaction; SQLite still refuses some (NOT NULL, UNIQUE, STRICT tables)."""
        taken = 0
        self.database.execute("BEGIN IMMEDIATE")
        for _ in range(ROWS):
            table = garbage.chance.choice(tuple(COLUMNS))
            row = garbage.row(table)
            if not row:
                continue
            for name, value in row.items():
                # bytes that are no UTF-8 cannot be bound as text by Python
                if isinstance(value, bytes) and garbage.chance.random() < 0.5:
                    row[name] = ("text", value)
            marks = ", ".join("CAST(? AS TEXT)" if isinstance(value, tuple) else "?" for value in row.values())
            values = [value[1] if isinstance(value, tuple) else value for value in row.values()]
            try:
                self.database.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", values)
                taken += 1
            except (sqlite3.Error, OverflowError):
                pass
        self.database.execute("COMMIT")
        return taken

    def test_healthy_names_are_answered_throughout(self):
        print(f"      seed: {SEED} (FAILOVER_TEST_SEED)", flush=True)
        garbage = Garbage(SEED)
        server = self.bed.serve(self.store, failover_dnssec="yes", failover_poll_interval_ms=50, allow_axfr_ips="127.0.0.0/8",
                                zone_cache_refresh_interval=1)
        taken = 0
        with Asker(server, HEALTHY) as asker:
            for number in range(ROUNDS):
                taken += self.throw(garbage)
                marker = f"192.0.2.{number + 10}"
                self.database.execute("INSERT INTO records (domain_id, name, type, content, ttl) "
                                      "VALUES (1, 'mark.healthy.example', 'A', ?, 60)", (marker,))
                eventually(lambda: marker in server.data("mark.healthy.example.", "A"), WITHIN, f"round {number} is read")
                self.ask_sick_names(server)
            asker.goes_on()
        self.assertGreater(taken, ROUNDS * ROWS // 4)
        self.assertEqual(asker.faults[:5], [], f"{len(asker.faults)} of {asker.count} questions")
        self.assertIsNone(server.process.poll())
        self.assertGreater(server.status()["store"]["problems_total"], 0)
        self.assertEqual(server.data("www.healthy.example.", "A"), (EAST_V4,))
        server.restart()
        self.assertEqual(server.data("www.healthy.example.", "A"), (EAST_V4,))
        self.assertTrue(server.ask("www.signed.example.", "A", dnssec=True).data("RRSIG"))

    def ask_sick_names(self, server):
        """Whatever the answer: that there is one, and that somebody is left to give the next."""
        for name in ("sick.example.", "www.sick.example.", "sub.sick.example.", "x.sub.sick.example.", "nowhere.sick.example.",
                     "s1.example."):
            for kind in ("A", "ANY", "SOA", "TXT", "DNSKEY", "MX"):
                server.ask(name, kind, dnssec=True, tcp=kind == "ANY")
