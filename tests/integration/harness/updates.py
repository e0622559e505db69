# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Dynamic updates (RFC 2136) of two servers at once, by nsupdate: ours, and one that runs the stock gsqlite3 backend.

Each update must end the same way on both and leave the same records; what it changed is then asked of our server, once.
"""
from harness.command import CommandFailed, run
from harness.testbed import SharedCase

RECORDS = ("SELECT d.name, r.name, r.type, r.content, ttl, prio, disabled, ordername, auth"
           " FROM records r JOIN domains d ON d.id = domain_id")


def nsupdate(server, zone: str, *lines: str, options: tuple = ()) -> str:
    """The response code: nsupdate says nothing of a success and the code of anything else."""
    text = "\n".join([f"server 127.0.0.1 {server.port}", f"zone {zone}", *lines, "send", ""])
    try:
        said = run("nsupdate", "-t", "10", *options, text=text)
    except CommandFailed as error:
        said = error.output
    if not said.strip():
        return "NOERROR"
    return said.strip().splitlines()[-1].removeprefix("update failed: ")


def metadata(store, zone: str, kind: str, content: str):
    store.sql("INSERT INTO domainmetadata (domain_id, kind, content) "
              f"SELECT id, '{kind}', '{content}' FROM domains WHERE name = '{zone}'")


class UpdatesCase(SharedCase):
    """Two servers with the same zones, which make(store) adds. `SETTINGS`: of both."""

    SETTINGS: dict = {}

    @classmethod
    def prepare(cls, bed):
        cls.store, cls.stock_store = bed.store(), bed.store("stock.sqlite3")
        for store in (cls.store, cls.stock_store):
            cls.make(store)
        settings = {"dnsupdate": "yes", **cls.SETTINGS}
        cls.stock = bed.server(name="stock", launch="gsqlite3", gsqlite3_database=cls.stock_store.path,
                               gsqlite3_dnssec="yes", **settings)
        cls.server = bed.server(cls.store, failover_dnssec="yes", **settings)
        for server in (cls.stock, cls.server):
            server.configure()
            cls.administer(server)
            server.start()

    @classmethod
    def make(cls, store):
        raise NotImplementedError

    @classmethod
    def administer(cls, server):
        """pdnsutil's part, before the server starts."""

    def update(self, zone: str, *lines: str, rcode: str | None = "NOERROR", options: tuple = ()):
        """`rcode` None: whatever the stock server says, but no success."""
        theirs, ours = (nsupdate(server, zone, *lines, options=options) for server in (self.stock, self.server))
        self.assertEqual(ours, theirs, f"{zone}: {lines}")
        self.assertTrue(ours == rcode if rcode else ours != "NOERROR", f"{zone}: {lines}: {ours}")
        self.assertEqual(self.records(self.store), self.records(self.stock_store), f"{zone}: {lines}")

    def unchanged(self, zone: str, *lines: str, rcode: str | None = "NOERROR", options: tuple = ()):
        before = self.records(self.store)
        self.update(zone, *lines, rcode=rcode, options=options)
        self.assertEqual(self.records(self.store), before, f"{zone}: {lines}")

    @staticmethod
    def records(store) -> list:
        return sorted(store.read(RECORDS))

    def answered(self, name: str, rdtype: str, *data: str):
        """The very next answer: one question."""
        answer = self.server.ask(name, rdtype)
        self.assertEqual(answer.data(rdtype), tuple(sorted(data)), f"{name} {rdtype}: {answer.rcode}")

    def rcode(self, name: str, rcode: str, rdtype: str = "A"):
        self.assertEqual(self.server.ask(name, rdtype).rcode, rcode, f"{name} {rdtype}")

    def serial(self, zone: str) -> int:
        return int(self.server.data(zone, "SOA")[0].split()[2])
