# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""The HTTP API of two servers at once, by the curl program: ours, and one that runs the stock gsqlite3 backend.

Every request must have the same status and body from both and leave the same rows in both stores; what it changed is then
asked of our server, once.
"""
import json
import re
from dataclasses import dataclass

from harness.command import run
from harness.questions import Answer
from harness.server import API_KEY
from harness.testbed import SharedCase

NOISE = re.compile(r'"(privatekey|dnskey|key)": "[^"]*"')  # drawn anew by each server

# Without row ids, and with names for what refers to them; of keys no more than what is not drawn.
ROWS = """
SELECT 'domain', name, master, type, account, options, catalog FROM domains;
SELECT 'record', d.name, r.name, r.type, r.content, ttl, prio, disabled, ordername, auth
  FROM records r JOIN domains d ON d.id = domain_id;
SELECT 'comment', d.name, c.name, c.type, modified_at, c.account, comment
  FROM comments c JOIN domains d ON d.id = domain_id;
SELECT 'metadata', d.name, kind, content FROM domainmetadata m JOIN domains d ON d.id = domain_id;
SELECT 'key', d.name, flags, active, published, substr(content, 1, instr(content, 'Algorithm') + 13)
  FROM cryptokeys k JOIN domains d ON d.id = domain_id;
SELECT 'tsig', name, algorithm FROM tsigkeys;
SELECT 'autoprimary', ip, nameserver, account FROM supermasters;
"""


@dataclass(frozen=True)
class Response:
    """What a server said. `body`: parsed where it is JSON."""

    status: int
    body: object

    def text(self) -> str:
        return json.dumps(self.body, sort_keys=True, indent=1)


def curl(server, method: str, path: str, body=None, *options: str) -> Response:
    """`path`: after /api/v1/servers/localhost."""
    data = ["--data-binary", "@-", "-H", "Content-Type: application/json"] if body is not None else []
    text = body if body is None or isinstance(body, str) else json.dumps(body)
    said = run("curl", "-sS", "-X", method, "-H", f"X-API-Key: {API_KEY}", *data, *options, "-w", "\n%{http_code}",
               f"http://127.0.0.1:{server.api_port}/api/v1/servers/localhost{path}", text=text)
    content, _, status = said.rpartition("\n")
    try:
        return Response(int(status), json.loads(content))
    except json.JSONDecodeError:
        return Response(int(status), content)


def rrset(name: str, rdtype: str, *contents: str, ttl: int = 60, changetype: str = "REPLACE", disabled: bool = False) -> dict:
    records = [{"content": content, "disabled": disabled} for content in contents]
    return {"name": name, "type": rdtype, "ttl": ttl, "changetype": changetype, "records": records}


class ApiTwinsCase(SharedCase):
    """Two servers for all tests of a class; each test has zones of its own. `SETTINGS`: of both."""

    SETTINGS: dict = {}
    DNSSEC = "yes"

    @classmethod
    def prepare(cls, bed):
        cls.store, cls.stock_store = bed.store(), bed.store("stock.sqlite3")
        cls.server = bed.serve(cls.store, failover_dnssec=cls.DNSSEC, api=True, **cls.SETTINGS)
        cls.stock = bed.serve(name="stock", launch="gsqlite3", gsqlite3_database=cls.stock_store.path,
                              gsqlite3_dnssec=cls.DNSSEC, api=True, **cls.SETTINGS)

    # ---- requests ----

    def call(self, method: str, path: str, body=None, status: int | None = None, random: bool = False):
        """Our server's body. `status`: by default any success. `random`: both draw something, such as keys, and their
        bodies need not be equal."""
        theirs, ours = curl(self.stock, method, path, body), curl(self.server, method, path, body)
        what = f"{method} {path} {body!r}\n"
        self.assertEqual(ours.status, theirs.status, f"{what}ours: {ours.text()}\nstock: {theirs.text()}")
        self.assertTrue(ours.status == status if status else ours.status // 100 == 2, f"{what}{ours.status}: {ours.text()}")
        if not random:
            self.assertEqual(self._comparable(ours), self._comparable(theirs), what)
        self.assert_same_rows(what)
        return ours.body

    def refused(self, method: str, path: str, body=None, status: int = 422):
        """An error, which says why and leaves the store as it was."""
        before = self.rows(self.store)
        said = self.call(method, path, body, status)
        self.assertEqual(self.rows(self.store), before, f"{method} {path}: {said}")
        self.assertGreater(len(str(said)), 4, "an error says why")
        return said

    def patch(self, zone: str, *rrsets: dict, status: int = 204):
        return self.call("PATCH", f"/zones/{zone}", {"rrsets": list(rrsets)}, status)

    def create(self, zone: str, /, **more):
        """A zone with one name server, or what `more` says."""
        body = {"name": zone, "kind": "Native", "nameservers": [f"ns1.{zone}"], **more}
        random = more.get("dnssec", False) or "soa_edit_api" in more
        return self.call("POST", "/zones", body, 201, random=random)

    @staticmethod
    def _comparable(response: Response) -> str:
        return NOISE.sub("", response.text())

    # ---- what is to be seen afterwards ----

    @staticmethod
    def rows(store) -> list:
        return sorted(store.read(ROWS))

    def assert_same_rows(self, what: str):
        self.assertEqual(self.rows(self.store), self.rows(self.stock_store), what)

    def answered(self, name: str, rdtype: str, *data: str) -> Answer:
        """The very next answer: one question."""
        answer = self.server.ask(name, rdtype)
        self.assertEqual(answer.data(rdtype), tuple(sorted(data)), f"{name} {rdtype}: {answer.rcode}")
        return answer

    def rcode(self, name: str, rcode: str, rdtype: str = "A"):
        self.assertEqual(self.server.ask(name, rdtype).rcode, rcode, f"{name} {rdtype}")

    def rcode_twice(self, name: str, rcode: str, rdtype: str = "A"):
        """Asked twice: the answer is in PowerDNS's caches now."""
        self.rcode(name, rcode, rdtype)
        self.rcode(name, rcode, rdtype)
