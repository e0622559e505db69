# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Keys are rolled and NSEC changes to NSEC3 while the server runs; at each step every kind of answer validates."""
from harness.poll import eventually
from harness.testbed import SharedCase
from harness.zonekeys import ZoneKeys

SECOND = 1.0  # from the end of a command to the answer
ALGORITHMS = {"rsasha256": ("rsasha256", "2048"), "ecdsa256": ("ecdsa256",), "ed25519": ("ed25519",)}  # 8, 13, 15
RECORDS = """
www A 192.0.2.1
*.wild A 192.0.2.2
a.b.ent A 192.0.2.3
"""
POSITIVE, NEGATIVE = "; fully validated", "; negative response, fully validated"  # as delv says it
OF_NAMES = (("www", "A", POSITIVE), ("www", "TXT", NEGATIVE), ("ent", "A", NEGATIVE))
OF_NO_NAMES = (("x.wild", "A", POSITIVE), ("x.wild", "TXT", NEGATIVE), ("nowhere", "A", NEGATIVE))


class RolloverCase(SharedCase):
    """One server; a zone for each roll."""

    @classmethod
    def prepare(cls, bed):
        cls.store = bed.store()
        cls.server = bed.serve(cls.store, failover_dnssec="yes")
        cls.known = {}  # by zone: the keys of the last step

    def zone(self, name: str) -> ZoneKeys:
        self.store.add_zone(name, RECORDS)
        keys = ZoneKeys(self.server, name)
        keys.server.util("set-publish-cds", name)
        keys.server.util("set-publish-cdnskey", name)
        return keys

    def do(self, keys: ZoneKeys, *commands: tuple):
        for command, *words in commands:
            self.server.util(command, keys.zone, *words)

    def becomes(self, what, expected: set, description: str):
        eventually(lambda: what() == expected, SECOND, f"{description}: {sorted(expected)}")

    def step(self, keys: ZoneKeys, served: tuple, signs_keys: tuple, signs: tuple, entries: tuple, *parents: tuple):
        """These keys are served; these sign the DNSKEY rrset and all else; these the parent shall have. Each of `parents` is
        a set of keys whose DS records a resolver may have from it at this moment: with each, everything validates."""
        self.becomes(keys.served, keys.tags(*served), "keys served")
        self.becomes(lambda: keys.signers("", "DNSKEY"), keys.tags(*signs_keys), "the DNSKEY rrset is signed by")
        self.becomes(lambda: keys.signers("www", "A"), keys.tags(*signs), "www is signed by")
        known = self.known.setdefault(keys.zone, keys.tags(*served))
        self.assertLessEqual(keys.tags(*signs), known, "a resolver that has the keys of the step before can validate")
        self.known[keys.zone] = keys.tags(*served)
        self.becomes(lambda: set(self.server.data(keys.apex, "CDS", tcp=True)), {keys.ds(key) for key in entries}, "CDS")
        self.becomes(lambda: set(self.server.data(keys.apex, "CDNSKEY", tcp=True)),
                     {keys.dnskey(key) for key in entries}, "CDNSKEY")
        for parent in parents:
            self.validates(keys, parent, OF_NAMES[:1])
        self.validates(keys, parents[0], OF_NAMES[1:] + OF_NO_NAMES)

    def validates(self, keys: ZoneKeys, parent: tuple, questions: tuple):
        for name, rdtype, expected in questions:
            eventually(lambda: expected in keys.delv(name, rdtype, *map(keys.ds, parent)), SECOND,
                       f"{name}.{keys.zone} {rdtype} validates with DS records of {parent}")


