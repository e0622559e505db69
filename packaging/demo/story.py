# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""The story of a node that dies and returns, told by what the server answers."""

import time

import dns.exception
import dns.message
import dns.query

from stage import DNS_ADDRESS, DemoError

NAMES = ("api", "client", "www")

# What a question's answer holds for a node; the last one leads to no node and never changes.
QUESTIONS = [
    *((f"{name}.demo.example", "A", lambda node: node.ipv4) for name in NAMES),
    *((f"{name}.demo.example", "AAAA", lambda node: node.ipv6) for name in NAMES),
    ("demo.example", "MX", lambda node: f"10 {node.name}.demo.example."),
    ("_imaps._tcp.demo.example", "SRV", lambda node: f"0 10 993 {node.name}.demo.example."),
]
STATIC = ("static.demo.example", "A", "192.0.2.80")


def ask(port, name, kind):
    """The set of an answer's record contents over UDP, or None where there is no answer."""
    try:
        reply = dns.query.udp(dns.message.make_query(name, kind), DNS_ADDRESS, port=port, timeout=1)
    except (dns.exception.DNSException, OSError):
        return None
    return {record.to_text() for rrset in reply.answer for record in rrset}


def first_difference(stage, nodes):
    """Which answer is not exactly that of `nodes`, in words; None when all are."""
    expected = [(name, kind, {content(node) for node in nodes}) for name, kind, content in QUESTIONS]
    expected.append((STATIC[0], STATIC[1], {STATIC[2]}))
    for name, kind, wanted in expected:
        got = ask(stage.port, name, kind)
        if got != wanted:
            seen = "no answer" if got is None else " ".join(sorted(got)) or "no records"
            return f"{name} {kind}: {seen}, expected {' '.join(sorted(wanted))}"
    return None


def wait_for(stage, nodes, seconds):
    """Waits until every answer is exactly that of `nodes`. Returns the seconds it took; raises DemoError."""
    begin = time.monotonic()
    while True:
        difference = first_difference(stage, nodes)
        elapsed = time.monotonic() - begin
        if difference is None:
            return elapsed
        if elapsed > seconds:
            raise DemoError(f"not seen within {seconds} s: {difference}")
        stage.pause()


def wait_until_checked(stage, seconds):
    """Waits until the checks have found every node up: one that is killed before would only show the first
    check, which decides at once. Raises DemoError."""
    deadline = time.monotonic() + seconds
    while set(states := stage.states().values()) != {"up"}:
        if time.monotonic() > deadline:
            raise DemoError(f"not every node was found up within {seconds} s: {', '.join(states)}")
        stage.pause()


def play(stage, show):
    """Plays it all; show(text, seconds) is told each thing seen. Raises DemoError at the first that is not."""
    east, west = stage.nodes
    show("both nodes are in every answer", wait_for(stage, [east, west], 20))
    wait_until_checked(stage, 20)

    east.kill()
    show("east was killed: no answer leads to it", wait_for(stage, [west], 20))

    east.start(stage.node_log)
    show("east is back: it is in every answer again", wait_for(stage, [east, west], 20))

    stage.control("failover-drain", "west", "demo")
    show("west was drained: no answer leads to it", wait_for(stage, [east], 5))

    stage.control("failover-resume", "west")
    show("west was resumed: it is in every answer again", wait_for(stage, [east, west], 20))
