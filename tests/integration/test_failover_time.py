# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""How long a dead node stays in the answers, at the schema's defaults and with PowerDNS's caches as they come."""
import threading
import time

from harness.poll import NotSeen, Stopwatch, eventually, report
from harness.testbed import Case

TYPES = ("A", "AAAA", "MX", "SRV", "HTTPS")
# How a node dies, and the seconds after which no answer may have it any more.
DEATHS = {"refuse": 5.0, "status500": 5.0, "silent": 7.0, "swallow": 7.0}
CACHES = 1.0  # an answer may not be later than the verdict by more than this
RECOVERY = 8.0  # two good checks, the first up to an interval away


def number_of(kind: str) -> int:
    return list(DEATHS).index(kind) + 1


def records() -> str:
    lines = []
    for kind in DEATHS:
        victim = number_of(kind)
        for host, digit in ((f"v-{kind}", victim), ("survivor", 99)):
            if digit != 99 or victim == 1:
                lines += [f"{host} A 192.0.2.{digit}", f"{host} AAAA 2001:db8::{digit}"]
            lines += [f"{kind} A 192.0.2.{digit}", f"{kind} AAAA 2001:db8::{digit}", f"{kind} MX 10 {host}.alpha.example",
                      f"{kind} SRV 0 5 80 {host}.alpha.example", f"{kind} HTTPS 1 {host}.alpha.example. alpn=h2"]
    return "\n".join(lines)


class FailoverTimeTest(Case):
    """Four nodes die in four ways at once; each has a name of its own that it shares with a survivor."""

    def setUp(self):
        super().setUp()
        self.store = self.bed.store()
        self.store.add_zone("alpha.example", records())
        self.victims = {kind: self.bed.node() for kind in DEATHS}
        for kind, node in self.victims.items():
            victim = number_of(kind)
            targets = (f"192.0.2.{victim}", f"2001:db8::{victim}", f"v-{kind}.alpha.example")
            self.store.add_node(kind, *targets, url=node.url("/health"))
        self.store.add_node("survivor", "192.0.2.99", "2001:db8::99", "survivor.alpha.example", url=self.bed.node().url())
        self.server = self.bed.serve(self.store)
        self.problems = []

    def everywhere(self, resolver, kind: str, count: int) -> bool:
        """Whether every type has this many records. Asks them all each time, so that every cache stays warm."""
        return all([len(resolver.data(f"{kind}.alpha.example.", rdtype)) == count for rdtype in TYPES])

    def kill(self, kind: str):
        node = self.victims[kind]
        ways = {"refuse": node.refuse, "status500": lambda: node.answer(status=500), "silent": node.silent,
                "swallow": node.swallow}
        ways[kind]()

    def verdict_age(self, kind: str, state: str, at: float) -> float:
        """Seconds from the latest verdict of this kind in health_events to `at` (time.time())."""
        latest = f"SELECT at_ms FROM health_events WHERE node = '{kind}' AND to_state = '{state}' ORDER BY id DESC LIMIT 1"
        rows = eventually(lambda: self.store.read(latest), 5, "the verdict is in health_events")
        return at - int(rows[0][0]) / 1000

    def story(self, kind: str):
        """Death right after a good check, the worst moment, and recovery."""
        resolver, node, allowed = self.server.resolver(), self.victims[kind], DEATHS[kind]
        try:
            checked = len(node.requests)
            eventually(lambda: len(node.requests) > checked, 8, f"one more check of {kind}")
            self.kill(kind)
            watch = Stopwatch()
            eventually(lambda: self.everywhere(resolver, kind, 1), allowed, f"{kind}: out of every answer")
            report(f"{kind}: out of every answer", watch.seconds(), allowed)
            late = self.verdict_age(kind, "down", time.time())
            report(f"{kind}: seen after the verdict", late, CACHES)
            if late > CACHES:
                raise NotSeen(f"{kind}: the answers are {late:.2f} s behind the verdict")
            node.recover()
            watch = Stopwatch()
            eventually(lambda: self.everywhere(resolver, kind, 2), RECOVERY, f"{kind}: back in every answer")
            report(f"{kind}: back in every answer", watch.seconds(), RECOVERY)
        except Exception as error:  # pylint: disable=broad-except  # belongs to the test's own thread
            self.problems.append(f"{kind}: {error!r}")
        finally:
            resolver.close()

    def test_out_and_back_in_time(self):
        for kind in DEATHS:
            eventually(lambda kind=kind: self.server.node(kind).get("state") == "up", 10, f"{kind} is up")
        tellers = [threading.Thread(target=self.story, args=(kind,)) for kind in DEATHS]
        for teller in tellers:
            teller.start()
        for teller in tellers:
            teller.join()
        self.assertEqual(self.problems, [])
