# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""What the demo runs: a PowerDNS with the module, a store, two nodes. Nothing of it outlives the Stage."""

import contextlib
import json
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
MODULE_DIR = TOP / "build" / "backend"
DNS_ADDRESS = "127.0.0.1"
DNS_PORT = 5300  # where it is free
STOP_SECONDS = 5  # for a process to end when asked to
POLL_SECONDS = 0.05  # between two looks at something awaited
START_SECONDS = 10  # for a node to listen


class DemoError(Exception):
    """The demo cannot go on; the message says why."""


def can_bind(address, port, kinds=(socket.SOCK_STREAM,)):
    """Whether a server could have this address and port now."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    for kind in kinds:
        with socket.socket(family, kind) as probe:
            if kind == socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError:
                return False
    return True


def accepts(address, port):
    """Whether a connection to this address and port succeeds now."""
    try:
        socket.create_connection((address, port), timeout=1).close()
        return True
    except OSError:
        return False


def free_port(addresses, kinds=(socket.SOCK_STREAM,)):
    """A port that is free on all of these addresses. Raises DemoError when there is none."""
    for _ in range(100):
        with socket.socket() as probe:
            probe.bind((addresses[0], 0))
            port = probe.getsockname()[1]
        if all(can_bind(address, port, kinds) for address in addresses):
            return port
    raise DemoError(f"no port is free on all of {', '.join(addresses)}")


def start(command, log):
    """Starts a process whose output goes to the file `log`. A session of its own: Ctrl-C is for us alone."""
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                            start_new_session=True)


def stop(process):
    """Ends a process, by force if it must be."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Node:
    """One HTTP server: listens on an IPv4 address of its own and, where there is one, on [::1]."""

    def __init__(self, name, ipv4, ipv6, listen_ipv6):
        self.name = name
        self.ipv4 = ipv4  # of its A records, and checked
        self.ipv6 = ipv6  # of its AAAA records; a documentation address, see demo.sql
        self.addresses = [ipv4, "::1"] if listen_ipv6 else [ipv4]
        self.port = free_port(self.addresses)
        self.process = None

    def start(self, log):
        """Returns at once; the checks find out when it answers."""
        command = [TOP / "packaging" / "demo" / "node", self.name, str(self.port), *self.addresses]
        self.process = start(command, log)

    def wait_until_listening(self):
        """Raises DemoError when it does not listen in time."""
        deadline = time.monotonic() + START_SECONDS
        for address in self.addresses:
            while not accepts(address, self.port):
                if not self.is_alive() or time.monotonic() > deadline:
                    raise DemoError(f"node {self.name} does not listen on {address} port {self.port}")
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(POLL_SECONDS)

    def is_alive(self):
        """Whether its process runs."""
        return self.process is not None and self.process.poll() is None

    def kill(self):
        """As a power cut would; also when it is stopped, dead or was never started."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()


class Stage(contextlib.AbstractContextManager):
    """Use with `with`. Raises DemoError where something cannot be set up."""

    def __init__(self):
        self.has_ipv6 = can_bind("::1", 0)
        self.nodes = [Node("east", "127.0.0.2", "2001:db8:1::80", self.has_ipv6),
                      Node("west", "127.0.0.3", "2001:db8:2::80", self.has_ipv6)]
        both = (socket.SOCK_STREAM, socket.SOCK_DGRAM)
        self.port_taken = not can_bind(DNS_ADDRESS, DNS_PORT, both)
        self.port = free_port([DNS_ADDRESS], both) if self.port_taken else DNS_PORT
        self.server = None
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="failover-demo-"))
        self.database = self.directory / "demo.sqlite3"
        self.log_path = self.directory / "pdns.log"
        self.node_log = open(self.directory / "nodes.log", "wb")
        self.log_read = 0  # bytes of the server's log that new_log_lines() has given out

    def __exit__(self, *_):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # impatience must not leave half of it behind
        if self.server is not None:
            stop(self.server)
        for node in self.nodes:
            node.kill()
        self.node_log.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def set_up(self):
        """Makes the store, starts the nodes and then the server, for which it does not wait."""
        self._make_store()
        for node in self.nodes:
            node.start(self.node_log)
        for node in self.nodes:
            node.wait_until_listening()  # the server's very first check decides
        (self.directory / "pdns.conf").write_text(self._configuration(), encoding="utf-8")
        server = shutil.which("pdns_server", path="/usr/sbin:/usr/local/sbin:/usr/bin")
        if server is None:
            raise DemoError("there is no pdns_server")
        with open(self.log_path, "wb") as log:
            self.server = start([server, f"--config-dir={self.directory}"], log)

    def pause(self):
        """Between two looks at something awaited. Raises DemoError when the server has ended."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.server.wait(POLL_SECONDS)
        self.check_server()

    def check_server(self):
        """Raises DemoError, with the end of its log, when the server has ended."""
        if self.server.poll() is not None:
            lines = self.log_path.read_text(errors="replace").splitlines()[-10:]
            raise DemoError("\n  ".join([f"pdns_server ended with status {self.server.returncode}:", *lines]))

    def control_command(self, *words):
        """The pdns_control command line that talks to this server."""
        return ["pdns_control", f"--config-dir={self.directory}", *words]

    def control(self, *words):
        """Runs pdns_control. Returns what it says; raises DemoError when it fails."""
        result = subprocess.run(self.control_command(*words), stdin=subprocess.DEVNULL, capture_output=True,
                                text=True, timeout=STOP_SECONDS, check=False)
        said = (result.stdout + result.stderr).strip()
        if result.returncode != 0:
            raise DemoError(f"pdns_control {' '.join(words)}: {said}")
        return said

    def states(self):
        """The state of each node by its name, as the module sees it. Raises DemoError."""
        said = self.control("failover-status", "json")
        try:
            return {node["name"]: node["state"] for node in json.loads(said)["nodes"]}
        except (ValueError, KeyError, TypeError):
            raise DemoError(f"failover-status json is not what it should be: {said}") from None

    def new_log_lines(self):
        """The module's log lines about nodes since the last call."""
        with open(self.log_path, "rb") as log:
            log.seek(self.log_read)
            text = log.read()
        text = text[: text.rfind(b"\n") + 1]  # a line that is being written waits for the next call
        self.log_read += len(text)
        lines = text.decode(errors="replace").splitlines()
        return [line[line.index("[failover]"):] for line in lines if "[failover] node " in line]

    def _make_store(self):
        self._run_sql("schema", TOP / "schema" / "schema.sql", {})
        self._run_sql("demo zone", TOP / "packaging" / "demo" / "demo.sql", {
            ":east_port": self.nodes[0].port, ":west_port": self.nodes[1].port, ":ipv6": int(self.has_ipv6)})

    def _run_sql(self, what, script, parameters):
        command = ["sqlite3", "-bail", self.database, "-cmd", ".param init"]
        for name, value in parameters.items():
            command += ["-cmd", f".param set {name} {value}"]
        with open(script, "rb") as statements:
            result = subprocess.run(command, stdin=statements, capture_output=True, text=True, check=False)
        if result.returncode != 0 or result.stderr:
            raise DemoError(f"cannot make the {what}: {result.stderr.strip()}")

    def _configuration(self):
        # Caches stay at their defaults: that is half of the point. security-poll-suffix: nothing leaves
        # this machine.
        return f"""launch=failover
module-dir={MODULE_DIR}
failover-database={self.database}
local-address={DNS_ADDRESS}
local-port={self.port}
socket-dir={self.directory}
daemon=no
guardian=no
disable-syslog=yes
log-timestamp=no
loglevel=6
security-poll-suffix=
"""
