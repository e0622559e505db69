# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""The same questions to two servers, byte for byte, and what their answers differ in.

Questions are written and sent in bundles over kept sockets, and answers are taken apart only where their bytes differ:
some thousand comparisons in a second."""
import socket
import struct
import time
from dataclasses import dataclass, replace

import dns.exception
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype

BUNDLE = 8  # questions under way at a time
PATIENCE = 10.0  # seconds for one answer
SHOWN = 4  # differences in a failure's message
LARGEST_UDP = 1232  # octets, whatever EDNS offers: PowerDNS's udp-truncation-threshold
COMPRESSION = 255  # octets by which an answer grows when a name is spelled out instead of pointed to, at most
IN = 1


@dataclass(frozen=True)
class Way:
    """How a question is put. `size`: what EDNS offers, None for no EDNS; `options`: EDNS options as on the wire."""

    tcp: bool = False
    size: int | None = None
    dnssec: bool = False
    rdclass: int = IN
    flags: int = 0
    version: int = 0
    options: bytes = b""

    def wire(self, number: int, name, rdtype: int) -> bytes:
        question = struct.pack("!6H", number, self.flags, 1, 0, 0, 0 if self.size is None else 1)
        question += name.to_wire() + struct.pack("!2H", rdtype, self.rdclass)
        if self.size is not None:
            extended = (self.version << 16) | (0x8000 if self.dnssec else 0)
            question += struct.pack("!B2HIH", 0, 41, self.size, extended, len(self.options)) + self.options
        return question


UDP = Way()
UDP_DO = Way(size=1232, dnssec=True)
TCP = Way(tcp=True)
TCP_DO = Way(tcp=True, size=1232, dnssec=True)


class Line:
    """Kept sockets to one server, one for UDP or one for each question of a bundle over TCP: answers of one connection would
    wait for acknowledgements of each other (Nagle's algorithm). Thread: the test's own."""

    def __init__(self, server, tcp: bool):
        self._tcp = tcp
        self._sockets = []
        for _ in range(BUNDLE if tcp else 1):
            sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM)
            self._sockets.append(sock)
            sock.settimeout(PATIENCE)
            sock.connect((server.address, server.port))

    def close(self):
        for sock in self._sockets:
            sock.close()

    def send(self, wires):
        for index, wire in enumerate(wires):
            self._sockets[index % len(self._sockets)].sendall(struct.pack("!H", len(wire)) + wire if self._tcp else wire)

    def receive(self, count: int) -> dict[bytes, bytes]:
        """So many answers by their ids, which are their first two bytes; fewer when the rest do not come in time."""
        answers = {}
        for index in range(count):
            try:
                wire = self._message(self._sockets[index % len(self._sockets)])
            except (TimeoutError, ConnectionError):
                continue
            answers[wire[:2]] = wire
        return answers

    def _message(self, sock) -> bytes:
        if not self._tcp:
            return sock.recv(65535)
        length, = struct.unpack("!H", received(sock, 2))
        return received(sock, length)


def received(sock, count: int) -> bytes:
    wire = sock.recv(count, socket.MSG_WAITALL)
    if len(wire) < count:
        raise ConnectionError("the server has closed the connection")
    return wire


def row_of(rrset):
    """One record, its names in lower case: those that are not asked for come in whatever case somebody has asked for them
    before (PowerDNS's query cache), or in that of an earlier name in the answer (compression, after a shuffle)."""
    data = rrset[0]
    if rrset.rdtype == dns.rdatatype.RRSIG:  # its bytes and times differ from one signing to the next
        data = data.replace(signature=b"", inception=0, expiration=0)
    return rrset.name.canonicalize(), rrset.rdtype, rrset.rdclass, rrset.ttl, data.to_digestable()


def comparable(message):
    """All that an answer says, in an order of its own."""
    sections = [sorted(map(row_of, rrsets)) for rrsets in (message.answer, message.authority, message.additional)]
    options = [option.to_wire() for option in message.options]
    question = [(rrset.name.labels, rrset.rdtype, rrset.rdclass) for rrset in message.question]
    return (message.flags, message.rcode(), question, message.edns, message.ednsflags, message.payload, options, *sections)


def parsed(wire: bytes):
    return dns.message.from_wire(wire, one_rr_per_rrset=True)


def same(one: bytes, other: bytes) -> bool:
    return one == other or comparable(parsed(one)) == comparable(parsed(other))


def fits_by_chance(one: bytes, other: bytes, way: Way) -> bool:
    """Whether one of two answers was truncated, and the other is about as large as may be: PowerDNS shuffles records before it
    compresses their names, so an answer that just fits in one order may not in the next, with any backend."""
    if way.tcp or is_truncated(one) == is_truncated(other):
        return False
    return max(len(one), len(other)) > min(max(way.size or 0, 512), LARGEST_UDP) - COMPRESSION


def is_truncated(wire: bytes) -> bool:
    return bool(wire[2] & 2)


def text_of(wire: bytes) -> str:
    try:
        return str(parsed(wire))
    except dns.exception.DNSException as error:
        return f"({error!r}) {wire.hex()}"


class Comparison:
    """Two servers, `stock` and `ours`, of the same zones. `compared` counts the answers, `failures` those that
    are SERVFAIL of both, `different` has a text for each that was not the same."""

    def __init__(self, stock, ours):
        self.stock, self.ours = stock, ours
        self.compared = self.failures = 0
        self.different: list[str] = []

    def ask(self, questions, way: Way):
        """Compares what is answered to each of `questions`, tuples of (dns.name.Name, type as a number).

        Raises AssertionError when a server does not answer."""
        questions = list(questions)
        lines = Line(self.stock, way.tcp), Line(self.ours, way.tcp)
        try:
            for start in range(0, len(questions), BUNDLE):
                self._bundle(questions[start:start + BUNDLE], way, lines)
        finally:
            for line in lines:
                line.close()

    def _bundle(self, questions, way, lines):
        wires = [way.wire(number, name, rdtype) for number, (name, rdtype) in enumerate(questions, start=self.compared % 0x8000)]
        for line in lines:
            line.send(wires)
        stock, ours = (line.receive(len(wires)) for line in lines)
        for wire, (name, rdtype) in zip(wires, questions):
            pair = stock.get(wire[:2]), ours.get(wire[:2])
            if None in pair:  # whoever would ask on would wait for each of them
                raise AssertionError(f"no answer from {'gsqlite3' if pair[0] is None else 'failover'}: {name} {rdtype} {way}")
            self.compared += 1
            self.failures += all(answer[3] & 15 == dns.rcode.SERVFAIL for answer in pair)
            if not same(*pair) and not (fits_by_chance(*pair, way) and self._same_over_tcp(name, rdtype, way)):
                self._note(f"{name} {dns.rdatatype.to_text(rdtype)} {way}", *map(text_of, pair))

    def _same_over_tcp(self, name, rdtype: int, way: Way) -> bool:
        over_tcp = Comparison(self.stock, self.ours)
        over_tcp.ask([(name, rdtype)], replace(way, tcp=True))
        return not over_tcp.different

    def transfer(self, zone: str) -> int:
        """Compares what a transfer of the zone brings, record by record. Returns how many gsqlite3 sent."""
        self.compared += 1
        stock, ours = (self._transferred(server, zone) for server in (self.stock, self.ours))
        if stock != ours:
            self._note(f"{zone} AXFR", "\n".join(sorted(set(stock) - set(ours))) or f"({len(stock)} records)",
                       "\n".join(sorted(set(ours) - set(stock))) or f"({len(ours)} records)")
        return len(stock)

    @staticmethod
    def _transferred(server, zone: str) -> list[str]:
        question = dns.message.make_query(zone, "AXFR")
        rows = []
        with socket.create_connection((server.address, server.port), PATIENCE) as line:
            dns.query.send_tcp(line, question)
            while len([kind for _, kind, *_ in rows if kind == dns.rdatatype.SOA]) < 2:
                try:
                    message, _ = dns.query.receive_tcp(line, time.time() + PATIENCE, one_rr_per_rrset=True)
                except EOFError:  # as for a zone with a broken NSEC3PARAM
                    return [f"closed after {len(rows)} records"]
                rows += map(row_of, message.answer)
                if message.rcode() != dns.rcode.NOERROR:  # refused, as that of a zone without an SOA is
                    return [f"{dns.rcode.to_text(message.rcode())} after {len(rows)} records"]
        return sorted(" ".join(map(str, row)) for row in rows)

    def _note(self, question: str, stock: str, ours: str):
        self.different.append(f"{question}\n--- gsqlite3\n{stock}\n--- failover\n{ours}\n")

    def verdict(self) -> str:
        """Empty when no answer was different."""
        if not self.different:
            return ""
        return f"{len(self.different)} of {self.compared} answers differ, such as:\n" + "\n".join(self.different[:SHOWN])
