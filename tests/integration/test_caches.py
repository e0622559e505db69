# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""PowerDNS's caches are on, and yet no answer is older than the state of the nodes."""
from harness.poll import eventually
from harness.testbed import EAST, EAST_HOST, EAST_V4, HOSTS, WEST, WEST_HOST, WEST_V4, Case

ALPHA = HOSTS + f"""
www A {EAST_V4}
www A {WEST_V4}
alias CNAME www.alpha.example
*.wild A {EAST_V4}
*.wild A {WEST_V4}
towild CNAME x.wild.alpha.example
*.walias CNAME www.alpha.example
pool MX 10 www.alpha.example
mail MX 10 {EAST_HOST}
mail MX 10 {WEST_HOST}
only A {EAST_V4}
static TXT "of no node"
"""
ADDRESSES = ("www.alpha.example.", "alias.alpha.example.", "x.wild.alpha.example.", "towild.alpha.example.",
             "y.walias.alpha.example.", "www.beta.example.", "WWW.alpha.example.")


class CachesTest(Case):
    """Every name has been asked before, the way it is asked after."""

    SETTINGS: dict = {}

    def setUp(self):
        super().setUp()
        self.store = self.bed.store()
        self.store.add_zone("alpha.example", ALPHA)
        self.store.add_zone("beta.example", "www CNAME www.alpha.example")
        self.store.add_node("east", *EAST)
        self.store.add_node("west", *WEST)
        self.server = self.bed.serve(self.store, failover_dnssec="yes", **self.SETTINGS)
        eventually(lambda: {node["state"] for node in self.server.status()["nodes"]} == {"up"}, 5, "both are up")

    def questions(self):
        """Each kind of question for addresses, as a function that returns them."""
        for name in ADDRESSES:
            for options in ({}, {"tcp": True}, {"dnssec": True}, {"ecs": "198.51.100.0/24"}):
                yield f"{name} {options}", lambda name=name, options=options: self.server.data(name, "A", **options)

        def additional():
            rows = self.server.ask("pool.alpha.example.", "MX").additional
            return tuple(data for _, kind, _, data in rows if kind == "A")

        yield "additional section", additional

    def expect(self, *addresses: str):
        """The very next answers, twice each."""
        for what, ask in [*self.questions(), *self.questions()]:
            with self.subTest(what):
                self.assertEqual(ask(), tuple(sorted(addresses)))

    def test_next_answer_after_a_drain_is_new(self):
        self.expect(EAST_V4, WEST_V4)
        self.server.control("failover-drain", "east", "force")
        self.expect(WEST_V4)
        self.server.control("failover-resume", "east")
        self.expect(EAST_V4, WEST_V4)
        self.server.control("failover-force", "west", "down")
        self.expect(EAST_V4)

    def test_all_down_and_back(self):
        self.expect(EAST_V4, WEST_V4)
        for node in ("east", "west"):
            self.server.control("failover-drain", node, "force")
        self.expect(EAST_V4, WEST_V4)
        self.server.control("failover-resume", "east")
        self.expect(EAST_V4)

    def hits(self) -> int:
        return self.server.statistic("packetcache-hit")

    def test_a_name_of_no_node_stays_cached(self):
        self.server.data("static.alpha.example.", "TXT")
        self.server.control("failover-drain", "east", "force")
        self.assertEqual(self.server.data("www.alpha.example.", "A"), (WEST_V4,))
        before = self.hits()
        self.server.data("static.alpha.example.", "TXT")
        self.assertEqual(self.hits(), before + 1)

    def hits_of_five(self, name: str) -> int:
        """That five more questions for the addresses of a name have."""
        self.server.data(name, "A")
        before = self.hits()
        for _ in range(5):
            self.server.data(name, "A")
        return self.hits() - before

    def test_answers_that_depend_on_health_are_never_cached(self):
        self.assertEqual(self.hits_of_five("www.alpha.example."), 0)


class RotatingCachesTest(CachesTest):
    """The same while the packet cache may keep them: for so long that no rotation helps."""

    SETTINGS = {"failover_rotate_ms": 10000}

    def test_answers_that_depend_on_health_are_never_cached(self):
        for name in ADDRESSES:
            with self.subTest(name):
                self.assertGreaterEqual(self.hits_of_five(name), 4)  # a rotation may come in between
