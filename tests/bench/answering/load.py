# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""The client: dnsperf, and what it says."""
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from process import Failed, pinned

LOST = 0.001  # a share beyond which a measurement is worth nothing
LATENCY = re.compile(r"^> \S+ \S+ \S+ ([0-9.]+)$", re.MULTILINE)  # with -v: > RCODE NAME TYPE SECONDS


@dataclass
class Outcome:
    """Of one run. `rcodes`: how many replies had each. `latencies`: seconds, sorted; only of a run at a fixed rate."""

    sent: int
    completed: int
    seconds: float
    rcodes: dict
    latencies: list = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return self.completed / self.seconds

    def percentile(self, share: float) -> float:
        return self.latencies[min(int(share * len(self.latencies)), len(self.latencies) - 1)]

    def faults(self, rcode: str) -> dict:
        """Queries that were lost or answered with another rcode."""
        found = {"lost": self.sent - self.completed, **{key: count for key, count in self.rcodes.items() if key != rcode}}
        return {key: count for key, count in found.items() if count}


@dataclass
class Load:
    """How dnsperf asks. `outstanding`: queries under way at most. `cores`: those that it may use."""

    cores: str
    outstanding: int = 50
    clients: int = 1
    threads: int = 1
    dnssec: bool = False

    def start(self, port: int, questions: Path, seconds: float, rate: int = 0) -> "Running":
        """`rate`: queries per second, and latencies are measured; 0: as many as are answered."""
        command = [*pinned(self.cores), "dnsperf", "-s", "127.0.0.1", "-p", port, "-d", questions, "-l", f"{seconds:g}", "-t", 2,
                   "-q", self.outstanding, "-c", self.clients, "-T", self.threads, "-O", "suppress=timeout,unexpected"]
        command += ["-D"] if self.dnssec else []
        command += ["-Q", rate, "-v"] if rate else []
        return Running(command)

    def warm_up(self, port: int, questions: Path, seconds: float):
        """Whatever is lost."""
        with self.start(port, questions, seconds) as running:
            running.text()

    def run(self, port: int, questions: Path, seconds: float, rate: int = 0, rcode: str = "NOERROR") -> Outcome:
        """As start(), to the end. Raises Failed where too many queries are lost or have another rcode."""
        with self.start(port, questions, seconds, rate) as running:
            return running.outcome(rcode)


class Running:
    """A dnsperf under way; it does not outlive the with statement."""

    def __init__(self, command: list):
        # pylint: disable-next=consider-using-with
        self._process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                         stderr=subprocess.STDOUT, text=True)

    def text(self) -> str:
        text = self._process.communicate()[0]
        if self._process.returncode != 0:
            raise Failed(f"dnsperf ended with status {self._process.returncode}: {text[-2000:]}")
        return text

    def outcome(self, rcode: str) -> Outcome:
        outcome = parse(self.text())
        if sum(outcome.faults(rcode).values()) > LOST * outcome.sent:
            raise Failed(f"of {outcome.sent} queries, these were not answered with {rcode}: {outcome.faults(rcode)}")
        return outcome

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()


def parse(text: str) -> Outcome:
    def figure(name: str) -> float:
        found = re.search(rf"^ *{re.escape(name)}: +([0-9.]+)", text, re.MULTILINE)
        if not found:
            raise Failed(f"dnsperf does not say its {name}:\n{text[-2000:]}")
        return float(found[1])

    rcodes = re.search(r"^ *Response codes: +(.*)$", text, re.MULTILINE)
    counts = dict(re.findall(r"(\w+) (\d+) \(", rcodes[1])) if rcodes else {}
    return Outcome(int(figure("Queries sent")), int(figure("Queries completed")), figure("Run time (s)"),
                   {key: int(count) for key, count in counts.items()}, sorted(map(float, LATENCY.findall(text))))
