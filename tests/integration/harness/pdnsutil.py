# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Command lines of pdnsutil: tests write them as for 4.x, whose commands 5.1 still knows."""
from harness.versions import PDNS

WITH_NAMES = ("add-record", "replace-rrset", "delete-rrset")  # ZONE NAME …


def as_installed(words: tuple) -> list[str]:
    """Since 5.1, the names of records are absolute; before, relative to the zone."""
    command, *rest = words
    if PDNS < (5, 1) or command not in WITH_NAMES or len(rest) < 2:
        return list(words)
    zone, name, *more = rest
    return [command, zone, zone if name == "@" else f"{name}.{zone}", *more]
