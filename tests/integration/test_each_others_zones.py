# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Two servers of ours are primary and secondary of each other's zones. Each judges by the nodes of its own store, so what
is transferred is what is stored; native zones stay where they are."""
from harness.poll import eventually
from harness.testbed import EAST, EAST_V4, HOSTS, WEST, WEST_V4, SharedCase
from harness.transfers import TransferRefused, axfr, serial, transfer

RECORDS = HOSTS + f"""
ns1 A 127.0.0.1
www A {EAST_V4}
www A {WEST_V4}
"""
BOTH = (EAST_V4, WEST_V4)
WITHIN = 8.0  # seconds; less than the interval at which stores are looked at
SETTINGS = {"xfr_cycle_interval": 1, "api": True, "failover_poll_interval_ms": 10000, "only_notify": ""}


def add_record(server, zone: str, name: str, rdtype: str, content: str):
    """By the API, which increases the serial."""
    rrset = {"name": f"{name}.{zone}.", "type": rdtype, "ttl": 60, "changetype": "REPLACE",
             "records": [{"content": content, "disabled": False}]}
    server.call_api("PATCH", f"/zones/{zone}.", {"rrsets": [rrset]})


class EachOthersZonesTest(SharedCase):
    @classmethod
    def prepare(cls, bed):
        cls.servers = {}
        for name, other, address in (("north", "south", "127.0.0.2"), ("south", "north", "127.0.0.3")):
            store = bed.store(f"{name}.sqlite3")
            store.add_zone(f"{name}.example", RECORDS, kind="MASTER")
            store.add_zone(f"native.{name}.test", RECORDS)
            store.add_node("east", *EAST)
            store.add_node("west", *WEST)
            store.sql("INSERT INTO domainmetadata (domain_id, kind, content) SELECT id, 'SOA-EDIT-API', 'INCREASE' FROM domains")
            cls.servers[name] = bed.serve(store, name=name, address=address, query_local_address=address, primary="yes",
                                          secondary="yes", allow_axfr_ips="127.0.0.1", **SETTINGS)
        for name, other in (("north", "south"), ("south", "north")):
            ours, theirs = cls.servers[name], cls.servers[other]
            for zone in (f"{name}.example", f"native.{name}.test"):
                ours.call_api("PUT", f"/zones/{zone}./metadata/ALSO-NOTIFY", {"metadata": [f"{theirs.address}:{theirs.port}"]})
                ours.call_api("PUT", f"/zones/{zone}./metadata/ALLOW-AXFR-FROM", {"metadata": [theirs.address]})
            theirs.call_api("POST", "/zones", {"name": f"{name}.example.", "kind": "Slave",
                                               "masters": [f"{ours.address}:{ours.port}"]})
        for name, other in (("north", "south"), ("south", "north")):
            eventually(lambda: serial(cls.servers[other], f"{name}.example") == 1, WITHIN, f"{other} has {name}'s zone")

    def setUp(self):
        super().setUp()
        self.north, self.south = self.servers["north"], self.servers["south"]

    def test_followed_in_both_directions(self):
        for name, other in (("north", "south"), ("south", "north")):
            ours, theirs, zone = self.servers[name], self.servers[other], f"{name}.example"
            theirs.ask(f"added.{zone}.", "A")
            add_record(ours, zone, "added", "A", "198.51.100.7")
            self.assertEqual(ours.data(f"added.{zone}.", "A"), ("198.51.100.7",))
            self.eventually_data(theirs, f"added.{zone}.", "A", ["198.51.100.7"], WITHIN)
            self.assertEqual(axfr(theirs, zone), axfr(ours, zone))

    def test_each_judges_for_itself(self):
        self.north.control("failover-drain", "east", "force")
        try:
            self.assertEqual(self.north.data("www.north.example.", "A"), (WEST_V4,))
            add_record(self.north, "north.example", "later", "A", EAST_V4)
            self.eventually_data(self.south, "later.north.example.", "A", [EAST_V4], WITHIN)
            self.assertEqual(self.south.data("www.north.example.", "A"), BOTH)
            self.south.control("failover-drain", "west", "force")
            self.assertEqual(self.south.data("www.north.example.", "A"), (EAST_V4,))
            self.assertEqual(self.north.data("www.south.example.", "A"), (WEST_V4,))
        finally:
            self.north.control("failover-resume", "east")
            self.south.control("failover-resume", "west")

    def test_native_zones_stay(self):
        zone = "native.north.test"
        self.assertEqual(self.north.data(f"www.{zone}.", "A"), BOTH)
        add_record(self.north, zone, "added", "A", "198.51.100.7")
        add_record(self.north, "north.example", "beside", "A", "198.51.100.7")
        self.eventually_data(self.south, "beside.north.example.", "A", ["198.51.100.7"], WITHIN)  # so it has notified by now
        self.assertEqual(self.south.ask(f"www.{zone}.", "A").rcode, "REFUSED")
        self.assertNotIn(f"NOTIFY for {zone}", self.south.log())

    def test_who_may_not_have_it(self):
        with self.assertRaises(TransferRefused):
            transfer(self.north, "north.example", source="127.0.0.9")