class RolloverTest(RolloverCase):
    """Each with three algorithms."""

    def test_zone_signing_key_published_before_it_signs(self):
        for name, algorithm in ALGORITHMS.items():
            keys = self.zone(f"zsk.{name}.example")
            ksk, old = keys.add("ksk", "active", *algorithm), keys.add("zsk", "active", *algorithm)
            self.do(keys, ("rectify-zone",))
            self.step(keys, (ksk, old), (ksk,), (old,), (ksk,), (ksk,))
            new = keys.add("zsk", "inactive", "published", *algorithm)
            self.step(keys, (ksk, old, new), (ksk,), (old,), (ksk,), (ksk,))
            self.do(keys, ("activate-zone-key", new), ("deactivate-zone-key", old))
            self.step(keys, (ksk, old, new), (ksk,), (new,), (ksk,), (ksk,))
            self.do(keys, ("remove-zone-key", old))
            self.step(keys, (ksk, new), (ksk,), (new,), (ksk,), (ksk,))

    def test_key_signing_key_with_both_at_the_parent(self):
        for name, algorithm in ALGORITHMS.items():
            keys = self.zone(f"ksk.{name}.example")
            old, zsk = keys.add("ksk", "active", *algorithm), keys.add("zsk", "active", *algorithm)
            self.do(keys, ("rectify-zone",))
            self.step(keys, (old, zsk), (old,), (zsk,), (old,), (old,))
            new = keys.add("ksk", "active", "published", *algorithm)
            self.step(keys, (old, new, zsk), (old, new), (zsk,), (old, new), (old,), (old, new), (new,))
            self.do(keys, ("deactivate-zone-key", old))
            self.step(keys, (old, new, zsk), (new,), (zsk,), (old, new), (old, new), (new,))
            self.do(keys, ("remove-zone-key", old))
            self.step(keys, (new, zsk), (new,), (zsk,), (new,), (new,))

    def test_combined_key(self):
        for name, algorithm in ALGORITHMS.items():
            keys = self.zone(f"csk.{name}.example")
            old = keys.add("ksk", "active", *algorithm)
            self.do(keys, ("rectify-zone",))
            self.step(keys, (old,), (old,), (old,), (old,), (old,))
            new = keys.add("ksk", "inactive", "published", *algorithm)
            self.step(keys, (old, new), (old,), (old,), (old, new), (old,), (old, new))
            self.do(keys, ("activate-zone-key", new))
            self.step(keys, (old, new), (old, new), (old, new), (old, new), (old,), (old, new), (new,))
            self.do(keys, ("deactivate-zone-key", old))
            self.step(keys, (old, new), (new,), (new,), (old, new), (old, new), (new,))
            self.do(keys, ("remove-zone-key", old))
            self.step(keys, (new,), (new,), (new,), (new,), (new,))


class DenialTest(RolloverCase):
    """What denies names changes."""

    def denied_by(self, keys: ZoneKeys) -> set[str]:
        answer = self.server.ask(f"nowhere.{keys.apex}", "A", dnssec=True, tcp=True)
        return {kind for _, kind, _, _ in answer.authority} - {"SOA", "RRSIG"}

    def test_nsec_and_nsec3(self):
        for name, algorithm in ALGORITHMS.items():
            keys = self.zone(f"denial.{name}.example")
            key = keys.add("ksk", "active", *algorithm)
            for kind, *commands in (("NSEC",), ("NSEC3", ("set-nsec3", "1 0 0 -")), ("NSEC3", ("set-nsec3", "1 0 2 abcd")),
                                    ("NSEC3", ("set-nsec3", "1 0 0 -", "narrow")), ("NSEC", ("unset-nsec3",))):
                self.do(keys, *commands, ("rectify-zone",))
                self.becomes(lambda: self.denied_by(keys), {kind}, "denied by")
                self.validates(keys, (key,), OF_NAMES + OF_NO_NAMES)
            self.do(keys, ("set-nsec3", "1 1 0 -"), ("rectify-zone",))
            self.becomes(lambda: self.denied_by(keys), {"NSEC3"}, "denied by")
            self.validates(keys, (key,), OF_NAMES)  # opt-out leaves open which names there are not
