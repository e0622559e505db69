# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""A row changed in another process is answered within a second, however warm PowerDNS's caches are."""
import json

from harness.command import run
from harness.poll import Stopwatch, eventually, report
from harness.testbed import EAST, EAST_V4, HOSTS, WEST, WEST_V4, Case

SECOND = 1.0  # from the end of the transaction to the answer
WWW = "www.alpha.example."


class ChangesCase(Case):
    """A server with one zone and two nodes, asked before each change so that its caches hold the old answer."""

    SERVER: dict = {}  # more settings

    def setUp(self):
        super().setUp()
        self.store = self.bed.store()
        self.store.add_zone("alpha.example", HOSTS + "www A 198.51.100.1\ntext TXT \"old\"\n*.wild TXT \"old\"")
        self.store.add_node("east", *EAST)
        self.store.add_node("west", *WEST)
        self.server = self.bed.serve(self.store, api=True, **self.SERVER)

    def becomes(self, name: str, rdtype: str, *expected: str):
        watch = Stopwatch()
        self.eventually_data(self.server, name, rdtype, expected, SECOND)
        report(f"{self._testMethodName}: {name} {rdtype}", watch.seconds(), SECOND)

    def rcode_becomes(self, name: str, rcode: str):
        eventually(lambda: self.server.ask(name, "A").rcode == rcode, SECOND, f"{name}: {rcode}")

    def warm(self, name: str, *types: str):
        """Into the packet cache (the first answer) and out of it (the second)."""
        for rdtype in types * 2:
            self.server.ask(name, rdtype)


class RecordsTest(ChangesCase):
    """Rows of records, by the sqlite3 program."""

    def test_added_changed_deleted(self):
        self.warm(WWW, "A", "AAAA")
        self.store.add_record("alpha.example", "www", "A", "198.51.100.2")
        self.becomes(WWW, "A", "198.51.100.1", "198.51.100.2")
        self.store.add_record("alpha.example", "www", "AAAA", "2001:db8::7")
        self.becomes(WWW, "AAAA", "2001:db8::7")
        self.store.sql("UPDATE records SET content = '198.51.100.3' WHERE content = '198.51.100.2'")
        self.becomes(WWW, "A", "198.51.100.1", "198.51.100.3")
        self.store.sql("DELETE FROM records WHERE content = '198.51.100.1'")
        self.becomes(WWW, "A", "198.51.100.3")

    def test_a_name_that_was_not_and_is_not_again(self):
        name = "new.alpha.example."
        self.warm(name, "A")
        self.assertEqual(self.server.ask(name, "A").rcode, "NXDOMAIN")
        self.store.add_record("alpha.example", "new", "A", "198.51.100.9")
        self.becomes(name, "A", "198.51.100.9")
        self.warm(name, "A")
        self.store.delete_record("new.alpha.example", "A")
        self.becomes(name, "A")
        self.rcode_becomes(name, "NXDOMAIN")

    def test_cached_text_and_wildcard(self):
        self.warm("text.alpha.example.", "TXT")
        self.warm("x.wild.alpha.example.", "TXT")
        self.store.sql("UPDATE records SET content = '\"new\"' WHERE type = 'TXT'")
        self.becomes("text.alpha.example.", "TXT", '"new"')
        self.becomes("x.wild.alpha.example.", "TXT", '"new"')

    def test_behind_a_cname_of_another_zone(self):
        self.store.add_zone("beta.example", "www CNAME text.alpha.example")
        eventually(lambda: self.server.data("www.beta.example.", "TXT") == ('"old"',), SECOND, "the chain is answered")
        self.warm("www.beta.example.", "TXT")
        self.store.sql("UPDATE records SET content = '\"new\"' WHERE name = 'text.alpha.example'")
        self.becomes("www.beta.example.", "TXT", '"new"')

    def test_many_writers_in_a_row_do_not_meet_a_lock(self):
        # As an administrator's loop would: a connection each, and no timeout, so that any lock of ours is an error.
        for number in range(150):
            run("sqlite3", self.store.path, f"UPDATE records SET content='\"{number}\"' WHERE name='text.alpha.example'")
        self.becomes("text.alpha.example.", "TXT", '"149"')

    def test_disabled_and_enabled(self):
        self.warm("text.alpha.example.", "TXT")
        self.store.sql("UPDATE records SET disabled = 1 WHERE name = 'text.alpha.example'")
        self.becomes("text.alpha.example.", "TXT")
        self.store.sql("UPDATE records SET disabled = 0 WHERE name = 'text.alpha.example'")
        self.becomes("text.alpha.example.", "TXT", '"old"')

    def test_moved_to_another_zone(self):
        self.store.add_zone("beta.example", "")
        self.warm("text.alpha.example.", "TXT")
        self.warm("text.beta.example.", "TXT")
        self.store.sql("UPDATE records SET name = 'text.beta.example', "
                       "domain_id = (SELECT id FROM domains WHERE name = 'beta.example') WHERE name = 'text.alpha.example'")
        self.becomes("text.beta.example.", "TXT", '"old"')
        self.becomes("text.alpha.example.", "TXT")


