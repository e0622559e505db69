# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Asking a name server, and answers in a form that can be compared."""
import socket
from dataclasses import dataclass

import dns.edns
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype


@dataclass(frozen=True)
class Answer:
    """One response. Sections are sorted tuples of (owner, type, ttl, data), so that order plays no part."""

    rcode: str
    flags: str
    question: str
    answer: tuple
    authority: tuple
    additional: tuple
    message: dns.message.Message

    def data(self, rdtype: str) -> tuple:
        """The sorted data of this type in the answer section."""
        return tuple(data for _, kind, _, data in self.answer if kind == rdtype)

    def first(self, rdtype: str) -> str | None:
        """The data of this type that came first on the wire."""
        for rrset in self.message.answer:
            if dns.rdatatype.to_text(rrset.rdtype) == rdtype:
                return rrset[0].to_text()
        return None


def section(rrsets) -> tuple:
    rows = []
    for rrset in rrsets:
        kind = dns.rdatatype.to_text(rrset.rdtype)
        rows += [(rrset.name.to_text(), kind, rrset.ttl, rdata.to_text()) for rdata in rrset]
    return tuple(sorted(rows))


def digest(message) -> Answer:
    return Answer(
        rcode=dns.rcode.to_text(message.rcode()),
        flags=dns.flags.to_text(message.flags),
        question=message.question[0].name.to_text() if message.question else "",
        answer=section(message.answer),
        authority=section(message.authority),
        additional=section(message.additional),
        message=message,
    )


def query(name, rdtype: str, dnssec: bool = False, ecs: str | None = None):
    """A query message; `name` is text in zone file notation or a dns.name.Name, absolute either way."""
    if isinstance(name, str):
        name = dns.name.from_text(name)
    options = [dns.edns.ECSOption.from_text(ecs)] if ecs else []
    return dns.message.make_query(name, rdtype, use_edns=0 if dnssec or ecs else -1,
                                  want_dnssec=dnssec, payload=4096 if dnssec or ecs else None, options=options)


class Resolver:
    """Asks one server. Not thread-safe: one for each thread. `source`: the own address, where not the kernel's choice."""

    def __init__(self, address: str, port: int, timeout: float = 3.0, source: str | None = None):
        self.address, self.port, self.timeout, self.source = address, port, timeout, source
        self._udp = None
        self._tcp = None

    def close(self):
        for sock in (self._udp, self._tcp):
            if sock is not None:
                sock.close()
        self._udp = self._tcp = None

    def ask(self, name, rdtype: str, tcp: bool = False, **options) -> Answer:
        """Raises dns.exception.Timeout, or OSError where nobody listens."""
        message = query(name, rdtype, **options)
        try:
            return digest(self._over_tcp(message) if tcp else self._over_udp(message))
        except Exception:
            self.close()  # whatever still comes on these sockets answers an earlier question
            raise

    def data(self, name, rdtype: str, **options) -> tuple:
        return self.ask(name, rdtype, **options).data(rdtype)

    def _over_udp(self, message):
        if self._udp is None:
            self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            if self.source is not None:
                self._udp.bind((self.source, 0))
            self._udp.setblocking(False)
        # one_rr_per_rrset keeps the order of the wire, which dnspython would otherwise not promise
        return dns.query.udp(message, self.address, self.timeout, self.port, ignore_unexpected=True,
                             one_rr_per_rrset=True, sock=self._udp)

    def _over_tcp(self, message):
        if self._tcp is not None:
            try:
                return self._ask_over(message)
            except (EOFError, ConnectionError):
                self.close()  # the server ends a connection that was idle for some seconds
        self._tcp = socket.create_connection((self.address, self.port), self.timeout,
                                             source_address=(self.source, 0) if self.source is not None else None)
        self._tcp.setblocking(False)
        return self._ask_over(message)

    def _ask_over(self, message):
        return dns.query.tcp(message, self.address, self.timeout, self.port, one_rr_per_rrset=True, sock=self._tcp)
