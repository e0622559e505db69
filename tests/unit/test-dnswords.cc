// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <string>
#include <utility>
#include "probe/dnswords.hh"

using namespace failover;

TEST_SUITE("dnswords")
{
  TEST_CASE("record types by name in any case, or by number")
  {
    const std::pair<const char*, int> types[] = {{"A", 1}, {"aaaa", 28}, {"MX", 15}, {"NS", 2}, {"Soa", 6}, {"TXT", 16}, {"CNAME", 5}, {"SRV", 33}, {"PTR", 12}, {"CAA", 257}, {"HTTPS", 65}, {"DS", 43}, {"DNSKEY", 48}, {"TYPE1", 1}, {"type65535", 65535}};
    for (const auto& [text, number] : types) {
      CAPTURE(text);
      CHECK(recordTypeOf(text).value_or(0) == number);
    }
    for (const auto* bad : {"", "B", "TYPE", "TYPE0", "TYPE01", "TYPE65536", "TYPE-1", "TYPE1 ", "TYPEX", "AA", "1"}) {
      CAPTURE(bad);
      CHECK_FALSE(recordTypeOf(bad).has_value());
    }
  }

  TEST_CASE("response codes by name in capitals")
  {
    const std::pair<const char*, int> codes[] = {{"NOERROR", 0}, {"FORMERR", 1}, {"SERVFAIL", 2}, {"NXDOMAIN", 3}, {"NOTIMP", 4}, {"REFUSED", 5}, {"YXDOMAIN", 6}, {"YXRRSET", 7}, {"NXRRSET", 8}, {"NOTAUTH", 9}, {"NOTZONE", 10}};
    for (const auto& [text, number] : codes) {
      CHECK(responseCodeOf(text).value_or(-1) == number);
    }
    for (const auto* bad : {"", "noerror", "BADVERS", "0"}) {
      CHECK_FALSE(responseCodeOf(bad).has_value());
    }
  }
}
