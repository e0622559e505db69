# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""PowerDNS's own tables in a form that can be compared between databases: what no change of backend may lose."""
import re
import sqlite3
from contextlib import closing
from pathlib import Path

from harness.command import run

STOCK_SCHEMA = Path("/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql")  # of Debian's package

# Without row ids, which say nothing, and with names for what refers to them.
QUERIES = {
    "domains": "SELECT name, master, last_check, type, notified_serial, account, options, catalog FROM domains",
    "records": "SELECT d.name, r.name, r.type, content, ttl, prio, disabled, ordername, auth"
               " FROM records r LEFT JOIN domains d ON d.id = domain_id",
    "comments": "SELECT d.name, c.name, c.type, modified_at, c.account, comment"
                " FROM comments c LEFT JOIN domains d ON d.id = domain_id",
    "domainmetadata": "SELECT d.name, kind, content FROM domainmetadata m LEFT JOIN domains d ON d.id = domain_id",
    "cryptokeys": "SELECT d.name, flags, active, published, content FROM cryptokeys k LEFT JOIN domains d ON d.id = domain_id",
    "tsigkeys": "SELECT name, algorithm, secret FROM tsigkeys",
    "supermasters": "SELECT ip, nameserver, account FROM supermasters",
}


def make_stock(path: Path):
    """A new gsqlite3 database, by the schema that comes with PowerDNS."""
    run("sqlite3", "-bail", path, text=STOCK_SCHEMA.read_text())


def tables(path: Path) -> dict[str, list[str]]:
    """Every row of every table, sorted, with its values' types: NULL is not '' and 1 is not '1'."""
    return _read(path, QUERIES)


def raw_tables(path: Path) -> dict[str, list[str]]:
    """The same with every column that PowerDNS made, row ids too."""
    return _read(path, {table: f"SELECT * FROM {table}" for table in QUERIES})


def _read(path: Path, queries: dict[str, str]) -> dict[str, list[str]]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as database:
        database.execute("BEGIN")  # all tables at one moment
        return {table: sorted(repr(row) for row in database.execute(query)) for table, query in queries.items()}


def without_secrets(rows: dict[str, list[str]]) -> dict[str, list[str]]:
    """The same, but of private keys and TSIG secrets no more than the algorithm: those are drawn anew each time."""
    keys = [re.sub(r"(Algorithm: \d+).*", r"\1", row) for row in rows["cryptokeys"]]
    return rows | {"cryptokeys": sorted(keys), "tsigkeys": [row.rpartition(",")[0] for row in rows["tsigkeys"]]}
