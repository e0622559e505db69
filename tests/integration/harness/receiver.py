# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""A webhook on loopback that keeps what it is told."""
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Receiver:
    """Listens from construction to close(). Any thread."""

    def __init__(self):
        receiver = self
        self.status = 200  # what it answers from now on
        self.silent = False  # reads and never answers
        self.messages: list[dict] = []  # that it was told, whatever it answered
        self.headers: list[dict] = []
        self.closing = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):  # noqa: N802, the name is http.server's
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.headers.append({key.lower(): value for key, value in self.headers.items()})
                receiver.messages.append(json.loads(body))
                if receiver.silent:
                    receiver.closing.wait()
                    return
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_words):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/hook"

    @property
    def events(self) -> list[str]:
        """"down east", "freeze", …"""
        return [" ".join(filter(None, (message["event"], message["node"]))) for message in list(self.messages)]

    def close(self):
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
