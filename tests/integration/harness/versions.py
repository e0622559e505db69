# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Which PowerDNS is installed, for what only some of its generations have."""
from harness.command import run
from harness.paths import ROOT

# As text, "4.7.3", and without the patch release as numbers, (4, 7), to compare.
PDNS_VERSION = run("sh", ROOT / "backend" / "pdnsversions.sh", "/usr/sbin/pdns_server").strip()
PDNS = tuple(int(word) for word in PDNS_VERSION.split(".")[:2])
