# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""What a node's checks make of it together: all, any, a number of them; checks that only warn, that are inverted, that are shared."""
from harness.poll import eventually
from harness.probing import FAST, PATIENCE, ProbingCase


class CompositionCase(ProbingCase):
    """Nodes with several checks, each of a server of its own."""

    @classmethod
    def prepare(cls, bed):
        cls.store = bed.store()
        cls.store.add_zone("alpha.example", "www A 192.0.2.1")
        # The nodes of one test are among those of all: whether many fail together says nothing here.
        cls.server = bed.serve(cls.store, failover_freeze_share=0, failover_hold_down=0)

    def compose(self, require: str, count: int, **columns) -> tuple[str, list]:
        """A node that is up, with so many checks, all of which pass; and what they ask."""
        name = self._testMethodName.replace("_", "-")
        asked = [self.bed.node() for _ in range(count)]
        self.store.insert("nodes", name=name, require=require)
        for server in asked:
            self.store.insert("checks", node=name, url=server.url(), **{**FAST, **columns})
        eventually(lambda: self.verdicts(name) == ["up"] * count, PATIENCE, "all checks have passed")
        self.becomes(name, "up")
        return name, asked

    def checks(self, name: str) -> list[dict]:
        return self.server.node(name).get("checks", [])

    def verdicts(self, name: str) -> list[str]:
        return [check["verdict"] for check in self.checks(name)]

    def becomes(self, name: str, state: str) -> str:
        """Its reason."""
        eventually(lambda: self.server.node(name).get("state") == state, PATIENCE, f"{name} is {state}")
        return self.server.node(name)["reason"]

    def fail(self, name: str, asked: list, *which: int):
        """These and no others; returns when their verdicts say so."""
        for number, server in enumerate(asked):
            server.answer(status=503 if number in which else 200)
        wanted = ["down" if number in which else "up" for number in range(len(asked))]
        eventually(lambda: self.verdicts(name) == wanted, PATIENCE, f"the checks are {wanted}")


class RequireTest(CompositionCase):
    """nodes.require."""

    def test_all(self):
        name, asked = self.compose("all", 3)
        self.fail(name, asked, 1)
        self.assertIn("HTTP 503", self.becomes(name, "down"))
        self.assertNotIn(f"{name}: needs", self.server.control("failover-status"))

    def test_any(self):
        name, asked = self.compose("any", 2)
        self.fail(name, asked, 0)
        self.assertEqual(self.server.node(name)["state"], "up")
        self.fail(name, asked, 0, 1)
        self.assertRegex(self.becomes(name, "down"), r"HTTP 503 .*; 0 of 2 checks pass, 1 must$")
        self.fail(name, asked, 0)
        self.becomes(name, "up")
        self.assertEqual(self.server.node(name)["require"], "any")
        self.assertIn(f"{name}: needs any of its checks", self.server.control("failover-status"))

    def test_two_of_three(self):
        name, asked = self.compose("2", 3)
        for one in range(3):
            self.fail(name, asked, one)
            self.assertEqual(self.server.node(name)["state"], "up", f"without check {one}")
        self.fail(name, asked, 0, 2)
        self.assertRegex(self.becomes(name, "down"), r"; 1 of 3 checks pass, 2 must$")
        self.fail(name, asked, 2)
        self.becomes(name, "up")
        self.assertEqual(self.server.node(name)["require"], "2")

    def test_more_than_there_are_means_all(self):
        name, asked = self.compose("5", 2)
        self.fail(name, asked, 1)
        self.becomes(name, "down")

    def test_it_can_be_changed_while_the_server_runs(self):
        name, asked = self.compose("all", 2)
        self.fail(name, asked, 0)
        self.becomes(name, "down")
        self.store.sql(f"UPDATE nodes SET require = 'any' WHERE name = '{name}'")
        self.becomes(name, "up")


class RoleTest(CompositionCase):
    """A check that only warns is seen and never decides."""

    def test_a_warning_decides_nothing(self):
        name, asked = self.compose("all", 2)
        self.store.sql(f"UPDATE checks SET role = 'warn' WHERE url = '{asked[1].url()}'")
        eventually(lambda: [check["role"] for check in self.checks(name)] == ["decide", "warn"], PATIENCE, "one check warns")
        self.fail(name, asked, 1)
        self.assertEqual(self.server.node(name)["state"], "up")
        said = eventually(lambda: [line for line in self.server.log().splitlines()
                                   if f"node {name}: a check that only warns fails" in line], PATIENCE, "a warning")
        self.assertEqual(len(said), 1)
        self.assertIn(f"{asked[1].url()}: HTTP 503", said[0])
        self.assertRegex(self.server.control("failover-status"), rf"{asked[1].authority}/ +down .*HTTP 503 .* \(only warns\)")
        asked[1].recover()
        eventually(lambda: f"node {name}: a check that only warns passes" in self.server.log(), PATIENCE, "well again")

    def test_it_does_not_stand_in_for_one_that_decides(self):
        name, asked = self.compose("any", 2)
        self.store.sql(f"UPDATE checks SET role = 'warn' WHERE url = '{asked[1].url()}'")
        self.fail(name, asked, 0)
        self.becomes(name, "down")


class InvertedTest(CompositionCase):
    """What must not answer."""

    def test_up_while_it_fails(self):
        server = self.bed.node()
        name = self.check(server.url(), inverted=1)
        self.verdict(name, "down", "200")
        self.becomes(name, "down")
        server.refuse()
        self.verdict(name, "up", "refused")
        self.becomes(name, "up")
        self.assertTrue(self.checks(name)[0]["inverted"])

    def test_a_push_check(self):
        name = self.check("push://inverted", interval_ms=60000, timeout_ms=1000, inverted=1)
        eventually(lambda: self.checks(name), PATIENCE, "it is known")
        self.server.control("failover-report", "inverted", "up")
        self.becomes(name, "down")
        self.server.control("failover-report", "inverted", "down")
        self.becomes(name, "up")


class SharedTest(CompositionCase):
    """A dependency of several nodes is asked once."""

    def test_one_probe_for_two_nodes(self):
        name, (database,) = self.compose("all", 1)
        own = self.bed.node()
        other, identity = f"{name}-2", self.checks(name)[0]["id"]
        self.store.add_node(other, url=own.url(), **FAST)
        self.store.insert("check_nodes", check_id=identity, node=other)
        eventually(lambda: [check["shared"] for check in self.checks(other)].count(True) == 1, PATIENCE, "the check is shared")

        def of(node: str) -> dict:
            return next(check for check in self.checks(node) if check["id"] == identity)

        runs, asked = of(name)["runs"], len(database.requests)
        eventually(lambda: of(name)["runs"] >= runs + 5, PATIENCE, "five more runs")
        # One may be under way at either moment.
        self.assertLessEqual(len(database.requests) - asked, of(name)["runs"] - runs + 1)
        database.answer(status=503)
        self.becomes(name, "down")
        self.assertIn(database.url(), self.becomes(other, "down"))
        database.recover()
        self.becomes(name, "up")
        self.becomes(other, "up")
        own.answer(status=500)
        self.becomes(other, "down")
        self.assertEqual(self.server.node(name)["state"], "up", "what is the other's own is not shared")
        self.store.sql(f"DELETE FROM check_nodes WHERE node = '{other}'")
        eventually(lambda: len(self.checks(other)) == 1, PATIENCE, "no longer shared")
