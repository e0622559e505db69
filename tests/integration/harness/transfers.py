# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Zone transfers as an administrator makes them: dig, and what dig printed in a form that can be compared."""
from dataclasses import dataclass

from harness.command import CommandFailed, run


class TransferRefused(AssertionError):
    """The server did not send the zone; the message is what dig said."""


@dataclass(frozen=True)
class Key:
    """A TSIG key."""

    name: str
    secret: str
    algorithm: str = "hmac-sha256"


def transfer(server, zone: str, what: str = "AXFR", key: Key | None = None, source: str | None = None) -> str:
    """The zone as text, a record a line, with both of its SOA records. Raises TransferRefused."""
    words = ["dig", f"@{server.address}", "-p", server.port, "+noall", "+answer", "+time=5", "+tries=1"]
    words += ["-y", f"{key.algorithm}:{key.name}:{key.secret}"] if key else []
    words += ["-b", source] if source else []
    try:
        text = run(*words, zone, what)
    except CommandFailed as failed:
        raise TransferRefused(failed.output) from None
    if "SOA" not in text or "; Transfer failed" in text or ";; " in text:
        raise TransferRefused(text)
    return text


def records(text: str) -> tuple:
    """Of a transfer: sorted (owner, type, data), the SOA once. Owners are in lower case: not every server keeps the case."""
    rows = (line.split(None, 4) for line in text.splitlines() if line.strip() and not line.startswith(";"))
    return tuple(sorted({(owner.lower(), rdtype, data) for owner, _, _, rdtype, data in rows if rdtype != "TSIG"}))


def axfr(server, zone: str, **options) -> tuple:
    return records(transfer(server, zone, **options))


def serial(server, zone: str) -> int:
    """Of the zone as this server answers it; -1: it does not."""
    data = server.data(zone + ".", "SOA")
    return int(data[0].split()[2]) if data else -1


def verify(text: str, zone: str, folder) -> str:
    """Has BIND's dnssec-verify judge a transferred zone: signatures, chain of denial and its bitmaps. Raises CommandFailed."""
    file = folder / f"{zone}.transferred"
    file.write_text("\n".join(dict.fromkeys(text.splitlines())) + "\n")
    return run("dnssec-verify", "-z", "-o", zone, file)  # -z: one key may do for all
