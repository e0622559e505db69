# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Where things are."""
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
BUILD = ROOT / "build"
MODULE = BUILD / "backend" / "libfailoverbackend.so"
SCHEMA = ROOT / "schema"
INTEGRATION = ROOT / "tests" / "integration"
EXAMPLE_CONFIG = ROOT / "packaging" / "failover.conf"
MANUAL = ROOT / "packaging" / "pdns-failover.7"


def stock_module(name: str) -> Path:
    """The module of one of Debian's own backends, such as gsqlite3."""
    found = sorted(Path("/usr/lib").glob(f"*/pdns/lib{name}backend.so"))
    if not found:
        raise FileNotFoundError(f"lib{name}backend.so: install pdns-backend-{name.removeprefix('g')}")
    return found[0]
