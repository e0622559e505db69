# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""An autosecondary makes the zones that its autoprimary notifies it of, and no others, and answers them at once: its store
is looked at every 10 s only, PowerDNS's zone cache would take 300 s."""
import os
import socket
import unittest

from harness.poll import eventually
from harness.testbed import SharedCase

ADDRESS, OTHER = "192.0.2.1", "192.0.2.2"
WITHIN = 8.0  # seconds; less than the interval at which stores are looked at
SETTINGS = {"xfr_cycle_interval": 1, "api": True, "failover_poll_interval_ms": 10000, "only_notify": ""}
# An autosecondary asks whoever notified it at port 53.
AUTOPRIMARY = f"127.53.{os.getpid() >> 8 & 255}.{os.getpid() & 255}"


def may_use_port_53() -> bool:
    try:
        for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
            with socket.socket(socket.AF_INET, kind) as sock:
                sock.bind((AUTOPRIMARY, 53))
        return True
    except OSError:
        return False


@unittest.skipUnless(may_use_port_53(), "needs port 53 of a loopback address")
class AutosecondaryTest(SharedCase):
    @classmethod
    def prepare(cls, bed):
        cls.secondary = bed.server(bed.store("secondary.sqlite3"), name="secondary", address="127.0.0.3",
                                   query_local_address="127.0.0.3", secondary="yes", autosecondary="yes", **SETTINGS)
        cls.secondary.configure()
        cls.secondary.util("add-autoprimary", AUTOPRIMARY, "ns1.trusted.example", "customer")
        cls.secondary.start()
        cls.primary = bed.serve(bed.store("primary.sqlite3"), name="primary", address=AUTOPRIMARY, port=53,
                                query_local_address=AUTOPRIMARY, primary="yes",
                                also_notify=f"127.0.0.3:{cls.secondary.port}", **SETTINGS)

    def add_zone(self, zone: str, nameserver: str):
        self.primary.call_api("POST", "/zones", {"name": zone + ".", "kind": "Master", "nameservers": [nameserver],
                                                 "rrsets": [self.rrset(f"www.{zone}.", ADDRESS)]})

    @staticmethod
    def rrset(name: str, address: str) -> dict:
        return {"name": name, "type": "A", "ttl": 60, "changetype": "REPLACE",
                "records": [{"content": address, "disabled": False}]}

    def test_zone_of_the_autoprimary(self):
        for name in ("www.new.example.", "www.foreign.example."):
            self.assertEqual(self.secondary.ask(name, "A").rcode, "REFUSED")
        self.add_zone("foreign.example", "ns1.nobody.example.")
        self.add_zone("new.example", "ns1.trusted.example.")
        self.eventually_data(self.secondary, "www.new.example.", "A", [ADDRESS], WITHIN)
        zone = self.secondary.call_api("GET", "/zones/new.example.")
        self.assertEqual((zone["kind"], zone["account"], zone["masters"]), ("Slave", "customer", [AUTOPRIMARY]))
        self.primary.call_api("PATCH", "/zones/new.example.", {"rrsets": [self.rrset("added.new.example.", OTHER)]})
        self.eventually_data(self.secondary, "added.new.example.", "A", [OTHER], WITHIN)
        eventually(lambda: "foreign.example" in self.secondary.log(), WITHIN, "it has heard of the other zone")
        self.assertEqual(self.secondary.ask("www.foreign.example.", "A").rcode, "REFUSED")
