# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""The zone that every server has, as each of them is given it, and the questions about it."""
import random
from pathlib import Path

APEX = "bench.example"
NAMES = [f"host{number:04}.{APEX}" for number in range(1, 1001)]
NODES = ["127.0.1.1", "127.0.1.2", "127.0.1.3", "127.0.1.4"]
TTL = 60
STRANGERS = 20000  # names that do not exist

HEAD = f"""$ORIGIN {APEX}.
$TTL {TTL}
@ SOA ns1.{APEX}. hostmaster.{APEX}. 1 10800 3600 604800 60
@ NS ns1.{APEX}.
ns1 A 127.0.0.1
"""


def zone_file(*records: str) -> str:
    """`records`: what each of the names has, type and data."""
    lines = [f"{name}. {TTL} {record}\n" for name in NAMES for record in records]
    return HEAD + "".join(lines)


def static_zone() -> str:
    return zone_file(*(f"IN A {address}" for address in NODES))


def lua_zone(port: int) -> str:
    addresses = ", ".join(f"'{address}'" for address in NODES)
    return zone_file(f"IN LUA A \"ifportup({port}, {{{addresses}}}, {{selector='all'}})\"")


def gdnsd_zone() -> str:
    return zone_file("DYNA multifo!nodes")


class Questions:
    """Files for dnsperf, in an order that is random and the same for every server."""

    def __init__(self, folder: Path):
        dice = random.Random(1)
        names = dice.sample(NAMES, len(NAMES))
        # Below the apex and nothing else, and spread over the whole zone: what denies them differs.
        strangers = [f"{dice.choice(NAMES).split('.')[0]}-{dice.getrandbits(48):012x}.{APEX}" for _ in range(STRANGERS)]
        self.positive = self._write(folder / "positive", names, "A")
        self.nodata = self._write(folder / "nodata", names, "TXT")
        self.nxdomain = self._write(folder / "nxdomain", strangers, "A")

    @staticmethod
    def _write(path: Path, names: list, rdtype: str) -> Path:
        path.write_text("".join(f"{name} {rdtype}\n" for name in names))
        return path
