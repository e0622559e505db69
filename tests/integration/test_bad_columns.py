# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Columns of records that hold what no tool of PowerDNS writes: numbers out of bounds, NULL, BLOBs, bytes that are no text.

Each such row is left out and named, with its column, or served where that is what PowerDNS's own backends make of it; at
start as well as while the server runs, and its neighbours are answered.
"""
from harness.badrows import WITHIN, BadRowsCase
from harness.command import CommandFailed
from harness.poll import NotSeen, eventually
from harness.testbed import EAST_V4, WEST_V4

BINARY_NAMES = {"8bit_dns": "yes"}  # questions for them are SERVFAIL else
AT_ONCE = 20  # as many as the status and the log list of one zone
GOOD = {"A": "192.0.2.9", "MX": "mail.alpha.example", "SRV": "10 80 mail.alpha.example", "TXT": '"well"'}
SHOWN = {"MX": "10 mail.alpha.example.", "SRV": "10 10 80 mail.alpha.example."}
NO_TTL = "is no number of seconds from 0 to 2147483647"
OUTSIDE = "the name is not in zone 'alpha.example'"

# (type, what is set, what is said): of PowerDNS's own words, which change, only that it refuses the content.
LEFT_OUT = (
    ("A", "ttl = -1", f"ttl: '-1' {NO_TTL}"),
    ("A", "ttl = 2147483648", f"ttl: '2147483648' {NO_TTL}"),
    ("A", "ttl = 4294967356", f"ttl: '4294967356' {NO_TTL}"),  # 60 in 32 bits
    ("A", "ttl = -9223372036854775808", f"ttl: '-9223372036854775808' {NO_TTL}"),
    ("A", "ttl = 1e30", f"ttl: '1.0e+30' {NO_TTL}"),
    ("A", "ttl = 1.5", f"ttl: '1.5' {NO_TTL}"),
    ("A", "ttl = '5m'", f"ttl: '5m' {NO_TTL}"),
    ("A", "ttl = x'00ff'", f"ttl: '??' {NO_TTL}"),
    ("A", "name = NULL", "'NULL' A: name: is NULL"),
    ("A", "name = ''", "'' A: name: is empty; the root is '.'"),
    ("A", "name = CAST(name AS BLOB)", ".alpha.example' is a BLOB, not text"),
    ("A", "name = x'00ff'", "name: '??' is a BLOB, not text"),
    ("A", "name = CAST(x'620061' AS TEXT) || '.alpha.example'", "has a NUL byte in it"),
    ("A", "name = 'www.beta.example'", f"'www.beta.example' A: {OUTSIDE}"),
    ("A", "name = 'www.gamma.example'", f"'www.gamma.example' A: {OUTSIDE}"),
    ("A", "name = 'example'", f"'example' A: {OUTSIDE}"),
    ("A", "name = '.'", f"'.' A: {OUTSIDE}"),
    ("A", "name = 'badalpha.example'", f"'badalpha.example' A: {OUTSIDE}"),
    ("A", "name = CAST(x'ff' AS TEXT) || 'alpha.example'", f"'?alpha.example' A: {OUTSIDE}"),
    ("A", "name = 'a..alpha.example'", "'a..alpha.example' A: "),
    ("A", "name = printf('%064d', 0) || '.alpha.example'", "0.alpha.example' A: "),
    ("A", "name = replace(printf('%050d', 0), '0', 'label.') || 'alpha.example'", "label.alpha.example' A: "),
    ("A", "type = CAST('A' AS BLOB)", "type: 'A' is a BLOB, not text"),
    ("A", "type = CAST(x'4100' AS TEXT)", "type: 'A?' has a NUL byte in it"),
    ("A", "type = CAST(x'ff' AS TEXT)", "type: '?' is not known"),
    ("A", "type = 1", "type: '1' is not known"),
    ("A", "type = 'SOA', content = 'a.example b.example 1 1 1 1 1'", "an SOA record belongs to the name of its zone, 'alpha.example'"),
    ("A", "content = NULL", ".alpha.example' A: "),
    ("A", "content = 3221225993", ".alpha.example' A: "),
    ("A", "content = x'c0000209'", ".alpha.example' A: "),  # the address as on the wire
    ("A", "content = CAST(x'ff' AS TEXT)", ".alpha.example' A: "),
    ("MX", "content = NULL", ".alpha.example' MX: "),
    ("MX", "prio = NULL", ".alpha.example' MX: "),
    ("MX", "prio = -1", ".alpha.example' MX: "),
    ("MX", "prio = 65536", ".alpha.example' MX: "),
    ("MX", "prio = 'x'", ".alpha.example' MX: "),
    ("MX", "prio = x'ff'", ".alpha.example' MX: "),
    ("SRV", "prio = NULL", ".alpha.example' SRV: "),
    ("SRV", "prio = 4294967306", ".alpha.example' SRV: "),  # 10 in 32 bits
    ("A", "disabled = NULL", "disabled: NULL is neither 0 nor 1"),
    ("A", "disabled = 2", "disabled: '2' is neither 0 nor 1"),
    ("A", "disabled = -1", "disabled: '-1' is neither 0 nor 1"),
    ("A", "disabled = 0.5", "disabled: '0.5' is neither 0 nor 1"),
    ("A", "disabled = 'f'", "disabled: 'f' is neither 0 nor 1"),
    ("A", "disabled = x'31'", "disabled: '1' is neither 0 nor 1"),
)
# (type, what is set, the name's first label, TTL, data)
SERVED = (
    ("A", "ttl = NULL", "odd0", 3600, "192.0.2.9"),  # default-ttl
    ("A", "ttl = ''", "odd1", 3600, "192.0.2.9"),
    ("A", "ttl = 0", "odd2", 0, "192.0.2.9"),
    ("A", "ttl = 2147483647", "odd3", 2147483647, "192.0.2.9"),
    ("A", "name = CAST(x'c3ff' AS TEXT) || '.alpha.example'", r"\195\255", 60, "192.0.2.9"),
    ("A", "name = 'ODD5.Alpha.EXAMPLE'", "odd5", 60, "192.0.2.9"),
    ("A", "content = CAST(content AS BLOB)", "odd6", 60, "192.0.2.9"),
    ("TXT", "content = CAST(x'22c3ff22' AS TEXT)", "odd7", 60, r'"\195\255"'),
    ("A", "prio = 'x'", "odd8", 60, "192.0.2.9"),  # of no meaning for this type
    ("A", "prio = NULL", "odd9", 60, "192.0.2.9"),
    ("A", "auth = NULL", "odd10", 60, "192.0.2.9"),
    ("A", "auth = 2", "odd11", 60, "192.0.2.9"),
    ("A", "auth = 'x'", "odd12", 60, "192.0.2.9"),
    ("A", "auth = x'00'", "odd13", 60, "192.0.2.9"),
)


def chunks() -> list:
    return [LEFT_OUT[first:first + AT_ONCE] for first in range(0, len(LEFT_OUT), AT_ONCE)]


class BadColumnsCase(BadRowsCase):
    """Rows of one zone, well formed when they are added, each with a name and an id of its own."""

    def add_good(self, kinds, label: str):
        self.store.sql("; ".join(
            "INSERT INTO records (id, domain_id, name, type, content, ttl, prio) "
            f"VALUES ({1000 + number}, 1, '{label}{number}.alpha.example', '{kind}', '{GOOD[kind]}', 60, 10)"
            for number, kind in enumerate(kinds)))

    def change(self, changes):
        self.store.sql("; ".join(f"UPDATE records SET {change} WHERE id = {1000 + number}" for number, change in enumerate(changes)))

    def are_left_out(self, server, cases):
        """Each row is named and not answered, and nothing else is missing."""
        for number, (kind, change, said) in enumerate(cases):
            with self.subTest(change, type=kind):
                self.reported(server, f"records id {1000 + number}: ", said, " (left out)")
                told = [text for text in server.status()["store"]["problems"] if text.startswith(f"records id {1000 + number}: ")]
                self.assertEqual([said in text for text in told], [True], told)
                self.assertEqual(server.ask(f"bad{number}.alpha.example.", kind).rcode, "NXDOMAIN")
        self.assertEqual(server.status()["store"]["problems_total"], len(cases))
        self.assertEqual(server.data("www.alpha.example.", "A"), (EAST_V4, WEST_V4))
        self.assertEqual(server.data("text.alpha.example.", "TXT"), ('"one"',))
        self.assertEqual(server.data("www.beta.example.", "A"), ("198.51.100.1",))

    def are_served(self, server):
        for kind, change, label, ttl, data in SERVED:
            with self.subTest(change, type=kind):
                self.eventually_answer(server, f"{label}.alpha.example.", kind, ttl, data)
        self.assertEqual(self.problems(server), "[]")

    def eventually_answer(self, server, name: str, kind: str, ttl: int, data: str):
        answers = [()]

        def is_answered() -> bool:
            answers.append(server.ask(name, kind).answer)
            return answers[-1] == ((name, kind, ttl, data),)

        try:
            eventually(is_answered, WITHIN)
        except NotSeen:
            self.assertEqual(answers[-1], ((name, kind, ttl, data),))


class AtStartTest(BadColumnsCase):
    """The rows are there when the server starts."""

    def test_bad_columns_are_left_out(self):
        for cases in chunks():
            self.store.sql("DELETE FROM records WHERE id >= 1000")
            self.add_good([kind for kind, _, _ in cases], "bad")
            self.change([change for _, change, _ in cases])
            server = self.bed.serve(self.store, name=f"pdns{id(cases)}")
            self.are_left_out(server, cases)
            server.stop()

    def test_odd_columns_are_served(self):
        self.add_good([kind for kind, *_ in SERVED], "odd")
        self.change([change for _, change, *_ in SERVED])
        self.are_served(self.bed.serve(self.store, **BINARY_NAMES))

    def test_row_without_a_type_is_an_empty_non_terminal(self):
        self.add_good(["A"], "bad")
        self.change(["type = NULL, content = NULL, ttl = NULL"])
        server = self.bed.serve(self.store)
        answer = server.ask("bad0.alpha.example.", "A")
        self.assertEqual((answer.rcode, answer.answer), ("NOERROR", ()))
        self.assertEqual(self.problems(server), "[]")

    def test_columns_that_name_no_zone(self):
        """Our triggers refuse them; a database may have them from before."""
        self.add_good(["A", "A"], "bad")
        for change in ("domain_id = 'abc'", "domain_id = x'01'"):
            with self.assertRaisesRegex(CommandFailed, "cannot store"):
                self.change([change])
        self.force("; ".join(f"DROP TRIGGER failover_records_{when}" for when in ("update", "move")))
        self.change(["domain_id = 'abc'", "domain_id = x'01'"])
        server = self.bed.serve(self.store)
        self.reported(server, "records id 1000: 'bad0.alpha.example' A: domain_id: 'abc' is no zone's id", "left out")
        self.reported(server, "records id 1001: 'bad1.alpha.example' A: domain_id: '?' is no zone's id", "left out")
        for name in ("bad0.alpha.example.", "bad1.alpha.example."):
            self.assertEqual(server.ask(name, "A").rcode, "NXDOMAIN")
        self.assertEqual(server.data("www.alpha.example.", "A"), (EAST_V4, WEST_V4))

    def test_zone_whose_name_is_no_text(self):
        self.store.sql("UPDATE domains SET name = CAST(name AS BLOB) WHERE name = 'alpha.example'")
        server = self.bed.serve(self.store)
        self.reported(server, "domains id 1: 'alpha.example': name: 'alpha.example' is a BLOB, not text", "left out")
        self.assertEqual(server.ask("www.alpha.example.", "A").rcode, "REFUSED")
        self.assertEqual(server.data("www.beta.example.", "A"), ("198.51.100.1",))


class WhileRunningTest(BadColumnsCase):
    """Rows that were answered become bad, and are mended."""

    def setUp(self):
        super().setUp()
        self.server = self.bed.serve(self.store, failover_poll_interval_ms=50, **BINARY_NAMES)

    def test_bad_columns_leave_and_come_back(self):
        for cases in chunks():
            self.store.sql("DELETE FROM records WHERE id >= 1000")
            kinds = [kind for kind, _, _ in cases]
            self.add_good(kinds, "bad")
            self.all_are_answered(kinds)
            self.change([change for _, change, _ in cases])
            self.are_left_out(self.server, cases)
            self.store.sql("DELETE FROM records WHERE id >= 1000")
            self.add_good(kinds, "bad")
            self.all_are_answered(kinds)
            self.assertEqual(self.problems(self.server), "[]")

    def test_only_the_kind_of_a_value_changes(self):
        """Text becomes a BLOB of the same bytes."""
        for column in ("name", "type"):
            with self.subTest(column):
                self.store.sql("DELETE FROM records WHERE id >= 1000")
                self.add_good(["A"], "bad")
                self.all_are_answered(["A"])
                self.change([f"{column} = CAST({column} AS BLOB)"])
                self.reported(self.server, "records id 1000: 'bad0.alpha.example' A: ", f"{column}: ", "is a BLOB, not text", " (left out)")
                self.eventually_data(self.server, "bad0.alpha.example.", "A", [], WITHIN)

    def all_are_answered(self, kinds):
        for number, kind in enumerate(kinds):
            self.eventually_data(self.server, f"bad{number}.alpha.example.", kind, [SHOWN.get(kind, GOOD[kind])], WITHIN)

    def test_odd_columns_are_served(self):
        self.add_good([kind for kind, *_ in SERVED], "odd")
        self.eventually_data(self.server, "odd0.alpha.example.", "A", ["192.0.2.9"], WITHIN)
        self.change([change for _, change, *_ in SERVED])
        self.are_served(self.server)
