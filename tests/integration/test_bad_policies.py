# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""A bad row of policies or policy_nodes is named in the log and in the status, and the rest of the policy goes on."""
from harness.badrows import WITHIN, BadRowsCase
from harness.poll import eventually
from harness.testbed import EAST_V4, WEST_V4

WWW = "www.alpha.example."
EAST_FIRST = ("INSERT INTO policies (id, name, mode) VALUES (1, 'www.alpha.example', 'priority');"
              "INSERT INTO policy_nodes (policy, node, priority) VALUES (1, 'east', 1), (1, 'west', 2)")
BOTH = (EAST_V4, WEST_V4)


class BadPoliciesCase(BadRowsCase):
    def answered(self, *data: str):
        self.eventually_data(self.server, WWW, "A", data, WITHIN)
        for tcp in (False, True, False):
            self.assertEqual(self.server.data(WWW, "A", tcp=tcp), data)

    def drawn(self) -> set:
        return {self.server.data(WWW, "A", tcp=tcp) for tcp in (False, True) for _ in range(60)}

    def east_down(self):
        self.server.control("failover-force", "east", "down")

    def clean(self):
        eventually(lambda: self.problems(self.server) == "[]", WITHIN, "the status is clean again")


class RunningTest(BadPoliciesCase):
    """A policy that becomes bad stays as it was; what of policy_nodes is bad does not count."""

    def setUp(self):
        super().setUp()
        self.store.sql(EAST_FIRST)
        self.server = self.bed.serve(self.store)
        self.answered(EAST_V4)

    def test_a_policy_keeps_its_last_good_version(self):
        for change, reason in (("mode = 'x'", "mode: 'x'"), ("min_healthy = 0", "min_healthy: is 0"),
                               ("max_answers = 0", "max_answers: is 0"), ("when_down = 'never'", "when_down: 'never'")):
            with self.subTest(change):
                self.force(f"UPDATE policies SET {change}")
                self.reported(self.server, "policies id 1:", reason, "last good version stays")
                self.answered(EAST_V4)
                self.store.sql("UPDATE policies SET mode = 'priority', min_healthy = 1, max_answers = NULL, when_down = 'serve-all'")
                self.clean()
        self.force("UPDATE policies SET mode = 'x', min_healthy = 0")
        self.reported(self.server, "policies id 1:", "last good version stays")
        self.east_down()
        self.answered(WEST_V4)

    def test_a_weight_of_zero(self):
        self.store.sql("UPDATE policies SET mode = 'weighted'; UPDATE policy_nodes SET priority = NULL")
        self.force("UPDATE policy_nodes SET weight = 0")
        self.reported(self.server, "policy_nodes 1 east:", "weight: is 0", "left out")
        self.reported(self.server, "policy_nodes 1 west:", "weight: is 0", "left out")
        self.assertEqual(self.drawn(), {(EAST_V4,), (WEST_V4,)})
        self.east_down()
        self.answered(WEST_V4)

    def test_a_node_and_a_policy_that_do_not_exist(self):
        self.force("INSERT INTO policy_nodes (policy, node, priority, weight) VALUES (1, 'ghost', 0, 9), (7, 'east', 9, 9)")
        self.reported(self.server, "policy_nodes 1 ghost:", "node 'ghost' does not exist")
        self.reported(self.server, "policy_nodes 7 east:", "policy 7 does not exist")
        self.answered(EAST_V4)
        self.east_down()
        self.answered(WEST_V4)
        self.store.sql("DELETE FROM policy_nodes WHERE node = 'ghost' OR policy = 7")
        self.clean()

    def test_the_first_of_two_equal_ones_counts(self):
        self.force('DROP INDEX "policies: this name has a policy for this type";'
                   "INSERT INTO policies (id, name, mode) VALUES (5, 'WWW.alpha.example.', 'all')")
        self.reported(self.server, "policies id 5:", "policy 1 has the same", "left out")
        self.answered(EAST_V4)
        self.store.sql("DELETE FROM policies WHERE id = 1; DELETE FROM policy_nodes WHERE policy = 1")
        self.answered(*BOTH)
        self.clean()


class FirstLoadTest(BadPoliciesCase):
    def test_all_of_them(self):
        """A policy without a good version is left out."""
        self.store.sql(EAST_FIRST)
        self.force("UPDATE policies SET mode = 'x', min_healthy = 0; UPDATE policy_nodes SET weight = 0;"
                   "INSERT INTO policy_nodes (policy, node) VALUES (1, 'ghost');"
                   "INSERT INTO policies (id, name, min_healthy, when_down) VALUES (2, '*.alpha.example', 0, 'nodata')")
        self.server = self.bed.serve(self.store)
        self.reported(self.server, "policies id 1:", "mode: 'x'", "left out")
        self.reported(self.server, "policies id 2:", "min_healthy: is 0", "left out")
        self.reported(self.server, "policy_nodes 1 east:", "weight: is 0")
        self.reported(self.server, "policy_nodes 1 ghost:", "does not exist")
        self.answered(*BOTH)
        self.east_down()
        self.answered(WEST_V4)
        self.server.control("failover-force", "west", "down")
        self.answered(*BOTH)
