# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Checks of mail servers and directories, against a real Dovecot and a real slapd."""
import unittest

from harness.poll import eventually
from harness.probing import PATIENCE, ProbingCase
from harness.service import Dovecot, Slapd

SLOW = {"interval_ms": 2000, "timeout_ms": 1900, "retry_ms": 500}  # their first processes take a while to come up


class MailTest(ProbingCase):
    """Greeting, capabilities, TLS."""

    @classmethod
    def prepare(cls, bed):
        super().prepare(bed)
        cls.mail = bed.keep(Dovecot(bed.folder / "dovecot", *bed.authority.files("mail.example"))).start()
        cls.tls = {"address": "127.0.0.1", "ca_file": str(bed.authority.certificate), **SLOW}

    def test_ready(self):
        for scheme, port in (("smtp", "submission"), ("imap", "imap"), ("pop3", "pop3")):
            with self.subTest(scheme=scheme):
                self.up(f"{scheme}://127.0.0.1:{self.mail.at[port]}", f"{scheme.upper()} ready", **SLOW)

    def test_tls_from_the_start(self):
        for scheme, port in (("smtps", "submissions"), ("imaps", "imaps"), ("pop3s", "pop3s")):
            with self.subTest(scheme=scheme):
                self.up(f"{scheme}://mail.example:{self.mail.at[port]}", f"{scheme[:-1].upper()} ready", **self.tls)
                self.down(f"{scheme}://other.example:{self.mail.at[port]}", "TLS: ", **self.tls)

    def test_starttls(self):
        for scheme, port in (("smtp", "submission"), ("imap", "imap"), ("pop3", "pop3")):
            with self.subTest(scheme=scheme):
                self.up(f"{scheme}://mail.example:{self.mail.at[port]}", f"{scheme.upper()} ready", starttls=1, **self.tls)
                self.down(f"{scheme}://other.example:{self.mail.at[port]}", "TLS: ", starttls=1, **self.tls)

    def test_a_farewell(self):
        self.up(f"imap://127.0.0.1:{self.mail.at['imap']}", "IMAP ready", **SLOW)
        eventually(lambda: "imap-login: Info: Disconnected: Aborted login by logging out" in self.mail.log(), PATIENCE, "a farewell")

    def test_another_protocol(self):
        self.down(f"smtp://127.0.0.1:{self.mail.at['imap']}", "", **SLOW)
        self.down(f"imap://127.0.0.1:{self.mail.at['submission']}", "", **SLOW)
        self.down(f"pop3s://127.0.0.1:{self.mail.at['pop3']}", "TLS: ", **SLOW)


class LdapTest(ProbingCase):
    """Bind and search, plain and with TLS."""

    @classmethod
    def prepare(cls, bed):
        super().prepare(bed)
        cls.directory = bed.keep(Slapd(bed.folder / "slapd", *bed.authority.files("ldap.example"))).start()
        cls.tls = {"address": "127.0.0.1", "ca_file": str(bed.authority.certificate)}

    def test_plain(self):
        self.up(f"ldap://127.0.0.1:{self.directory.at['ldap']}", "search answered")
        self.down(f"ldap://127.0.0.1:{self.directory.at['ldap']}/dc=nowhere", "search failed")

    def test_tls(self):
        self.up(f"ldaps://ldap.example:{self.directory.at['ldaps']}", "search answered", **self.tls)
        self.down(f"ldaps://other.example:{self.directory.at['ldaps']}", "TLS: ", **self.tls)
        self.down(f"ldaps://127.0.0.1:{self.directory.at['ldap']}", "")


if __name__ == "__main__":
    unittest.main()
