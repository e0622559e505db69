# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""DNS messages, as little of them as a benchmark needs to know that it measures right answers."""
import random
import socket
import struct
from dataclasses import dataclass, field

TYPES = {"A": 1, "NS": 2, "SOA": 6, "TXT": 16, "OPT": 41, "RRSIG": 46, "NSEC": 47, "NSEC3": 50}
NAMES_OF_TYPES = {number: name for name, number in TYPES.items()}
RCODES = ("NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED")
DO = b"\0\0\x29\x10\0\0\0\x80\0\0\0"  # an OPT record: 4096 bytes, wants DNSSEC


@dataclass
class Reply:
    """`answer`, `authority`: types of the records, in order. `addresses`: of the answer, in order."""

    rcode: str
    answer: list = field(default_factory=list)
    authority: list = field(default_factory=list)
    addresses: list = field(default_factory=list)


def query(name: str, rdtype: str, number: int, dnssec: bool) -> bytes:
    """With the header that dnsperf sends, so that a cache of packets has one answer for both."""
    head = struct.pack("!6H", number, 0x0100, 1, 0, 0, int(dnssec))
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return head + labels + b"\0" + struct.pack("!2H", TYPES[rdtype], 1) + (DO if dnssec else b"")


def after_name(message: bytes, at: int) -> int:
    while message[at]:
        if message[at] >= 0xC0:  # a pointer ends it
            return at + 2
        at += 1 + message[at]
    return at + 1


def parse(message: bytes) -> Reply:
    _, flags, questions, answers, authorities, _ = struct.unpack_from("!6H", message)
    rcode = flags & 15
    reply = Reply(RCODES[rcode] if rcode < len(RCODES) else str(rcode))
    at = 12
    for _ in range(questions):
        at = after_name(message, at) + 4
    for section in [reply.answer] * answers + [reply.authority] * authorities:
        at = after_name(message, at)
        number, _, _, length = struct.unpack_from("!HHIH", message, at)
        at += 10
        section.append(NAMES_OF_TYPES.get(number, str(number)))
        if section is reply.answer and number == TYPES["A"]:
            reply.addresses.append(socket.inet_ntoa(message[at:at + 4]))
        at += length
    return reply


class Client:
    """Asks one server, one question after the other."""

    def __init__(self, port: int, timeout: float = 1.0):
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(timeout)
        self._socket.connect(("127.0.0.1", port))

    def ask(self, name: str, rdtype: str = "A", dnssec: bool = False) -> Reply | None:
        """None: no reply in time, or nobody listens."""
        number = random.getrandbits(16)
        try:
            self._socket.send(query(name, rdtype, number, dnssec))
            while True:
                message = self._socket.recv(65535)
                if message[:2] == number.to_bytes(2, "big"):  # else a late reply to an earlier question
                    return parse(message)
        except OSError:
            return None

    def close(self):
        self._socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
