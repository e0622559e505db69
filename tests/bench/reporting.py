# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""What all benchmarks say: on which machine, and tables."""
import os
from pathlib import Path


def machine() -> dict:
    text = Path("/proc/cpuinfo").read_text()
    models = [line.split(":", 1)[1].strip() for line in text.splitlines() if line.startswith("model name")]
    return {"cpu": models[0] if models else "unknown", "cores": os.cpu_count(), "kernel": os.uname().release,
            "load": os.getloadavg()[0]}


def table(head: list, rows: list):
    """Aligned columns, the first one to the left."""
    rows = [head] + [["-" if cell is None else str(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    for row in rows:
        print(row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:])), sep="   ")


def number(value, digits=1):
    return None if value is None else f"{value:,.{digits}f}"
