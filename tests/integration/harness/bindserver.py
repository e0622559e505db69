# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""A real BIND: its zones and its log in a folder of its own, no control channel. It listens on 127.0.0.1, since it takes
no address but those of the interfaces; who talks with it uses another one of loopback."""
import shutil
from pathlib import Path

from harness.command import run
from harness.nameserver import NameServer
from harness.transfers import Key

OPTIONS = """
options {{
  directory "{folder}";
  listen-on port {port} {{ {address}; }};
  listen-on-v6 {{ none; }};
  pid-file none;
  session-keyfile none;
  recursion no;
  dnssec-validation no;
  notify explicit;
  notify-source {address};
  transfer-source {address};
  allow-transfer {{ 127.0.0.0/8; }};
  allow-notify {{ 127.0.0.0/8; }};
  min-refresh-time 1;
  min-retry-time 1;
  notify-delay 0;
  serial-query-rate 1000;
  max-ixfr-ratio unlimited;
  {options}
}};
controls {{ }};
"""


def peer(server, key: Key | None = None) -> str:
    """A server as `primaries` and `also-notify` name it."""
    return f"{server.address} port {server.port}" + (f" key {key.name}" if key else "") + ";"


class Bind(NameServer):
    """One named. `options`: further lines of the options block; zones are added before the start."""

    program = "named"

    def __init__(self, folder: Path, options: str = ""):
        super().__init__(folder)
        self.options = options
        self._zones: list[str] = []

    def add_key(self, key: Key):
        self._zones.append(f'key "{key.name}" {{ algorithm {key.algorithm}; secret "{key.secret}"; }};')

    def add_policy(self, name: str, lines: str):
        """A dnssec-policy, for zones that BIND signs."""
        self._zones.append(f'dnssec-policy "{name}" {{ {lines} }};')

    def add_primary(self, zone: str, records: str, *lines: str):
        """`records`: a zone file's. It can be changed by update(); `lines`: further ones of the zone's block."""
        (self.folder / zone).write_text(records)
        self._add(zone, "primary", "allow-update { 127.0.0.0/8; };", *lines)

    def add_secondary(self, zone: str, primaries: str, *lines: str):
        self._add(zone, "secondary", f"primaries {{ {primaries} }};", "masterfile-format text;", *lines)

    def _add(self, zone: str, kind: str, *lines: str):
        self._zones.append(f'zone "{zone}" {{ type {kind}; file "{zone}"; {" ".join(lines)} }};')

    def configure(self):
        super().configure()
        options = OPTIONS.format(folder=self.folder, port=self.port, address=self.address, options=self.options)
        (self.folder / "named.conf").write_text(options + "\n".join(self._zones) + "\n")

    def command(self) -> list[str]:
        # A copy: where AppArmor is on, its profile for /usr/sbin/named keeps that one out of our folder.
        program = self.folder / "named"
        if not program.exists():
            shutil.copy(shutil.which("named", path="/usr/sbin:/usr/local/sbin"), program)
        return [str(program), "-g", "-4", "-n", "1", "-c", str(self.folder / "named.conf")]

    def update(self, zone: str, *changes: str):
        """A dynamic update: lines as nsupdate reads them ("add www.x.example 60 A 192.0.2.1")."""
        run("nsupdate", text="\n".join([f"server {self.address} {self.port}", f"zone {zone}", *changes, "send", ""]))
