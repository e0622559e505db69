# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""A real NSD, as a secondary: its log and what it has been sent in a folder of its own, no control channel."""
from pathlib import Path

from harness.nameserver import NameServer
from harness.transfers import Key

SERVER = """
server:
  server-count: 1
  ip-address: {address}@{port}
  username: ""
  chroot: ""
  zonesdir: "{folder}"
  database: ""
  pidfile: ""
  zonelistfile: "{folder}/zone.list"
  xfrdfile: "{folder}/xfrd.state"
  xfrdir: "{folder}"
  verbosity: 2
remote-control:
  control-enable: no
"""


class Nsd(NameServer):
    """One nsd. Zones are added before the start."""

    program = "nsd"

    def __init__(self, folder: Path, address: str, port: int | None = None):
        super().__init__(folder, address, port)
        self._zones: list[str] = []

    def add_key(self, key: Key):
        self._zones.append(f'key:\n  name: "{key.name}"\n  algorithm: {key.algorithm}\n  secret: "{key.secret}"')

    def add_secondary(self, zone: str, primary: NameServer, key: Key | None = None):
        name = key.name if key else "NOKEY"
        self._zones.append(f'zone:\n  name: "{zone}"\n  zonefile: "{zone}"\n  min-retry-time: 1\n'
                           f"  request-xfr: AXFR {primary.address}@{primary.port} {name}\n"
                           f"  allow-notify: {primary.address} {name}\n"
                           f"  outgoing-interface: {self.address}")

    def configure(self):
        super().configure()
        text = SERVER.format(folder=self.folder, address=self.address, port=self.port)
        (self.folder / "nsd.conf").write_text(text + "\n".join(self._zones) + "\n")

    def command(self) -> list[str]:
        return ["nsd", "-d", "-c", str(self.folder / "nsd.conf")]
