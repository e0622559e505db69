# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Who wants to be told is told: by a webhook or a program, late enough, once, and again where it failed."""
import json
from datetime import datetime, timedelta, timezone

from harness.poll import Stopwatch, eventually
from harness.probing import FAST, PATIENCE
from harness.programs import Programs
from harness.receiver import Receiver
from harness.testbed import EAST_V4, WEST_V4, Case

SECRET = "wicked-token"


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)


class NotificationCase(Case):
    """Two nodes behind one name."""

    def setUp(self):
        super().setUp()
        self.programs = Programs(self.bed.folder / "programs")
        self.store = self.bed.store()
        self.store.add_zone("alpha.example", f"www A {EAST_V4}\nwww A {WEST_V4}")
        self.nodes = {"east": self.bed.node(), "west": self.bed.node()}
        for name, target in (("east", EAST_V4), ("west", WEST_V4)):
            self.store.add_node(name, target, url=self.nodes[name].url(), **FAST)

    def receiver(self, **columns) -> Receiver:
        receiver = Receiver()
        self.addCleanup(receiver.close)
        self.store.insert("notifications", url=receiver.url, **columns)
        return receiver

    def serve(self, **settings):
        # Half of these nodes is as many as make the server doubt itself; that is another test's business.
        settings = {"failover_freeze_share": 0, "failover_hold_down": 0, "failover_exec_dir": self.programs.folder} | settings
        self.server = self.bed.serve(self.store, **settings)
        for name in self.nodes:
            self.becomes(name, "up")

    def becomes(self, name: str, state: str):
        eventually(lambda: self.server.node(name).get("state") == state, PATIENCE, f"{name} is {state}")

    def falls(self, name: str):
        self.nodes[name].answer(status=503)
        self.becomes(name, "down")

    def returns(self, name: str):
        self.nodes[name].recover()
        self.becomes(name, "up")

    def hears(self, receiver: Receiver, *events: str, within: float = PATIENCE):
        """Waits until it has heard so many, and these they must be."""
        eventually(lambda: len(receiver.events) >= len(events), within, f"{events} were told")
        self.assertEqual(receiver.events, list(events))


class WebhookTest(NotificationCase):
    def test_a_fall_and_a_return(self):
        receiver = self.receiver(token=SECRET)
        self.serve()
        before = datetime.now(timezone.utc) - timedelta(seconds=1)
        self.falls("east")
        self.hears(receiver, "down east")
        down = receiver.messages[0]
        self.assertEqual({key: down[key] for key in ("from", "to", "repeat")}, {"from": "up", "to": "down", "repeat": 0})
        self.assertIn("HTTP 503", down["reason"])
        self.assertTrue(down["server"])
        self.assertEqual(down["at"], down["since"])
        self.assertLess(before, moment(down["at"]))
        headers = receiver.headers[0]
        self.assertEqual((headers["content-type"], headers["authorization"]), ("application/json", f"Bearer {SECRET}"))
        self.returns("east")
        self.hears(receiver, "down east", "up east")
        up = receiver.messages[1]
        self.assertEqual((up["from"], up["to"], up["since"]), ("down", "up", down["at"]))
        self.assertNotIn(SECRET, self.server.log())
        self.assertNotIn(SECRET, json.dumps(self.server.status()))

    def test_an_operators_drain_is_told_like_a_fall(self):
        receiver = self.receiver()
        self.serve()
        self.server.control("failover-drain", "west", "maintenance")
        self.hears(receiver, "down west")
        self.assertEqual(receiver.messages[0]["to"], "drained")
        self.assertIn("maintenance", receiver.messages[0]["reason"])
        self.server.control("failover-resume", "west")
        self.hears(receiver, "down west", "up west")

    def test_only_what_was_asked_for(self):
        falls, returns, west = self.receiver(events="down"), self.receiver(events="up"), self.receiver(node="west")
        self.serve()
        for name in ("east", "west"):
            self.falls(name)
            self.returns(name)
        self.hears(west, "down west", "up west")
        self.hears(falls, "down east", "down west")
        self.hears(returns, "up east", "up west")

    def test_a_blip_stays_silent(self):
        patient, hasty = self.receiver(delay_s=4), self.receiver()
        self.serve()
        self.falls("east")
        self.returns("east")
        self.hears(hasty, "down east", "up east")
        watch = Stopwatch()
        self.falls("east")
        self.hears(patient, "down east")
        self.assertGreaterEqual(watch.seconds(), 4)
        self.assertGreaterEqual(patient.messages[0]["since"], hasty.messages[1]["at"], "the second fall, not the first")

    def test_reminders(self):
        receiver = self.receiver(repeat_s=10)
        self.serve()
        self.falls("east")
        self.hears(receiver, "down east", "down east", within=10 + PATIENCE)
        self.assertEqual([message["repeat"] for message in receiver.messages], [0, 1])
        self.returns("east")
        self.hears(receiver, "down east", "down east", "up east")

    def test_rows_may_come_and_go(self):
        self.serve()
        receiver = self.receiver()
        self.server.control("failover-reload")
        self.falls("east")
        self.hears(receiver, "down east")
        self.store.sql("DELETE FROM notifications")
        other = self.receiver()
        self.server.control("failover-reload")
        self.returns("east")
        self.hears(other, "up east")
        self.assertEqual(receiver.events, ["down east"])


