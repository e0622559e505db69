# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""The figures as tables, and as a file for other programs."""
import csv
from pathlib import Path

from answering import figures
from answering.figures import FRESH, NULL, Figures, Target
from answering.zone import NODES
from reporting import table

COLUMNS = ("table", "who", "kind", "repetition", "per_second", "cpu_us", "busy", "rate", "overloaded", "p50_us", "p99_us",
           "faults", "rate_faults", "shares")


def cell(spread, digits: int = 1, factor: float = 1) -> str | None:
    return spread and spread.text(digits, factor)


def names(seen: Figures, which: str) -> list:
    """In the order in which they were first measured."""
    return list(dict.fromkeys(row["who"] for row in seen.rows if row["table"] == which))


def show(seen: Figures):
    """Each figure: the median of the repetitions (least–most)."""
    if names(seen, "main"):
        show_main(seen)
    if names(seen, "order"):
        show_order(seen)
    if names(seen, "dnssec"):
        show_signed(seen)
    if names(seen, "threads"):
        show_threads(seen)
    show_faults(seen)


def show_main(seen: Figures):
    rows = []
    for who in names(seen, "main"):
        this = seen.main(who)
        overloaded = any(seen.values("overloaded", **this).values())
        rows.append([who, cell(seen.spread("cpu_us", **this)), cell(seen.ratio("cpu_us", this, seen.main(FRESH)), 2),
                     cell(seen.ratio("cpu_us", this, seen.main(NULL)), 2), cell(seen.spread("per_second", **this), 0),
                     cell(seen.spread("busy", **this), 0, 100),
                     *("overloaded" if overloaded else cell(seen.spread(key, **this), 0) for key in ("p50_us", "p99_us"))])
    print()
    table(["1,000 NAMES, 4 ADDRESSES", "CPU US/QUERY", "/ FRESH", "/ NULL", "QUERIES/S", "CPU BUSY %", "P50 US", "P99 US"], rows)


def show_order(seen: Figures):
    print()
    table(["FIRST IN ANSWERS, % PER WINDOW", *NODES],
          [[who, *(f"{100 * min(shares):.1f}–{100 * max(shares):.1f}" for shares in zip(*seen.shares(who)))]
           for who in names(seen, "order")])


def show_signed(seen: Figures):
    rows = []
    for kind in figures.SIGNED_KINDS:
        ours = seen.signed(figures.SIGNED[0], kind)
        rows.append([kind, *(cell(seen.spread("cpu_us", **seen.signed(who, kind))) for who in figures.SIGNED),
                     *(cell(seen.ratio("cpu_us", ours, seen.signed(who, kind)), 2) for who in figures.SIGNED[1:]),
                     *(cell(seen.spread("per_second", **seen.signed(who, kind)), 0) for who in figures.SIGNED)])
    print()
    table(["SIGNED, CACHES OFF", *(f"CPU US/QUERY: {who}" for who in figures.SIGNED),
           *(f"failover / {who}" for who in figures.SIGNED[1:]), *(f"QUERIES/S: {who}" for who in figures.SIGNED)], rows)


def show_threads(seen: Figures):
    rows = []
    for count in figures.THREADS:
        row = [str(count)]
        for who in (FRESH, NULL):
            row += [cell(seen.spread("per_second", table="threads", who=who, kind=count), 0),
                    cell(figures.spread(seen.growth(who, count).values()), 2)]
        rows.append([*row, cell(seen.growth_ratio(count), 2)])
    print()
    table(["RECEIVER-THREADS", f"QUERIES/S: {FRESH}", "/ ONE", f"QUERIES/S: {NULL}", "/ ONE", "GROWTH / GROWTH"], rows)


def show_faults(seen: Figures):
    """Too few to stop for."""
    for row in seen.rows:
        if faults := {**row.get("faults", {}), **row.get("rate_faults", {})}:
            print(f"{row['table']} {row['repetition']}, {row['who']}, {row['kind']}: not answered as they should be: {faults}")


def show_targets(targets: list[Target]):
    words = {True: "reached", False: "NOT reached", None: "not measured"}
    print()
    table(["TARGET", "LIMIT", "MEASURED", ""], [[one.text, one.limit, one.seen, words[one.reached]] for one in targets])


def write_csv(seen: Figures, path: Path):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(seen.rows)
