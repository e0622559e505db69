# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""One way of getting answers: its data, prepared once, and a server that is started anew for each measurement."""
import time
from contextlib import contextmanager
from pathlib import Path

from message import Client, Reply
from process import Failed, Process, free_port
from answering.zone import APEX, NAMES, NODES, gdnsd_zone



class Contender:
    """Subclasses say what is prepared and what is started. `signed`: None, NSEC or NSEC3."""

    patience = 15  # seconds for the first right answer: the nodes have to be checked

    def __init__(self, name: str, answers: int = len(NODES), signed: str | None = None):
        self.name, self.answers, self.signed = name, answers, signed
        self.folder: Path = Path()
        self.port = 0
        self.process: Process | None = None

    def prepare(self, folder: Path, node_port: int):
        """Once, before the first start. `node_port`: where all the nodes listen."""
        self.folder = folder
        folder.mkdir()
        self.make_data(node_port)

    def make_data(self, node_port: int):
        raise NotImplementedError

    def configure(self) -> list:
        """Writes the configuration for `self.port`; the command that starts the server."""
        raise NotImplementedError

    # ---- life ----

    @contextmanager
    def serving(self, cores: str):
        """For the with statement. Raises Failed when it does not give right answers."""
        self.port = free_port()
        self.process = Process(self.configure(), self.folder / "log", cores)
        try:
            self._wait()
            yield self
        finally:
            self.process.end()

    def _wait(self):
        until = time.monotonic() + self.patience
        with Client(self.port, 0.5) as client:
            while (wrong := self.wrong(client, NAMES[0])) is not None:
                if self.process.ended() or time.monotonic() > until:
                    raise Failed(f"{self.name}: {wrong}\n{self.process.log()[-2000:]}")
                time.sleep(0.05)
            for name in NAMES[1::333]:
                if (wrong := self.wrong(client, name)) is not None:
                    raise Failed(f"{self.name}: {wrong}")

    # ---- a benchmark of wrong answers is worth nothing ----

    def wrong(self, client: Client, name: str) -> str | None:
        """What is wrong with the answers for this name; None: nothing."""
        addresses = sorted(NODES[:self.answers])
        dnssec = self.signed is not None
        positive = client.ask(name, "A", dnssec)
        if positive is None:
            return "does not answer"
        if positive.rcode != "NOERROR" or sorted(positive.addresses) != addresses:
            return f"{name} has the addresses {addresses}, but is answered with {positive}"
        if not dnssec:
            return None
        return (self.unlike(positive, "NOERROR", answer=["RRSIG"])
                or self.unlike(client.ask(name, "TXT", True), "NOERROR", authority=["SOA", "RRSIG", self.signed])
                or self.unlike(client.ask(f"no-{name}", "A", True), "NXDOMAIN", authority=["SOA", "RRSIG", self.signed]))

    @staticmethod
    def unlike(reply: Reply | None, rcode: str, answer=(), authority=()) -> str | None:
        if reply is None:
            return "does not answer"
        good = reply.rcode == rcode and set(answer) <= set(reply.answer) and set(authority) <= set(reply.authority)
        return None if good else f"not {rcode} with {[*answer, *authority]}: {reply}"


class Gdnsd(Contender):
    """multifo: every address that is up."""

    CONFIG = """options => {{
  listen => [ 127.0.0.1:{port} ], udp_threads => 1, tcp_threads => 1, run_dir => {folder}/run, state_dir => {folder}/state
}}
service_types => {{ open => {{ plugin => tcp_connect, port => {node_port} }} }}
plugins => {{ multifo => {{ nodes => {{ service_types => [ open ], {nodes} }} }} }}
"""

    def make_data(self, node_port: int):
        (self.folder / "zones").mkdir()
        (self.folder / "zones" / APEX).write_text(gdnsd_zone())
        self.node_port = node_port

    def configure(self) -> list:
        nodes = ", ".join(f"n{number} => {address}" for number, address in enumerate(NODES))
        (self.folder / "config").write_text(self.CONFIG.format(port=self.port, folder=self.folder, node_port=self.node_port,
                                                               nodes=nodes))
        return ["gdnsd", "-c", self.folder, "start"]
