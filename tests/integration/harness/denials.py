# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""Denials of existence: which types the NSEC and NSEC3 records of an answer list."""
import dns.dnssec
import dns.name
import dns.rdatatype


def listed(answer, owner: str) -> set:
    """The types that the NSEC or the NSEC3 of this owner lists; None without one in the authority section."""
    for rrset in answer.message.authority:
        fields = rrset[0].to_text().split()
        if rrset.rdtype == dns.rdatatype.NSEC and rrset.name.to_text() == owner:
            return set(fields[1:])
        if rrset.rdtype == dns.rdatatype.NSEC3 and rrset.name == hashed(owner, rrset[0], rrset.name.parent()):
            return set(fields[5:])
    return None


def hashed(owner: str, nsec3, zone):
    return dns.name.from_text(dns.dnssec.nsec3_hash(owner, nsec3.salt, nsec3.iterations, nsec3.algorithm), zone)