class ZonesTest(ChangesCase):
    """Whole zones: PowerDNS's zone cache would hide new ones for 300 s."""

    def test_added_and_deleted_by_sql(self):
        name = "www.gamma.example."
        self.warm(name, "A")
        self.assertEqual(self.server.ask(name, "A").rcode, "REFUSED")
        self.store.add_zone("gamma.example", "www A 198.51.100.4")
        self.becomes(name, "A", "198.51.100.4")
        self.warm(name, "A")
        self.store.delete_zone("gamma.example")
        self.rcode_becomes(name, "REFUSED")

    def test_made_by_the_api(self):
        name = "www.delta.example."
        self.warm(name, "A")
        zone = {"name": "delta.example.", "kind": "Native", "nameservers": ["ns1.delta.example."]}
        self.server.call_api("POST", "/zones", zone)
        self.change_by_api("delta.example.", name, "A", "198.51.100.5")
        self.becomes(name, "A", "198.51.100.5")
        self.change_by_api("delta.example.", name, "A", "198.51.100.6")
        self.becomes(name, "A", "198.51.100.6")
        zone = self.server.call_api("GET", "/zones/delta.example.")
        self.assertIn("198.51.100.6", json.dumps(zone))
        self.server.call_api("DELETE", "/zones/delta.example.")
        self.rcode_becomes(name, "REFUSED")

    def change_by_api(self, zone: str, name: str, rdtype: str, content: str):
        rrset = {"name": name, "type": rdtype, "ttl": 60, "changetype": "REPLACE",
                 "records": [{"content": content, "disabled": False}]}
        self.server.call_api("PATCH", f"/zones/{zone}", {"rrsets": [rrset]})

    def test_the_api_sees_records_of_down_nodes(self):
        self.store.add_record("alpha.example", "api", "A", EAST_V4)
        self.store.add_record("alpha.example", "api", "A", WEST_V4)
        self.store.set_admin("east", "down")
        self.eventually_data(self.server, "api.alpha.example.", "A", [WEST_V4], SECOND)
        self.assertIn(EAST_V4, json.dumps(self.server.call_api("GET", "/zones/alpha.example.")))

    def test_made_by_pdnsutil(self):
        name = "www.epsilon.example."
        self.warm(name, "A")
        self.server.util("create-zone", "epsilon.example", "ns1.epsilon.example")
        self.server.util("add-record", "epsilon.example", "www", "A", "198.51.100.8")
        self.becomes(name, "A", "198.51.100.8")
        self.server.util("delete-zone", "epsilon.example")
        self.rcode_becomes(name, "REFUSED")