class FailureTest(NotificationCase):
    def test_tried_again_until_it_works(self):
        receiver = self.receiver()
        receiver.status = 500
        self.serve()
        self.falls("east")
        self.returns("east")
        self.hears(receiver, "down east", "down east")
        receiver.status = 204
        self.hears(receiver, "down east", "down east", "down east", "up east", within=4 + PATIENCE)
        log = self.server.log()
        self.assertEqual(log.count("HTTP 500 (expected 200-299)"), 1, "said once")
        self.assertEqual(log.count("works again after 2 failures"), 1)

    def test_a_webhook_that_never_answers_delays_nothing(self):
        silent, other = self.receiver(), self.receiver()
        silent.silent = True
        self.serve()
        for _ in range(3):
            self.falls("east")
            self.eventually_data(self.server, "www.alpha.example", "A", [WEST_V4], PATIENCE)
            self.returns("east")
            self.eventually_data(self.server, "www.alpha.example", "A", [EAST_V4, WEST_V4], PATIENCE)
        self.hears(other, *["down east", "up east"] * 3)
        eventually(lambda: "timeout after 10000 ms" in self.server.log(), 10 + PATIENCE, "it was given up")

    def test_a_restart_tells_nothing_twice_and_forgets_no_return(self):
        receiver = self.receiver()
        self.serve()
        self.falls("east")
        self.hears(receiver, "down east")
        eventually(lambda: self.store.read("SELECT state FROM node_state WHERE node = 'east'") == [["down"]], PATIENCE, "it is remembered")
        self.server.stop()
        self.server.start()
        self.becomes("east", "down")
        self.returns("east")
        self.hears(receiver, "down east", "up east")


class CommandTest(NotificationCase):
    def test_a_program_reads_the_message(self):
        heard = self.bed.folder / "heard"
        self.programs.add("tell", f'echo "$1" > {heard}.new; cat >> {heard}.new; mv {heard}.new {heard}')
        self.store.insert("notifications", url="exec://tell/on%20call")
        self.serve()
        self.falls("east")
        eventually(heard.exists, PATIENCE, "it was told")
        argument, body = heard.read_text().splitlines()
        self.assertEqual(argument, "on call")
        self.assertEqual((json.loads(body)["event"], json.loads(body)["node"]), ("down", "east"))

    def test_no_program_without_a_folder(self):
        self.store.insert("notifications", url="exec://tell")
        self.serve(failover_exec_dir="")
        self.falls("east")
        eventually(lambda: "failover-exec-dir is not set" in self.server.log(), PATIENCE, "it says why")
