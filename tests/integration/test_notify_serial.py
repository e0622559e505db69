# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""A secondary that is notified of a change is answered with the new serial, however seldom the store is looked at."""
from harness.bindserver import Bind, peer
from harness.poll import eventually
from harness.testbed import Case
from harness.transfers import serial


class NotifySerialTest(Case):
    """The store is looked at every 10 s, changes to notify of every second: PowerDNS sees the change first."""

    def test_of_another_process_s_change(self):
        store = self.bed.store()
        store.add_zone("alpha.example", "", kind="MASTER")
        server = self.bed.serve(store, address="127.0.0.2", query_local_address="127.0.0.2", primary="yes", only_notify="",
                                xfr_cycle_interval=1, failover_poll_interval_ms=10000)
        bind = self.bed.keep(Bind(self.bed.folder / "bind"))
        bind.add_secondary("alpha.example", peer(server))
        bind.start()
        eventually(lambda: serial(bind, "alpha.example") == 1, 10, "BIND has the zone")
        server.util("set-meta", "alpha.example", "ALSO-NOTIFY", f"{bind.address}:{bind.port}")
        for number in (2, 3):
            store.sql(f"UPDATE records SET content = replace(content, ' {number - 1} 10800', ' {number} 10800') "
                      "WHERE type = 'SOA'")
            eventually(lambda: serial(bind, "alpha.example") == number, 8, f"BIND has serial {number}")
