# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""A real unbound that validates one zone from its own key, with aggressive use of NSEC and NSEC3 (RFC 8198)."""
import subprocess
from pathlib import Path

import dns.exception

from harness.poll import eventually
from harness.questions import Resolver
from harness.server import free_port

CONFIGURATION = """
server:
  directory: "{folder}"
  chroot: ""
  username: ""
  pidfile: ""
  do-daemonize: no
  use-syslog: no
  logfile: ""
  val-log-level: 2
  num-threads: 1
  interface: 127.0.0.1
  port: {port}
  do-ip6: no
  do-not-query-localhost: no
  module-config: "validator iterator"
  trust-anchor-file: "{folder}/anchor"
  aggressive-nsec: yes
  local-zone: "example." nodefault
remote-control:
  control-enable: no
stub-zone:
  name: "{zone}"
  stub-addr: 127.0.0.1@{upstream}
"""


class Validator:
    """Started by its constructor. `anchor`: the zone's key signing key, as data of a DNSKEY record."""

    def __init__(self, folder: Path, zone: str, upstream: int, anchor: str):
        folder.mkdir(parents=True)
        self.port = free_port()
        self.log_path = folder / "log"
        (folder / "anchor").write_text(f"{zone}. 3600 IN DNSKEY {anchor}\n")
        (folder / "unbound.conf").write_text(CONFIGURATION.format(folder=folder, port=self.port, zone=zone, upstream=upstream))
        with open(self.log_path, "wb") as log:
            # pylint: disable-next=consider-using-with
            self._process = subprocess.Popen(["/usr/sbin/unbound", "-d", "-c", folder / "unbound.conf"],
                                             stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self._resolver = Resolver("127.0.0.1", self.port)
        eventually(self._answers, 20, "unbound answers")

    def _answers(self) -> bool:
        if self._process.poll() is not None:
            raise AssertionError(f"unbound ended\n{self.log()}")
        try:
            self._resolver.ask("version.server.", "TXT")
            return True
        except (OSError, dns.exception.DNSException):
            return False

    def resolver(self) -> Resolver:
        """Another one, for a thread of its own; the caller closes it."""
        return Resolver("127.0.0.1", self.port, timeout=5.0)

    def ask(self, name: str, rdtype: str):
        """An Answer; its flags have AD where unbound has validated it."""
        return self._resolver.ask(name, rdtype, dnssec=True)

    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    def close(self):
        self._resolver.close()
        self._process.terminate()
        self._process.wait(10)
