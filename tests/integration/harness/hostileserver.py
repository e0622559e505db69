# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Servers that mean harm: each has a port on loopback and one way at a time to treat whoever connects.

A behaviour gets the connection and an event that is set when the server is closed; it returns to have the connection closed,
and may raise OSError, since probes go when they have had enough.
"""
import json
import select
import socket
import struct
import threading
import zlib

CHUNK = b"a" * 16384
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"


class HostileServer:
    """Serves from construction to close(). `behaviour`: may be changed at any time, for the connections to come.

    Every public method may be called from any thread.
    """

    def __init__(self, behaviour, address: str = "127.0.0.1"):
        self.behaviour, self.connections = behaviour, 0
        self._closing = threading.Event()
        self._listener = socket.create_server((address, 0), backlog=128)
        self.authority = f"{address}:{self._listener.getsockname()[1]}"
        self._wake, self._waker = socket.socketpair()
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()

    def close(self):
        self._closing.set()
        self._wake.close()
        self._acceptor.join()
        self._waker.close()
        self._listener.close()

    def _accept(self):
        while True:
            ready, _, _ = select.select([self._listener, self._waker], [], [])
            if self._waker in ready:
                return
            connection, _ = self._listener.accept()
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection:
            connection.settimeout(15)
            try:
                self.behaviour(connection, self._closing)
            except OSError:
                pass


def request(connection) -> bytes:
    """The head of what it asks; as far as it came where it goes away before the end."""
    head = b""
    while b"\r\n\r\n" not in head:
        more = connection.recv(65536)
        if not more:
            break
        head += more
    return head


def reset(connection):
    """Closes with RST instead of FIN (SO_LINGER with no time)."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def bomb(size: int) -> bytes:
    """So many bytes of nothing, as gzip (RFC 1952) makes a thousandth of them."""
    packer = zlib.compressobj(wbits=31)
    block = bytes(2**20)
    return b"".join([*(packer.compress(block) for _ in range(size // len(block))), packer.flush()])


def body(content: bytes, headers: bytes = b""):
    """The behaviour that answers 200 with this body."""

    def behave(connection, _closing):
        request(connection)
        connection.sendall(HEAD + headers + b"Content-Length: %d\r\n\r\n" % len(content) + content)

    return behave


def redirect(url: str):
    def behave(connection, _closing):
        request(connection)
        connection.sendall(f"HTTP/1.1 302 Found\r\nLocation: {url}\r\nContent-Length: 0\r\n\r\n".encode())

    return behave


well = body(b'{"ready": true, "state": "all is well"}')


def endless_headers(connection, _closing):
    request(connection)
    connection.sendall(HEAD)
    while True:
        connection.sendall(b"X-More: " + CHUNK[:1000] + b"\r\n")


def endless_interim(connection, _closing):
    """One informational response after the other (RFC 9110, section 15.2), and never a final one."""
    request(connection)
    while True:
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 100)


def endless_chunk_extension(connection, _closing):
    """A chunked body whose first chunk never begins (RFC 9112, section 7.1.1)."""
    request(connection)
    connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;a=")
    while True:
        connection.sendall(CHUNK)


def endless_body(connection, _closing):
    request(connection)
    connection.sendall(HEAD + b"\r\n")
    while True:
        connection.sendall(CHUNK)


def huge_header(connection, _closing):
    """One line of ten million bytes."""
    request(connection)
    connection.sendall(HEAD + b"X-Huge: " + b"a" * 10_000_000 + b"\r\n\r\n")


def slow(connection, closing):
    """A byte a second."""
    request(connection)
    for byte in HEAD:
        connection.sendall(bytes([byte]))
        if closing.wait(1.0):
            return


def garbage(connection, _closing):
    """No TLS record, nor any other protocol."""
    connection.sendall(bytes(range(256)) * 64)
    connection.recv(65536)


def reset_in_headers(connection, _closing):
    request(connection)
    connection.sendall(HEAD)
    reset(connection)


def reset_in_body(connection, _closing):
    """When less of it is there than was promised."""
    request(connection)
    connection.sendall(HEAD + b"Content-Length: 60000\r\n\r\n")
    connection.sendall(CHUNK)
    reset(connection)


def silent(connection, _closing):
    while connection.recv(65536):  # until the other side gives up
        pass


def close_at_once(_connection, _closing):
    pass


def _say_again(connection, lines: list[str]):
    content = json.dumps({"ready": "\n".join(lines)}).encode()
    again = "".join(f"X-{line}\r\n" for line in lines if ":" in line).encode()
    connection.sendall(HEAD + again + b"Content-Length: %d\r\n\r\n" % len(content) + content)


def echo(connection, _closing):
    """Everything it was told, wherever a reason might quote it."""
    _say_again(connection, request(connection).decode("latin-1").strip().split("\r\n"))


def echo_backwards(connection, _closing):
    """The same, for reasons that quote only the beginning."""
    _say_again(connection, request(connection).decode("latin-1").strip().split("\r\n")[::-1])


def echo_as_status(connection, _closing):
    connection.sendall(request(connection).replace(b"GET ", b"HTTP/1.1 ", 1))
