# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Who got the answers: a zone with every kind of way to a node, and the counts that failover-top shows."""
import json
from collections import Counter

from harness.testbed import EAST, EAST_HOST, EAST_V4, EAST_V6, HOSTS, WEST, WEST_HOST, WEST_V4

SHARED_V4 = "192.0.2.9"
ZONE = HOSTS + f"""
@ A {EAST_V4}
www A {EAST_V4}
www A {WEST_V4}
www AAAA {EAST_V6}
deep.www A {EAST_V4}
mail MX 10 {EAST_HOST}
mail MX 20 {WEST_HOST}
svc HTTPS 1 . alpn=h2
svc A {WEST_V4}
*.wild A {WEST_V4}
*.link CNAME www.alpha.example
alias CNAME www.alpha.example
alias.www CNAME www.alpha.example
out CNAME west.example.net
old DNAME alpha.example
both A {SHARED_V4}
plain A 198.51.100.1
sub NS ns.sub.alpha.example
ns.sub A {EAST_V4}
"""
WWW = ("www A east", "www A west")


def owner(name: str) -> str:
    return "alpha.example" if name == "@" else f"{name}.alpha.example"


def key(text: str) -> tuple:
    name, rdtype, node = text.split()
    return owner(name), rdtype, node


def counts(server) -> Counter:
    """All that failover-top says: of (name, type, node), of each node under its name, and the sum under None."""
    report = json.loads(server.control("failover-top", "10000", "json"))
    found = Counter({(entry["name"], entry["type"], entry["node"]): entry["answers"] for entry in report["top"]})
    found.update({node["name"]: node["answers"] for node in report["nodes"]})
    found[None] = report["answers"]
    assert report["uncounted"] == 0, report
    return found


def gained(server, before: Counter) -> Counter:
    """What counts() says more than before; below zero where it says less."""
    found = counts(server)
    found.subtract(before)
    return Counter({what: number for what, number in found.items() if number})


def expected(answers, times: int = 1) -> Counter:
    """What so many answers of these "name type node" add to counts()."""
    found = Counter()
    for text in answers:
        found[key(text)] += times
        found[text.split()[2]] += times
        found[None] += times
    return found


def fill(store):
    store.add_zone("alpha.example", ZONE)
    store.add_node("east", *EAST, SHARED_V4, "svc.alpha.example")
    store.add_node("west", *WEST, SHARED_V4, "west.example.net")
