# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Which server is measured when, and how."""
import itertools
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from answering import figures, powerdns
from answering.contender import Contender, Gdnsd
from answering.load import Load
from message import Client
from process import Cores, Failed
from answering.zone import NAMES, NODES, Questions

WARM_UP = 1.0  # seconds
WINDOW = 10.0  # seconds over which the first ones of answers are counted
SAMPLES = 400  # answers looked at per second of it: 4,000 make a share exact to a per cent or two
ROTATING = {"failover-rotate-ms": 200}


@dataclass
class Step:
    """One server, started, measured, ended. `seconds`: about as long as it takes."""

    text: str
    seconds: float
    run: Callable[[], str]


class Plan:
    """All servers and all steps. `notes`: what was not measured, or not at once."""

    def __init__(self, options, folder: Path, node_port: int, cores: Cores):
        self.options, self.folder, self.node_port, self.cores = options, folder, node_port, cores
        self.load = Load(cores.client)
        self.questions = Questions(folder)
        self.figures = figures.Figures()
        self.modules = powerdns.make_modules(folder / "modules")
        self.can_rotate = powerdns.knows(self.modules, next(iter(ROTATING)))
        self.notes: list[str] = []
        makers = {"main": self._main_steps, "dnssec": self._signed_steps, "threads": self._thread_steps}
        self.steps = [step for table in options.only for step in makers[table]()]

    def run(self):
        left = sum(step.seconds for step in self.steps)
        began, pace = time.monotonic(), 1.0
        for number, step in enumerate(self.steps, 1):
            said = self._measured(step)
            left -= step.seconds
            done = sum(other.seconds for other in self.steps[:number])
            pace = (time.monotonic() - began) / done
            minutes, seconds = divmod(round(left * pace), 60)
            print(f"[{number}/{len(self.steps)}, {minutes}:{seconds:02} left] {step.text}: {said}", file=sys.stderr)

    def _measured(self, step: Step) -> str:
        """A machine that stands still for a moment costs a measurement, not all of them; but not three times in a row."""
        before = len(self.figures.rows)
        for attempt in range(3):
            try:
                return step.run()
            except Failed as failure:
                del self.figures.rows[before:]
                if attempt == 2:
                    raise
                self.notes.append(f"measured again: {step.text}: {failure}")
                print(self.notes[-1], file=sys.stderr)
        raise AssertionError

    # ---- who there is ----

    def _ready(self, *contenders: Contender) -> list:
        for contender in contenders:
            print("preparing", contender.name, contender.signed or "", file=sys.stderr)
            number = len(list(self.folder.iterdir()))
            contender.prepare(self.folder / f"server{number}", self.node_port)
        return list(contenders)

    def _failover(self, name: str, settings: dict | None = None, **more) -> Contender:
        fresh = dict.fromkeys(ROTATING, 0) if self.can_rotate else {}
        return powerdns.Failover(name, self.modules, {**fresh, **(settings or {})}, **more)

    def _main_contenders(self) -> list:
        off, on, modules = powerdns.CACHES_OFF, powerdns.CACHES_ON, self.modules
        rotating = [self._failover(figures.ROTATING, ROTATING)] if self.can_rotate else []
        if not rotating:
            self.notes.append(f"{figures.ROTATING}: not measured, the module does not know {next(iter(ROTATING))}")
        return self._ready(
            self._failover(figures.FRESH), *rotating,
            powerdns.Lua(figures.LUA, modules, {"enable-lua-records": "yes"}),
            powerdns.Lua(figures.LUA_SHARED, modules, {"enable-lua-records": "shared"}),
            powerdns.Sqlite(figures.SQLITE, modules, off), powerdns.Bind(figures.BIND, modules, off),
            powerdns.Lmdb(figures.LMDB, modules, off), powerdns.Sqlite(figures.SQLITE_CACHED, modules, on),
            Gdnsd(figures.GDNSD), powerdns.Null(figures.NULL, modules), powerdns.Null(figures.NULL_ONE, modules, answers=1))

    # ---- the tables ----

    def _main_steps(self):
        contenders, seconds = self._main_contenders(), self.options.seconds
        for repetition in range(1, self.options.repetitions + 1):
            for contender in contenders:
                ours = contender.name in (figures.FRESH, figures.ROTATING)
                yield Step(f"{repetition}: {contender.name}", 0.5 + WARM_UP + 2 * seconds + ours * WINDOW,
                           lambda who=contender, again=repetition, order=ours: self._main(who, again, order))

    def _main(self, contender: Contender, repetition: int, order: bool) -> str:
        with contender.serving(self.cores.server):
            seen = self._saturate(contender, "main", "positive", repetition, self.load, self.questions.positive)
            steady = self.load.run(contender.port, self.questions.positive, self.options.seconds, rate=self.options.rate)
            overloaded = steady.per_second < 0.98 * self.options.rate
            self.figures.rows[-1].update({
                "rate": steady.per_second, "overloaded": overloaded, "p50_us": 1e6 * steady.percentile(0.5),
                "p99_us": 1e6 * steady.percentile(0.99), "rate_faults": steady.faults("NOERROR")})
            if order:
                self.figures.add(table="order", who=contender.name, kind="positive", repetition=repetition,
                                 shares=self._shares(contender))
        return seen

    def _signed_steps(self):
        makers = {"failover": self._failover, "bind": powerdns.Bind, "lmdb": powerdns.Lmdb}
        contenders = []
        for denial, who in itertools.product(("NSEC", "NSEC3"), figures.SIGNED):
            modules = () if who == "failover" else (self.modules,)
            contenders += self._ready(makers[who](who, *modules, settings=powerdns.CACHES_OFF, signed=denial))
        for repetition in range(1, self.options.repetitions + 1):
            for contender in contenders:
                yield Step(f"{repetition}: {contender.signed}, {contender.name}", 0.5 + 3 * (WARM_UP + self.options.seconds),
                           lambda who=contender, again=repetition: self._signed(who, again))

    def _signed(self, contender: Contender, repetition: int) -> str:
        load = Load(self.cores.client, dnssec=True)
        with contender.serving(self.cores.server):
            return "; ".join(
                f"{kind} " + self._saturate(contender, "dnssec", f"{contender.signed} {kind}", repetition, load, questions, rcode)
                for kind, questions, rcode in (("positive", self.questions.positive, "NOERROR"),
                                               ("NODATA", self.questions.nodata, "NOERROR"),
                                               ("NXDOMAIN", self.questions.nxdomain, "NXDOMAIN")))

    def _thread_steps(self):
        contenders = self._ready(self._failover(figures.FRESH), powerdns.Null(figures.NULL, self.modules))
        if self.cores.count < 2 * max(figures.THREADS):
            self.notes.append(f"threads: the server's and the client's share {self.cores.count} cores")
        for repetition, threads in itertools.product(range(1, self.options.repetitions + 1), figures.THREADS):
            for contender in contenders:
                yield Step(f"{repetition}: {threads} threads, {contender.name}", 0.5 + WARM_UP + self.options.seconds,
                           lambda who=contender, again=repetition, count=threads: self._threads(who, again, count))

    def _threads(self, contender: Contender, repetition: int, threads: int) -> str:
        contender.settings["receiver-threads"] = threads
        load = Load(self.cores.all, outstanding=100, clients=8, threads=max(1, self.cores.count // 2))
        with contender.serving(self.cores.all):
            return self._saturate(contender, "threads", threads, repetition, load, self.questions.positive)

    # ---- one measurement ----

    def _saturate(self, contender: Contender, table: str, kind, repetition: int, load: Load, questions: Path,
                  rcode: str = "NOERROR") -> str:
        load.warm_up(contender.port, questions, WARM_UP)
        used = contender.process.cpu_s()
        outcome = load.run(contender.port, questions, self.options.seconds, rcode=rcode)
        used = contender.process.cpu_s() - used
        cpu_us = 1e6 * used / outcome.completed
        self.figures.add(table=table, who=contender.name, kind=kind, repetition=repetition, per_second=outcome.per_second,
                         cpu_us=cpu_us, busy=used / outcome.seconds, faults=outcome.faults(rcode))
        return f"{outcome.per_second:,.0f} q/s, {cpu_us:.2f} us"

    def _shares(self, contender: Contender) -> list:
        """How often each node is the first one of an answer, as a client sees it while there is load."""
        first = Counter()
        with self.load.start(contender.port, self.questions.positive, WINDOW + 2), Client(contender.port) as client:
            began = time.monotonic()
            for number in range(round(WINDOW * SAMPLES)):
                reply = client.ask(NAMES[number * 7 % len(NAMES)])
                if reply is not None and reply.addresses:
                    first[reply.addresses[0]] += 1
                time.sleep(max(0.0, began + (number + 1) / SAMPLES - time.monotonic()))
        if first.total() < WINDOW * SAMPLES / 2:
            raise Failed(f"only {first.total()} of {WINDOW * SAMPLES:.0f} samples were answered")
        return [first[node] / first.total() for node in NODES]