class SignedTest(ChangesCase):
    """Keys and metadata, which PowerDNS keeps in caches of its own for a minute and half a minute."""

    SERVER = {"failover_dnssec": "yes"}
    ZONE_ID = "(SELECT id FROM domains WHERE name = 'alpha.example')"

    def signatures(self) -> tuple[int, int]:
        """Published keys, and signatures of an ordinary answer."""
        answer = self.server.ask("text.alpha.example.", "TXT", dnssec=True)
        return len(self.server.data("alpha.example.", "DNSKEY")), len(answer.data("RRSIG"))

    def signatures_become(self, keys: int, signers: int):
        eventually(lambda: self.signatures() == (keys, signers), SECOND, f"{keys} keys, {signers} signatures")
        self.signatures()

    def test_keys(self):
        self.assertEqual(self.signatures(), (0, 0))
        self.server.util("secure-zone", "alpha.example")
        self.signatures_become(1, 1)
        self.server.util("add-zone-key", "alpha.example", "zsk", "inactive", "ecdsa256")
        self.signatures_become(2, 1)
        self.store.sql("DELETE FROM cryptokeys WHERE active = 0")
        self.signatures_become(1, 1)
        self.store.sql("UPDATE cryptokeys SET active = 0")
        self.signatures_become(1, 0)
        self.store.sql("DELETE FROM cryptokeys")
        self.signatures_become(0, 0)

    def test_metadata(self):
        def kinds_of_denial() -> set:
            answer = self.server.ask("nowhere.alpha.example.", "A", dnssec=True)
            return {kind for _, kind, _, _ in answer.authority} & {"NSEC", "NSEC3"}

        self.server.util("secure-zone", "alpha.example")
        self.signatures_become(1, 1)
        self.assertEqual(kinds_of_denial(), {"NSEC"})
        self.store.sql(f"INSERT INTO domainmetadata (domain_id, kind, content) VALUES ({self.ZONE_ID}, 'NSEC3PARAM', '1 0 0 ab'), "
                       f"({self.ZONE_ID}, 'NSEC3NARROW', '1'), ({self.ZONE_ID}, 'SOA-EDIT', 'EPOCH')")
        eventually(lambda: kinds_of_denial() == {"NSEC3"}, SECOND, "NSEC3 denies")
        self.assertGreater(int(self.server.data("alpha.example.", "SOA")[0].split()[2]), 1)
        self.store.sql("DELETE FROM domainmetadata WHERE kind IN ('NSEC3PARAM', 'NSEC3NARROW', 'SOA-EDIT')")
        eventually(lambda: kinds_of_denial() == {"NSEC"}, SECOND, "NSEC denies")

    def test_a_zone_that_the_api_made(self):
        zone = {"name": "delta.example.", "kind": "Native", "nameservers": ["ns1.delta.example."]}
        self.server.call_api("POST", "/zones", zone)
        self.warm("www.delta.example.", "A")
        self.store.add_record("delta.example", "www", "A", "198.51.100.5")
        self.becomes("www.delta.example.", "A", "198.51.100.5")
        self.store.delete_zone("delta.example")
        self.rcode_becomes("www.delta.example.", "REFUSED")


class NodesTest(ChangesCase):
    """Nodes, targets and checks, added while the server runs."""

    def setUp(self):
        super().setUp()
        self.store.add_record("alpha.example", "two", "A", EAST_V4)
        self.store.add_record("alpha.example", "two", "A", WEST_V4)
        self.store.add_record("alpha.example", "two", "A", "198.51.100.1")
        self.name = "two.alpha.example."
        self.eventually_data(self.server, self.name, "A", [EAST_V4, WEST_V4, "198.51.100.1"], SECOND)

    def test_admin_state(self):
        self.store.set_admin("east", "drain")
        self.becomes(self.name, "A", WEST_V4, "198.51.100.1")
        self.store.set_admin("east", "auto")
        self.becomes(self.name, "A", EAST_V4, WEST_V4, "198.51.100.1")

    def test_target_added_and_removed(self):
        self.store.set_admin("east", "down")
        self.becomes(self.name, "A", WEST_V4, "198.51.100.1")
        self.warm(self.name, "A")
        self.store.insert("node_targets", node="east", target="198.51.100.1")
        self.becomes(self.name, "A", WEST_V4)
        self.store.sql("DELETE FROM node_targets WHERE target = '198.51.100.1'")
        self.becomes(self.name, "A", WEST_V4, "198.51.100.1")

    def test_node_added_and_deleted(self):
        self.warm(self.name, "A")
        self.store.add_node("north", "198.51.100.1", admin="down")
        self.becomes(self.name, "A", EAST_V4, WEST_V4)
        self.store.sql("DELETE FROM nodes WHERE name = 'north'")
        self.becomes(self.name, "A", EAST_V4, WEST_V4, "198.51.100.1")
        eventually(lambda: not self.server.node("north"), SECOND, "the node has left the status")

    def test_check_added_changed_deleted(self):
        node = self.bed.node()
        node.answer(status=500)
        fast = {"interval_ms": 400, "timeout_ms": 300, "retry_ms": 50}
        self.store.insert("checks", node="east", url=node.url(), **fast)
        self.eventually_data(self.server, self.name, "A", [WEST_V4, "198.51.100.1"], 5)
        self.store.sql("UPDATE checks SET expect_status = '500'")
        self.eventually_data(self.server, self.name, "A", [EAST_V4, WEST_V4, "198.51.100.1"], 5)
        self.store.sql("UPDATE checks SET expect_status = '200'")
        self.eventually_data(self.server, self.name, "A", [WEST_V4, "198.51.100.1"], 5)
        self.store.sql("DELETE FROM checks")
        self.eventually_data(self.server, self.name, "A", [EAST_V4, WEST_V4, "198.51.100.1"], 5)

