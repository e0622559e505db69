# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""A store to put bad rows into, and what is to be seen of them."""
import json

from harness.poll import eventually
from harness.testbed import EAST, EAST_V4, HOSTS, WEST, WEST_V4, Case

WITHIN = 3.0


class BadRowsCase(Case):
    """Two zones, two nodes."""

    def setUp(self):
        super().setUp()
        self.store = self.bed.store()
        self.store.add_zone("alpha.example", HOSTS + f"www A {EAST_V4}\nwww A {WEST_V4}\ntext TXT \"one\"")
        self.store.add_zone("beta.example", "www A 198.51.100.1")
        self.store.add_node("east", *EAST)
        self.store.add_node("west", *WEST)

    def problems(self, server) -> str:
        return json.dumps(server.status()["store"]["problems"])

    def row_id(self, table: str, condition: str) -> str:
        return self.store.read(f"SELECT max(id) FROM {table} WHERE {condition}")[0][0]

    def reported(self, server, *texts: str):
        """In the status and in an Error of the log, all of these texts together."""
        eventually(lambda: all(text in self.problems(server) for text in texts), WITHIN, f"the status shows {texts}")
        lines = [line for line in server.log().splitlines() if all(text in line for text in texts)]
        self.assertTrue(lines, f"no line of the log has {texts}")

    def force(self, statement: str):
        """Past the schema's own constraints and triggers, as a careless tool might."""
        triggers = [row[0] for row in self.store.read(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' "
            "AND tbl_name IN ('checks', 'check_nodes', 'references', 'peers', 'notifications', 'reports', 'node_targets', 'policies', "
            "'policy_nodes')")]
        drops = "".join(f"DROP TRIGGER {name};\n" for name in triggers)
        self.store.sql(f"PRAGMA ignore_check_constraints = ON;\n{drops}{statement}")
