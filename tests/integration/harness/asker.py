# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Somebody who asks all the time, while a test does its worst to the server."""
import threading

import dns.exception

from harness.poll import eventually


class Asker:
    """Asks `questions`, tuples of (name, type, options), one after the other in a thread of its own until the end of a
    with block. `faults` lists every answer that was none: a timeout, SERVFAIL, REFUSED, or nothing of the type asked."""

    def __init__(self, server, questions):
        self.faults: list[str] = []
        self.count = 0
        self._resolver = server.resolver(timeout=2.0)
        self._questions = list(questions)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._ask_on, daemon=True)

    def __enter__(self):
        self._thread.start()
        eventually(lambda: self.count >= len(self._questions), 10, "each question was asked")
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join()
        self._resolver.close()

    def goes_on(self, rounds: int = 20):
        """Returns when every question has been asked this many times more."""
        target = self.count + rounds * len(self._questions)
        eventually(lambda: self.count >= target, 30, "the questions go on")

    def _ask_on(self):
        while not self._ended.is_set():
            for name, rdtype, options in self._questions:
                self._ask(name, rdtype, options)
            self._ended.wait(0.005)  # leaves some of a small machine to the server

    def _ask(self, name, rdtype, options):
        try:
            answer = self._resolver.ask(name, rdtype, **options)
            if answer.rcode != "NOERROR" or not answer.data(rdtype):
                self.faults.append(f"{name} {rdtype}: {answer.rcode}")
            elif options.get("dnssec") and not answer.data("RRSIG"):
                self.faults.append(f"{name} {rdtype}: no signature")
        except (OSError, dns.exception.DNSException) as error:
            self.faults.append(f"{name} {rdtype}: {error!r}")
        self.count += 1
