# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""No command of pdnsutil is forgotten: each one that the installed pdnsutil offers is tested, or touches no backend."""
import re
import unittest

from harness.command import run
from harness.paths import INTEGRATION

# Where: as PowerDNS 4 and as PowerDNS 5 call them; one name where there is no other.
TESTED = {
    "zones": """
        create-zone = zone create
        delete-zone = zone delete
        create-secondary-zone = zone create-secondary
        change-secondary-zone-primary = zone change-primary
        load-zone = zone load
        list-zone = zone list
        list-all-zones = zone list-all
        clear-zone = zone clear
        edit-zone = zone edit
        check-zone = zone check
        check-all-zones = zone check-all
        rectify-zone = zone rectify
        rectify-all-zones = zone rectify-all
        secure-all-zones = zone secure-all
        increase-serial = zone increase-serial
        set-kind = zone set-kind
        set-account = zone set-account
        set-options-json = zone set-options-json
        set-option = zone set-option
        zone copy""",
    "records": """
        add-record = rrset add
        replace-rrset = rrset replace
        delete-rrset = rrset delete
        bench-db
        rrset add-comment
        rrset list-comments""",
    "keys": """
        secure-zone = zone secure
        disable-dnssec = zone dnssec-disable
        show-zone = zone show
        list-keys = zone list-keys
        add-zone-key = zone add-key
        remove-zone-key = zone remove-key
        activate-zone-key = zone activate-key
        deactivate-zone-key = zone deactivate-key
        publish-zone-key = zone publish-key
        unpublish-zone-key = zone unpublish-key
        import-zone-key = zone import-key
        import-zone-key-pem = zone import-key-pem
        export-zone-key = zone export-key
        export-zone-key-pem = zone export-key-pem
        export-zone-dnskey = zone export-dnskey
        export-zone-ds = zone export-ds
        set-nsec3 = zone set-nsec3
        unset-nsec3 = zone unset-nsec3
        hash-zone-record = rrset hash
        set-presigned = zone set-presigned
        unset-presigned = zone unset-presigned
        set-publish-cds = zone set-publish-cds
        unset-publish-cds = zone unset-publish-cds
        set-publish-cdnskey = zone set-publish-cdnskey
        unset-publish-cdnskey = zone unset-publish-cdnskey
        zone set-signaling""",
    "admin": """
        get-meta = metadata get
        set-meta = metadata set
        add-meta = metadata add
        import-tsig-key = tsigkey import
        generate-tsig-key = tsigkey generate
        delete-tsig-key = tsigkey delete
        list-tsig-keys = tsigkey list
        activate-tsig-key = tsigkey activate
        deactivate-tsig-key = tsigkey deactivate
        set-catalog = catalog set
        list-member-zones = catalog list-members
        add-autoprimary = autoprimary add
        remove-autoprimary = autoprimary remove
        list-autoprimaries = autoprimary list
        backend-cmd
        backend-lookup
        test-schema""",
    "migration": "b2b-migrate",
}

NOT_OURS = {
    "generate-zone-key": "prints a new key",
    "zone generate-key": "prints a new key",
    "list-algorithms": "what the program was built with",
    "raw-lua-from-content": "formats its arguments",
    "zonemd-verify-file": "reads a file",
    "zone zonemd-verify-file": "reads a file",
    "hash-password": "hashes what is typed",
    "ipencrypt": "computes with its arguments",
    "ipdecrypt": "computes with its arguments",
    "create-bind-db": "makes a file for the bind backend",
    "lmdb-get-backend-version": "about the lmdb backend",
    "hsm assign": "makes a key as import-zone-key does; needs a hardware module",
    "hsm create-key": "speaks to a hardware module",
    "network list": "views: no SQL backend has them",
    "network set": "views: no SQL backend has them",
    "view list": "views: no SQL backend has them",
    "view list-all": "views: no SQL backend has them",
    "view add-zone": "views: no SQL backend has them",
    "view del-zone": "views: no SQL backend has them",
    "list-networks": "views: no SQL backend has them",
    "set-network": "views: no SQL backend has them",
    "list-view": "views: no SQL backend has them",
    "list-views": "views: no SQL backend has them",
    "view-add-zone": "views: no SQL backend has them",
    "view-del-zone": "views: no SQL backend has them",
}

OBJECTS = "autoprimary|catalog|hsm|metadata|network|rrset|tsigkey|view|zone"


def offered() -> set[str]:
    """The commands in the help, which stand at the beginning of a line."""
    commands = re.split(r"^(?:Allowed|Common) options:", run("pdnsutil", "help"), flags=re.M)[0]
    found = re.findall(rf"^((?:(?:{OBJECTS}) )?[a-z0-9][a-z0-9-]*)(?: |$)", commands, flags=re.M)
    return set(found) - {"pdnsutil"}


class CompleteTest(unittest.TestCase):
    """The tables above are true."""

    def test_each_command_is_tested_or_not_ours(self):
        tested = {name for names in TESTED.values() for name in re.split(r"\s*[=\n]\s*", names.strip())}
        self.assertGreater(len(offered()), 60)
        self.assertEqual(offered() - tested - set(NOT_OURS), set(), "commands that are in neither table")
        self.assertEqual(tested & set(NOT_OURS), set())

    def test_the_tests_use_them(self):
        for where, names in TESTED.items():
            file = INTEGRATION / ("test_migration.py" if where == "migration" else f"test_pdnsutil_{where}.py")
            text = file.read_text()
            for line in names.strip().splitlines():
                words = line.partition("=")[0].split()
                self.assertTrue('"' + '", "'.join(words) + '"' in text, f"{file.name} does not use {words}")
