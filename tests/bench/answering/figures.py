# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""What was measured, as flat rows, and what is made of them: spreads over the repetitions, ratios, targets."""
import statistics
from dataclasses import dataclass

# The names of the contenders, which rows, tables and targets have in common.
FRESH, ROTATING = "failover, fresh", "failover, rotating"
LUA, LUA_SHARED = "LUA ifportup", "LUA ifportup, shared"
SQLITE, SQLITE_CACHED = "gsqlite3, caches off", "gsqlite3, caches on"
BIND, LMDB, GDNSD = "bind, caches off", "lmdb, caches off", "gdnsd multifo"
NULL, NULL_ONE = "null, 4 records", "null, 1 record"
SIGNED = ("failover", "bind", "lmdb")
SIGNED_KINDS = [f"{denial} {kind}" for denial in ("NSEC", "NSEC3") for kind in ("positive", "NODATA", "NXDOMAIN")]
THREADS = (1, 2, 3, 4)
SHARE, SHARE_MARGIN = 0.25, 0.04  # of the answers in which a node is the first


@dataclass
class Spread:
    """Over repetitions: the median, the least, the most."""

    middle: float
    low: float
    high: float

    def text(self, digits: int = 1, factor: float = 1) -> str:
        middle, low, high = (f"{factor * value:,.{digits}f}" for value in (self.middle, self.low, self.high))
        return f"{middle} ({low}–{high})"


def spread(values) -> Spread | None:
    values = list(values)
    return Spread(statistics.median(values), min(values), max(values)) if values else None


@dataclass
class Target:
    """`seen`: None: not measured."""

    text: str
    limit: str
    seen: str | None
    reached: bool | None


class Figures:
    """Rows as dictionaries; each has `table`, `who`, `kind` and `repetition`."""

    def __init__(self, rows: list | None = None):
        self.rows = rows if rows is not None else []

    def add(self, **row):
        self.rows.append(row)

    def values(self, key: str, **wanted) -> dict:
        """By repetition."""
        return {row["repetition"]: row[key] for row in self.rows
                if row.get(key) is not None and all(row[name] == value for name, value in wanted.items())}

    def spread(self, key: str, **wanted) -> Spread | None:
        return spread(self.values(key, **wanted).values())

    def ratio(self, key: str, these: dict, those: dict) -> Spread | None:
        """Of measurements that follow each other, so that a machine that changes its pace does so for both."""
        over, under = self.values(key, **these), self.values(key, **those)
        return spread(over[repetition] / under[repetition] for repetition in over if repetition in under)

    # ---- tables ----

    def main(self, who: str) -> dict:
        return {"table": "main", "who": who}

    def signed(self, who: str, kind: str) -> dict:
        return {"table": "dnssec", "who": who, "kind": kind}

    def growth(self, who: str, threads: int) -> dict:
        """By repetition: queries per second with so many threads, as a multiple of those with one."""
        many, one = (self.values("per_second", table="threads", who=who, kind=count) for count in (threads, 1))
        return {repetition: many[repetition] / one[repetition] for repetition in many if repetition in one}

    def growth_ratio(self, threads: int) -> Spread | None:
        ours, floor = self.growth(FRESH, threads), self.growth(NULL, threads)
        return spread(ours[repetition] / floor[repetition] for repetition in ours if repetition in floor)

    def shares(self, who: str) -> list:
        """A list of windows, each with the nodes' shares; [] where it was not measured."""
        return list(self.values("shares", table="order", who=who).values())


def targets(figures: Figures) -> list:
    """In the order in which they are shown."""
    limits = ((FRESH, LUA_SHARED, 0.5), (FRESH, SQLITE, 0.25), (FRESH, BIND, 0.8), (FRESH, NULL, 1.05),
              (ROTATING, SQLITE_CACHED, 1.2), (ROTATING, GDNSD, 2.0))
    found = [at_most(f"CPU per query: {these} / {those}",
                     figures.ratio("cpu_us", figures.main(these), figures.main(those)), limit)
             for these, those, limit in limits]
    found += [even(who, figures.shares(who)) for who in (FRESH, ROTATING)]
    found += [at_most(f"CPU per query, {kind}: failover / {other}",
                      figures.ratio("cpu_us", figures.signed(SIGNED[0], kind), figures.signed(other, kind)), 1.0)
              for kind in SIGNED_KINDS for other in SIGNED[1:]]
    found += [within(f"growth with {count} threads: {FRESH} / {NULL}", figures.growth_ratio(count)) for count in THREADS[1:]]
    return found


def at_most(text: str, seen: Spread | None, limit: float) -> Target:
    return Target(text, f"<= {limit:.2f}", seen and seen.text(2), seen and seen.middle <= limit)


def within(text: str, seen: Spread | None) -> Target:
    return Target(text, "0.95 to 1.05", seen and seen.text(2), seen and 0.95 <= seen.middle <= 1.05)


def even(who: str, windows: list) -> Target:
    shares = [share for window in windows for share in window]
    return Target(f"share of answers in which a node is first, %: {who}", f"{100 * SHARE:.0f} ± {100 * SHARE_MARGIN:.0f}",
                  f"{100 * min(shares):.1f}–{100 * max(shares):.1f}" if shares else None,
                  all(abs(share - SHARE) <= SHARE_MARGIN for share in shares) if shares else None)
