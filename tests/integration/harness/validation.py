# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Judges of signed zones that are not ours: delv for single answers, dnssec-verify for a whole copy."""
from pathlib import Path

from harness.command import run


class Judge:
    """Of one signed zone of a running server; trusts nothing but the key that the zone has now."""

    def __init__(self, server, zone: str, folder: Path):
        self.server, self.zone = server, zone
        self.anchor, self.copy = folder / f"{zone}.anchor", folder / f"{zone}.copy"
        flags, protocol, algorithm, key = server.data(zone, "DNSKEY")[0].split(None, 3)
        self.anchor.write_text(f'trust-anchors {{ "{zone}." static-key {flags} {protocol} {algorithm} "{key}"; }};\n')

    def delv(self, name: str, rdtype: str) -> str:
        """`name`: relative to the zone."""
        return run("delv", "-a", self.anchor, f"+root={self.zone}", "@127.0.0.1", "-p", str(self.server.port),
                   f"{name}.{self.zone}", rdtype)

    def validates(self, name: str, rdtype: str, text: str):
        said = self.delv(name, rdtype)
        assert "; fully validated" in said and text in said, f"{name} {rdtype} {text}: {said}"

    def denies(self, name: str, rdtype: str):
        said = self.delv(name, rdtype)
        assert "; negative response, fully validated" in said, f"{name} {rdtype}: {said}"

    def verifies_the_copy(self):
        """Every name, type, signature and link of the chain, of a copy by AXFR; raises CommandFailed."""
        self.copy.write_text(run("dig", "+noall", "+answer", "+onesoa", "-p", str(self.server.port), "@127.0.0.1",
                                 self.zone, "AXFR"))
        run("dnssec-verify", "-z", "-o", self.zone, self.copy)
