# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Catalog zones: what a server of ours produces is consumed by BIND and by another one of ours, which consumes BIND's,
too. Members are answered as soon as they are there and no longer than that: the stores are looked at every 10 s only."""
from harness.bindserver import Bind, peer
from harness.poll import eventually
from harness.testbed import SharedCase
from harness.transfers import serial

MEMBER = """@ 60 SOA ns1 hostmaster 1 10800 3600 604800 60
@ 60 NS ns1
ns1 60 A 127.0.0.1
www 60 A {address}
"""
CATALOG = """@ 60 SOA invalid. hostmaster.invalid. 1 10800 3600 604800 60
@ 60 NS invalid.
version 60 TXT "2"
first.zones 60 PTR first.example.
"""
WITHIN = 8.0  # seconds; less than the interval at which stores are looked at
SETTINGS = {"xfr_cycle_interval": 1, "api": True, "failover_poll_interval_ms": 10000, "only_notify": ""}


class CatalogsTest(SharedCase):
    @classmethod
    def prepare(cls, bed):
        cls.producer = bed.server(bed.store("producer.sqlite3"), name="producer", address="127.0.0.2",
                                  query_local_address="127.0.0.2", primary="yes", **SETTINGS)
        cls.producer.configure()
        # Not by the API: its first serial is today's date, and PowerDNS goes on with the seconds since 1970, a lower one.
        cls.producer.util("create-zone", "ours.example")
        cls.producer.util("set-kind", "ours.example", "producer")
        cls.producer.start()
        cls.store = bed.store("consumer.sqlite3")
        cls.consumer = bed.serve(cls.store, name="consumer", address="127.0.0.3",
                                 query_local_address="127.0.0.3", secondary="yes", **SETTINGS)
        cls.bind = bed.keep(Bind(bed.folder / "bind", options='catalog-zones { zone "ours.example" '
                                 f"default-primaries {{ {peer(cls.producer)} }} in-memory yes min-update-interval 0; }};"))
        cls.bind.add_secondary("ours.example", peer(cls.producer))
        cls.bind.add_primary("theirs.example", CATALOG, f"also-notify {{ {peer(cls.consumer)} }};")
        for number, name in enumerate(("first", "second")):
            cls.bind.add_primary(f"{name}.example", MEMBER.format(address=f"192.0.2.{number + 1}"))
        cls.bind.start()
        for server in (cls.bind, cls.consumer):
            cls.producer.util("add-meta", "ours.example", "ALSO-NOTIFY", f"{server.address}:{server.port}")
        for zone, server in (("ours.example", cls.producer), ("theirs.example", cls.bind)):
            cls.consumer.call_api("POST", "/zones", {"name": zone + ".", "kind": "Consumer",
                                                     "masters": [f"{server.address}:{server.port}"]})

    def answers(self, server, zone: str, *data: str):
        eventually(lambda: server.data(f"www.{zone}.", "A") == data, WITHIN, f"{server.program} answers {zone}")

    def refuses(self, server, zone: str):
        eventually(lambda: server.ask(f"www.{zone}.", "A").rcode == "REFUSED", WITHIN, f"{server.program} refuses {zone}")

    def produce(self, zone: str, address: str):
        rrset = {"name": f"www.{zone}.", "type": "A", "ttl": 60, "records": [{"content": address, "disabled": False}]}
        self.producer.call_api("POST", "/zones", {"name": zone + ".", "kind": "Master", "catalog": "ours.example.",
                                                  "nameservers": [f"ns1.{zone}."], "rrsets": [rrset]})

    def test_produced_for_both(self):
        consumers = (self.bind, self.consumer)
        for zone in ("one.example", "two.example"):
            for server in consumers:
                self.refuses(server, zone)
        self.produce("one.example", "192.0.2.11")
        for server in consumers:
            self.answers(server, "one.example", "192.0.2.11")
        self.produce("two.example", "192.0.2.12")
        for server in consumers:
            self.answers(server, "two.example", "192.0.2.12")
        members = self.store.read("SELECT name, type FROM domains WHERE catalog = 'ours.example' ORDER BY name")
        self.assertEqual(members, [["one.example", "SLAVE"], ["two.example", "SLAVE"]])
        # A member no more, then none at all.
        self.producer.call_api("PUT", "/zones/one.example.", {"catalog": ""})
        for server in consumers:
            self.refuses(server, "one.example")
            self.answers(server, "two.example", "192.0.2.12")
        self.assertEqual(self.producer.data("www.one.example.", "A"), ("192.0.2.11",))
        self.producer.call_api("DELETE", "/zones/two.example.")
        for server in consumers:
            self.refuses(server, "two.example")

    def test_consumed_from_bind(self):
        self.answers(self.consumer, "first.example", "192.0.2.1")
        self.refuses(self.consumer, "second.example")
        self.bind.update("theirs.example", "update add second.zones.theirs.example. 60 PTR second.example.")
        self.answers(self.consumer, "second.example", "192.0.2.2")
        self.bind.update("theirs.example", "update delete first.zones.theirs.example. PTR")
        self.refuses(self.consumer, "first.example")
        self.answers(self.consumer, "second.example", "192.0.2.2")
        # The same name, another member: what was is forgotten, and the zone comes anew.
        before = serial(self.bind, "theirs.example")
        self.bind.update("theirs.example", "update delete second.zones.theirs.example. PTR",
                         "update add again.zones.theirs.example. 60 PTR second.example.")
        self.assertGreater(serial(self.bind, "theirs.example"), before)
        eventually(lambda: "again" in str(self.store.read("SELECT options FROM domains WHERE name = 'second.example'")),
                   WITHIN, "the member is another one")
        self.answers(self.consumer, "second.example", "192.0.2.2")
