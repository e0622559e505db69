# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""schema/add-alternative.sql: a second CNAME or ALIAS, put where it fits; and a signed server that answers with it."""
from harness.command import CommandFailed, run
from harness.paths import SCHEMA
from harness.policies import WITHIN, ZONE, PolicyCase, v4
from harness.poll import eventually
from harness.testbed import Case
from harness.validation import Judge

HOSTS = "\n".join(f"h{number} A {v4(number)}" for number in range(1, 4))
RECORDS = HOSTS + f"""
www CNAME h1.{ZONE}
other CNAME h1.{ZONE}
mx MX 10 h1.{ZONE}
text TXT "x"
cut NS ns.elsewhere.example
inzone A 192.0.2.99
"""


def script(store, **parameters) -> str:
    """As its head says. Raises CommandFailed with sqlite3's message."""
    sets = [word for key, value in parameters.items() for word in ("-cmd", f".param set :{key} {value}")]
    return run("sqlite3", "-bail", store.path, *sets, f".read '{SCHEMA / 'add-alternative.sql'}'")


class ScriptTest(Case):
    """What it writes, and what it refuses."""

    def setUp(self):
        super().setUp()
        self.store = self.bed.store()
        self.store.add_zone(ZONE, RECORDS)
        self.store.add_zone(f"sub.{ZONE}", f"www TXT x\n@ MX 10 h1.{ZONE}")
        self.store.add_zone("copy.example", "www TXT x", kind="SLAVE")
        self.store.add_zone("signed.example", "www TXT x")
        self.store.sql("INSERT INTO domainmetadata (domain_id, kind, content) "
                       "SELECT id, 'PRESIGNED', '1' FROM domains WHERE name = 'signed.example'")
        for number in range(1, 4):
            self.store.add_node(f"n{number}", v4(number), f"H{number}.{ZONE}.")

    def rows(self, name: str, *columns: str) -> list:
        return self.store.read(f"SELECT d.name, r.type, content, {', '.join(columns) or 'ttl'} FROM records r "
                               f"JOIN domains d ON d.id = domain_id WHERE r.name = '{name}' ORDER BY r.id")

    def refused(self, message: str, **parameters):
        before = self.store.read("SELECT * FROM records")
        with self.assertRaises(CommandFailed) as failed:
            script(self.store, **parameters)
        self.assertIn(message, failed.exception.output)
        self.assertEqual(self.store.read("SELECT * FROM records"), before)

    def test_one_more_cname(self):
        self.assertEqual(script(self.store, name=f"WWW.{ZONE}.", target=f"H2.{ZONE}.").strip(),
                         f"www.{ZONE} leads to h1.{ZONE} or h2.{ZONE}")
        script(self.store, name=f"www.{ZONE}", target=f"h3.{ZONE}", ttl=60)
        self.assertEqual(self.rows(f"www.{ZONE}"), [[ZONE, "CNAME", f"h{number}.{ZONE}", ttl]
                                                    for number, ttl in ((1, "300"), (2, "300"), (3, "60"))])

    def test_the_first_one(self):
        self.assertEqual(script(self.store, name=f"new.{ZONE}", target=f"h1.{ZONE}").strip(), f"new.{ZONE} leads to h1.{ZONE}")
        self.assertEqual(self.rows(f"new.{ZONE}", "ttl", "auth", "disabled"), [[ZONE, "CNAME", f"h1.{ZONE}", "300", "1", "0"]])
        self.assertIn(f"pdnsutil rectify-zone {ZONE}", script(self.store, name=f"a.b.{ZONE}", target=f"h1.{ZONE}"))

    def test_in_the_longest_zone(self):
        script(self.store, name=f"new.sub.{ZONE}", target=f"h1.{ZONE}")
        self.assertEqual(self.rows(f"new.sub.{ZONE}")[0][0], f"sub.{ZONE}")
        self.refused("no zone of this store has this name", name=f"x{ZONE}", target=f"h1.{ZONE}")

    def test_an_alias_beside_other_records(self):
        for number in 1, 2:
            script(self.store, name=ZONE, target=f"h{number}.{ZONE}", type="ALIAS", ttl=20)
        script(self.store, name=f"mx.{ZONE}", target=f"h1.{ZONE}", type="alias")
        self.assertEqual(self.rows(ZONE)[2:], [[ZONE, "ALIAS", f"h{number}.{ZONE}", "20"] for number in (1, 2)])
        self.assertEqual(self.rows(f"mx.{ZONE}")[1:], [[ZONE, "ALIAS", f"h1.{ZONE}", "300"]])

    def test_a_target_in_the_store(self):
        script(self.store, name=f"www.{ZONE}", target=f"inzone.{ZONE}")
        self.assertEqual(len(self.rows(f"www.{ZONE}")), 2)

    def test_as_the_names_other_rows_have_it(self):
        self.store.sql(f"UPDATE records SET ordername = 'hash', auth = 0 WHERE name = 'www.{ZONE}'")
        script(self.store, name=f"www.{ZONE}", target=f"h2.{ZONE}")
        self.assertEqual(self.rows(f"www.{ZONE}", "ordername", "auth")[1][3:], ["hash", "0"])

    def test_an_empty_non_terminal_makes_way(self):
        self.store.sql(f"INSERT INTO records (domain_id, name, ordername) SELECT id, 'ent.{ZONE}', 'hash' FROM domains "
                       f"WHERE name = '{ZONE}'")
        script(self.store, name=f"ent.{ZONE}", target=f"h2.{ZONE}")
        self.assertEqual(self.rows(f"ent.{ZONE}", "ordername"), [[ZONE, "CNAME", f"h2.{ZONE}", "hash"]])

    def test_what_does_not_fit(self):
        target = f"h2.{ZONE}"
        self.refused("the name has this alternative already", name=f"www.{ZONE}", target=f"H1.{ZONE}.")
        for name in "text", "mx", "h1":
            self.refused("the name has other records", name=f"{name}.{ZONE}", target=target)
        for name in "www", "h1":
            self.refused("the name has other records", name=f"{name}.{ZONE}", target=target, type="ALIAS")
        self.refused("a zone's apex cannot have a CNAME", name=ZONE, target=target)
        for name in "cut", "x.cut":
            self.refused("the name is delegated", name=f"{name}.{ZONE}", target=target, type="ALIAS")
        for zone in "copy", "signed":
            self.refused("a copy of another server's, or presigned", name=f"new.{zone}.example", target=target)
        for unknown in "h9.alpha.example", "www.elsewhere.example", f"text.{ZONE}":
            self.refused("the target leads to no node", name=f"www.{ZONE}", target=unknown)
        self.refused(":target is :name itself", name=target, target=target)

    def test_parameters(self):
        self.refused("missing parameter: .param set :name", target=f"h1.{ZONE}")
        self.refused("missing parameter: .param set :target", name=f"www.{ZONE}")
        self.refused("unknown parameter", name=f"www.{ZONE}", target=f"h2.{ZONE}", tll=60)
        self.refused(":type is CNAME or ALIAS", name=f"www.{ZONE}", target=f"h2.{ZONE}", type="A")
        for ttl in "-1", "soon", "2147483648", "1.5":
            self.refused(":ttl is a number of seconds", name=f"www.{ZONE}", target=f"h2.{ZONE}", ttl=ttl)
        self.refused(":name is a name without blanks", name="'a b'", target=f"h2.{ZONE}")


