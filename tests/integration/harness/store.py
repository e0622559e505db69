# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""A store, changed as an administrator changes it: by the sqlite3 program, in a process of its own."""
from pathlib import Path

from harness.command import run
from harness.paths import SCHEMA

SOA = "ns1.{zone} hostmaster.{zone} 1 10800 3600 604800 60"


def quoted(value) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, (int, float)):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


def absolute(name: str, zone: str) -> str:
    return zone if name == "@" else f"{name}.{zone}"


class Store:
    """One SQLite file with the schema of schema/schema.sql. `wrapper`: command words that sqlite3 runs under."""

    def __init__(self, path: Path, create: bool = True, wrapper: tuple = ()):
        self.path, self.wrapper = Path(path), wrapper
        if create:
            run("sqlite3", "-bail", self.path, text=(SCHEMA / "schema.sql").read_text())

    def sql(self, statements: str) -> str:
        """One transaction. Raises CommandFailed with SQLite's message."""
        return run(*self.wrapper, "sqlite3", "-bail", "-batch", "-cmd", ".timeout 5000", self.path,
                   text=f"BEGIN IMMEDIATE;\n{statements};\nCOMMIT;\n").strip()

    def read(self, select: str) -> list[list[str]]:
        """Rows as lists of text; takes no write lock."""
        out = run(*self.wrapper, "sqlite3", "-batch", "-separator", "\x1f", "-cmd", ".timeout 5000", self.path, select)
        return [line.split("\x1f") for line in out.splitlines()]

    def insert(self, table: str, **columns):
        names = ", ".join(columns)
        values = ", ".join(quoted(value) for value in columns.values())
        self.sql(f"INSERT INTO {table} ({names}) VALUES ({values})")

    def add_zone(self, zone: str, records: str, soa: str = SOA, kind: str = "NATIVE"):
        """`records`: lines of "NAME TYPE CONTENT", NAME relative to the zone or @; MX and SRV begin with their priority.

        An SOA and one NS record come by themselves.
        """
        statements = [f"INSERT INTO domains (name, type) VALUES ({quoted(zone)}, {quoted(kind)})"]
        lines = [f"@ SOA {soa.format(zone=zone)}", f"@ NS ns1.{zone}", *records.strip().splitlines()]
        statements += [self.record_sql(zone, *line.split(None, 2)) for line in lines if line.strip()]
        self.sql(";\n".join(statements))

    def record_sql(self, zone: str, name: str, rdtype: str, content: str, ttl: int = 300) -> str:
        priority = None
        if rdtype in ("MX", "SRV"):
            priority, content = content.split(None, 1)
        owner = absolute(name, zone)
        return ("INSERT INTO records (domain_id, name, type, content, ttl, prio) SELECT id, "
                f"{quoted(owner)}, {quoted(rdtype)}, {quoted(content.strip())}, {ttl}, "
                f"{priority or 'NULL'} FROM domains WHERE name = {quoted(zone)}")

    def add_record(self, zone: str, name: str, rdtype: str, content: str, ttl: int = 300):
        self.sql(self.record_sql(zone, name, rdtype, content, ttl))

    def delete_record(self, name: str, rdtype: str):
        self.sql(f"DELETE FROM records WHERE name = {quoted(name)} AND type = {quoted(rdtype)}")

    def delete_zone(self, zone: str):
        self.sql(f"DELETE FROM records WHERE domain_id = (SELECT id FROM domains WHERE name = {quoted(zone)});\n"
                 f"DELETE FROM domains WHERE name = {quoted(zone)}")

    def add_node(self, name: str, *targets: str, url: str | None = None, admin: str = "auto", **check):
        """A node, its targets and, with a url, one check whose further columns are `check`."""
        statements = [f"INSERT INTO nodes (name, admin_state) VALUES ({quoted(name)}, {quoted(admin)})"]
        statements += [f"INSERT INTO node_targets (node, target) VALUES ({quoted(name)}, {quoted(target)})"
                       for target in targets]
        if url is not None:
            columns = {"node": name, "url": url, **check}
            statements.append(f"INSERT INTO checks ({', '.join(columns)}) "
                              f"VALUES ({', '.join(quoted(value) for value in columns.values())})")
        self.sql(";\n".join(statements))

    def set_admin(self, node: str, state: str):
        self.sql(f"UPDATE nodes SET admin_state = {quoted(state)} WHERE name = {quoted(node)}")
