# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""The DNSSEC keys of one zone: what pdnsutil knows of them and what the server answers."""
import re

import dns.dnssec
import dns.name
import dns.rdata

from harness.command import CommandFailed, run


def tag_of(dnskey: str) -> str:
    return str(dns.dnssec.key_id(dns.rdata.from_text("IN", "DNSKEY", dnskey)))


class ZoneKeys:
    """Keys go by the numbers that pdnsutil gives them. Thread: the test's own."""

    def __init__(self, server, zone: str):
        self.server, self.zone, self.apex = server, zone, f"{zone}."
        self._dnskeys: dict[str, str] = {}  # they never change

    def add(self, *words: str) -> str:
        """The new key's number."""
        return self.server.util("add-zone-key", self.zone, *words).split()[-1]

    def dnskey(self, number: str) -> str:
        """As an answer has it."""
        if number not in self._dnskeys:
            exported = re.search(r"IN DNSKEY (.*)", self.server.util("export-zone-dnskey", self.zone, number))[1]
            self._dnskeys[number] = dns.rdata.from_text("IN", "DNSKEY", exported).to_text()
        return self._dnskeys[number]

    def tags(self, *numbers: str) -> set[str]:
        return {tag_of(self.dnskey(number)) for number in numbers}

    def ds(self, number: str, digest: int = 2) -> str:
        """As the parent has it."""
        key = dns.rdata.from_text("IN", "DNSKEY", self.dnskey(number))
        return dns.dnssec.make_ds(dns.name.from_text(self.zone), key, digest).to_text()

    def served(self) -> set[str]:
        """The tags of the keys that are answered."""
        return {tag_of(key) for key in self.server.data(self.apex, "DNSKEY", tcp=True)}

    def signers(self, name: str, covered: str) -> set[str]:
        """The tags of the keys that have signed this rrset; no name: the apex."""
        owner = f"{name}.{self.apex}" if name else self.apex
        signatures = (data.split() for data in self.server.ask(owner, covered, dnssec=True, tcp=True).data("RRSIG"))
        return {fields[6] for fields in signatures if fields[0] == covered}

    def delv(self, name: str, rdtype: str, *parents: str) -> str:
        """What delv says of a question when the parent has these DS records."""
        anchors = self.server.folder / f"{self.zone}.anchors"
        lines = (re.sub(r"(\d+ \d+ \d+) (\S+)", rf'"{self.apex}" static-ds \1 "\2";', ds) for ds in parents)
        anchors.write_text("trust-anchors {\n" + "\n".join(lines) + "\n};\n")
        try:
            return run("delv", "-a", anchors, f"+root={self.zone}", "@127.0.0.1", "-p", str(self.server.port),
                       f"{name}.{self.zone}", rdtype)
        except CommandFailed as error:
            return error.output