class ServedTest(PolicyCase):
    """While a server runs, in a signed zone."""

    NODES = 3
    RECORDS = RECORDS

    @classmethod
    def administer(cls, server):
        server.util("secure-zone", ZONE)
        server.util("set-nsec3", ZONE, "1 0 0 ab")
        server.util("rectify-zone", ZONE)

    def test_it_is_answered_and_validates(self):
        self.answered("www", v4(1))
        script(self.store, name=f"www.{ZONE}", target=f"h2.{ZONE}")
        eventually(lambda: self.ask("www").data("A") == (v4(2),), WITHIN, "the new one")
        self.only_down(1)
        self.answered("www", v4(2))
        judge = Judge(self.server, ZONE, self.bed.folder)
        judge.validates("www", "A", v4(2))
        judge.denies("wwx", "A")

    def test_the_zone_needs_no_rectifying(self):
        ordered = "SELECT id, name, ordername, auth FROM records WHERE ordername IS NOT NULL ORDER BY id"
        script(self.store, name=f"other.{ZONE}", target=f"h3.{ZONE}")
        rows = self.store.read(ordered)
        self.assertEqual([row[1] for row in rows].count(f"other.{ZONE}"), 2)
        self.server.util("rectify-zone", ZONE)
        self.assertEqual(self.store.read(ordered), rows)
