# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""A node: a real HTTP, HTTPS or TCP server on loopback that fails in the way it is told to."""
import select
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field


@dataclass
class Request:
    """What one connection asked. `at`: time.monotonic() when it was read."""

    method: str
    path: str
    headers: dict
    source: str
    sni: str | None
    at: float


@dataclass
class Behaviour:
    """How connections are treated. `how`: answer, silent, trickle, endless, endless-headers, babble."""

    how: str = "answer"
    status: int = 200
    body: bytes = b"ok\n"
    headers: dict = field(default_factory=dict)


class NodeServer:
    """Serves from construction to close(). Every public method may be called from any thread."""

    def __init__(self, address: str = "127.0.0.1", tls: ssl.SSLContext | None = None, port: int = 0):
        self.address, self.tls = address, tls
        self.behaviour = Behaviour()
        self.requests: list[Request] = []
        self.connections = 0
        self.sent = 0  # bytes of bodies that the kernel took
        self._family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._stuffing: list[socket.socket] = []
        self._closing = threading.Event()
        if tls is not None:
            tls.sni_callback = self._remember_sni
        self._listen(port)
        self.port = self._listener.getsockname()[1]

    # ---- what it is ----

    @property
    def authority(self) -> str:
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"

    def url(self, path: str = "/", host: str | None = None) -> str:
        scheme = "https" if self.tls else "http"
        return f"{scheme}://{host}:{self.port}{path}" if host else f"{scheme}://{self.authority}{path}"

    # ---- what it does ----

    def answer(self, status: int = 200, body: bytes = b"ok\n", **headers):
        self._behave(Behaviour(status=status, body=body,
                               headers={key.replace("_", "-"): value for key, value in headers.items()}))

    def silent(self):
        """Accepts, reads, never says a word."""
        self._behave(Behaviour(how="silent"))

    def trickle(self):
        """A byte of the answer now and then, without end."""
        self._behave(Behaviour(how="trickle"))

    def endless(self):
        """A good status and a body without end, as fast as it is taken."""
        self._behave(Behaviour(how="endless"))

    def endless_headers(self):
        self._behave(Behaviour(how="endless-headers"))

    def babble(self):
        """Speaks at once, and another protocol than anybody expects."""
        self._behave(Behaviour(how="babble"))

    def refuse(self):
        """Nobody listens any more: connections are refused."""
        self._stop_listening()

    def swallow(self):
        """Listens, but the queue is full: SYNs are dropped, as by a firewall or a dead machine."""
        self._stop_accepting()
        self._listener.listen(0)
        while True:
            sock = socket.socket(self._family, socket.SOCK_STREAM)
            sock.setblocking(False)
            sock.connect_ex((self.address, self.port))
            self._stuffing.append(sock)
            _, connected, _ = select.select([], [sock], [], 0.2)
            if not connected:
                return

    def recover(self):
        """Back to answering 200, whatever it did before."""
        self._stop_listening()
        self.behaviour = Behaviour()
        self._listen(self.port)

    def close(self):
        self._closing.set()
        self._stop_listening()

    # ---- inside ----

    def _behave(self, behaviour: Behaviour):
        self.behaviour = behaviour
        if self._listener.fileno() < 0:
            self._listen(self.port)

    def _listen(self, port: int):
        self._listener = socket.socket(self._family, socket.SOCK_STREAM)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind((self.address, port))
        self._listener.listen(128)
        self._wake, waker = socket.socketpair()
        self._acceptor = threading.Thread(target=self._accept, args=(self._listener, waker), daemon=True)
        self._acceptor.start()

    def _stop_accepting(self):
        self._wake.close()
        self._acceptor.join()

    def _stop_listening(self):
        self._stop_accepting()
        self._listener.close()
        for sock in self._stuffing:
            sock.close()
        self._stuffing.clear()

    def _accept(self, listener, waker):
        with waker:
            while True:
                ready, _, _ = select.select([listener, waker], [], [])
                if waker in ready:
                    return
                connection, peer = listener.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(connection, peer[0]), daemon=True).start()

    @staticmethod
    def _remember_sni(connection, name, _context):
        connection.sni = name

    def _serve(self, connection, source: str):
        connection.settimeout(15)
        try:
            if self.tls is not None:
                connection = self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
                connection.do_handshake()
            self._converse(connection, source)
        except OSError:
            pass  # the other side has gone: probes do that
        finally:
            connection.close()

    def _converse(self, connection, source: str):
        if self.behaviour.how == "babble":
            connection.sendall(b"220 what a fine day it is\r\n")
            return
        head = b""
        while b"\r\n\r\n" not in head:
            more = connection.recv(65536)
            if not more:
                return
            head += more
        lines = head.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        method, path, _ = lines[0].split(" ", 2)
        headers = {key.lower(): value.strip() for key, _, value in (line.partition(":") for line in lines[1:])}
        self.requests.append(Request(method, path, headers, source, getattr(connection, "sni", None), time.monotonic()))
        self._respond(connection, method, self.behaviour)

    def _respond(self, connection, method: str, behaviour: Behaviour):
        if behaviour.how == "silent":
            while connection.recv(65536):  # until the other side gives up
                pass
            return
        lines = [f"HTTP/1.1 {behaviour.status} Test", *(f"{key}: {value}" for key, value in behaviour.headers.items())]
        if behaviour.how == "answer":
            lines += [f"Content-Length: {len(behaviour.body)}", "Connection: close"]
        start = ("\r\n".join(lines) + "\r\n").encode("latin-1")
        if behaviour.how == "endless-headers":
            connection.sendall(start)
            while True:
                connection.sendall(b"X-More: " + b"a" * 1000 + b"\r\n")
        if behaviour.how == "trickle":
            for byte in start:
                connection.sendall(bytes([byte]))
                if self._closing.wait(0.2):  # the pace of the trickle
                    return
        connection.sendall(start + b"\r\n")
        if behaviour.how == "endless":
            while True:
                self.sent += connection.send(b"a" * 16384)
        if method != "HEAD":
            self.sent += len(behaviour.body)
            connection.sendall(behaviour.body)
