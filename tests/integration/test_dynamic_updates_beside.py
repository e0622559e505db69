# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Dynamic updates beside everything else: names of nodes, other writers, a primary and its secondary."""
import socket

import dns.message
import dns.name
import dns.opcode

from harness.poll import eventually
from harness.testbed import EAST, EAST_V4, WEST, WEST_V4, Case
from harness.updates import metadata, nsupdate

V4 = tuple(f"198.51.100.{number}" for number in range(10))
DEADLINE = 10.0  # seconds for what PowerDNS does in its own time: notifications and transfers


class NodesTest(Case):
    """Names that lead to nodes: an update sees and changes what is stored, not what is served."""

    def setUp(self):
        super().setUp()
        self.store = self.bed.store()
        both = "\n".join(f"{name} A {address}" for name in ("www", "*.wild") for address in (EAST_V4, WEST_V4))
        self.store.add_zone("alpha.example", f"{both}\nonly A {EAST_V4}")
        self.store.add_node("east", *EAST, admin="down")
        self.store.add_node("west", *WEST)
        # One thread for UDP, so that each question comes to the backend instance that has handled the update.
        self.server = self.bed.serve(self.store, failover_dnssec="yes", dnsupdate="yes", distributor_threads=1)
        self.served("www", WEST_V4)

    def served(self, name: str, *addresses: str):
        self.assertEqual(self.server.data(f"{name}.alpha.example.", "A"), tuple(sorted(addresses)))

    def update(self, *lines: str, rcode: str = "NOERROR"):
        self.assertEqual(nsupdate(self.server, "alpha.example", *lines), rcode, lines)

    def stored(self, name: str) -> list[str]:
        select = f"SELECT content FROM records WHERE name = '{name}.alpha.example' AND type = 'A' ORDER BY content"
        return [row[0] for row in self.store.read(select)]

    def test_prerequisites_are_about_what_is_stored(self):
        self.update(f"prereq yxrrset www.alpha.example A {EAST_V4}", f"prereq yxrrset www.alpha.example A {WEST_V4}",
                    "update add seen.alpha.example 60 TXT x")
        self.update(f"prereq yxrrset www.alpha.example A {WEST_V4}", "update add unseen.alpha.example 60 TXT x",
                    rcode="NXRRSET")
        self.assertEqual(self.server.data("seen.alpha.example.", "TXT"), ('"x"',))

    def test_a_record_that_is_not_served_is_deleted(self):
        self.update(f"update delete www.alpha.example A {EAST_V4}")
        self.assertEqual(self.stored("www"), [WEST_V4])
        self.served("www", WEST_V4)
        self.store.set_admin("east", "up")
        self.update(f"update add www.alpha.example 60 A {EAST_V4}")
        self.assertEqual(self.stored("www"), [EAST_V4, WEST_V4])

    def test_one_added_keeps_the_others(self):
        self.update(f"update add www.alpha.example 60 A {V4[1]}")
        self.assertEqual(self.stored("www"), sorted([EAST_V4, WEST_V4, V4[1]]))
        self.served("www", WEST_V4, V4[1])
        self.update(f"update add *.wild.alpha.example 60 A {V4[1]}")
        self.served("x.wild", WEST_V4, V4[1])
        self.update("update delete www.alpha.example A")
        self.assertEqual(self.stored("www"), [])

    def test_a_record_for_a_node_belongs_to_it_at_once(self):
        self.update(f"update add new.alpha.example 60 A {EAST_V4}", f"update add new.alpha.example 60 A {WEST_V4}")
        self.served("new", WEST_V4)
        self.update(f"update delete only.alpha.example A {EAST_V4}", f"update add only.alpha.example 60 A {V4[1]}")
        self.served("only", V4[1])

    def test_an_update_that_is_none(self):
        """PowerDNS 4.7 leaves its transaction open after a prerequisite of a class that does not exist."""
        self.send_prerequisite_of_class_chaos()
        self.served("www", WEST_V4)
        self.store.add_record("alpha.example", "late", "A", V4[2])
        eventually(lambda: self.server.data("late.alpha.example.", "A") == (V4[2],), 1.0, "another's record is answered")
        self.update(f"update add new.alpha.example 60 A {V4[1]}")
        self.served("new", V4[1])

    def send_prerequisite_of_class_chaos(self):
        message = dns.message.make_query("alpha.example", "SOA")
        message.set_opcode(dns.opcode.UPDATE)
        wire = bytearray(message.to_wire())
        wire[6:8] = b"\0\1"  # prerequisites
        wire += dns.name.from_text("www.alpha.example").to_wire() + b"\0\1\0\3" + bytes(4) + b"\0\4\300\0\2\1"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(5)
            sock.sendto(bytes(wire), ("127.0.0.1", self.server.port))
            self.assertEqual(sock.recv(512)[3] & 15, 1)  # FORMERR


class OtherWritersTest(Case):
    """Somebody writes to the store between what an update reads and what it writes."""

    def test_the_update_is_made(self):
        store = self.bed.store()
        store.add_zone("alpha.example", f"www A {V4[1]}")
        policy, said = self.bed.folder / "policy.lua", self.bed.folder / "said"
        # PowerDNS asks the policy after it has looked at the prerequisites, inside its transaction.
        policy.write_text(f"""function updatepolicy(input)
          os.execute("sqlite3 {store.path} \\"INSERT INTO nodes(name) VALUES('north')\\" >{said} 2>&1; echo asked >>{said}")
          return true
        end""")
        server = self.bed.serve(store, dnsupdate="yes", lua_dnsupdate_policy_script=policy)
        lines = "prereq yxrrset www.alpha.example A", f"update add www.alpha.example 300 A {V4[2]}"
        self.assertEqual(nsupdate(server, "alpha.example", *lines), "NOERROR")
        self.assertIn("asked", said.read_text())
        self.assertEqual(server.data("www.alpha.example.", "A"), V4[1:3])


class ForwardTest(Case):
    """A secondary forwards an update to its primary, which tells it of the change: FORWARD- and NOTIFY-DNSUPDATE."""

    def test_round_trip(self):
        common = {"dnsupdate": "yes", "failover_dnssec": "yes", "primary": "yes", "secondary": "yes", "only_notify": "",
                  "xfr_cycle_interval": 1}
        here, there = self.bed.store("primary.sqlite3"), self.bed.store("secondary.sqlite3")
        here.add_zone("alpha.example", f"www A {V4[1]}", kind="MASTER")
        metadata(here, "alpha.example", "NOTIFY-DNSUPDATE", "1")
        primary = self.bed.serve(here, name="primary", **common)
        there.insert("domains", name="alpha.example", type="SLAVE", master=f"127.0.0.1:{primary.port}")
        metadata(there, "alpha.example", "FORWARD-DNSUPDATE", "")
        secondary = self.bed.serve(there, name="secondary", **common)
        metadata(here, "alpha.example", "ALSO-NOTIFY", f"127.0.0.1:{secondary.port}")
        secondary.control("retrieve", "alpha.example")
        eventually(lambda: secondary.data("www.alpha.example.", "A") == (V4[1],), DEADLINE, "the secondary has the zone")
        self.assertEqual(nsupdate(secondary, "alpha.example", f"update add new.alpha.example 60 A {V4[2]}"), "NOERROR")
        self.assertEqual(primary.data("new.alpha.example.", "A"), (V4[2],))
        eventually(lambda: secondary.data("new.alpha.example.", "A") == (V4[2],), DEADLINE, "the secondary is told and follows")
