// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <string>
#include <vector>
#include <doctest/doctest.h>
#include "probe/checks/certificate.hh"

using namespace failover;
using namespace std::chrono_literals;
using std::chrono::hours;

namespace
{
const Seconds s_now(std::chrono::seconds(1798761600)); // 2027-01-01 00:00:00 GMT

std::optional<Seconds> expiryIn(std::vector<std::string> fields)
{
  std::vector<curl_slist> list(fields.size());
  for (size_t i = 0; i < fields.size(); ++i) {
    list[i] = {fields[i].data(), i + 1 < fields.size() ? &list[i + 1] : nullptr};
  }
  curl_slist* first = list.empty() ? nullptr : list.data();
  const curl_certinfo chain{1, &first};
  return expiryOf(&chain);
}

void check(Seconds expiry, int warnDays, bool warning, const std::string& text)
{
  const auto result = judgeExpiry(expiry, s_now, warnDays);
  CHECK(result.outcome == Outcome::Passed);
  CHECK(result.warning == warning);
  CHECK(result.text == "handshake, certificate expires in " + text);
}

void checkExpired(std::chrono::seconds ago, const std::string& text)
{
  const auto result = judgeExpiry(s_now - ago, s_now, 14);
  CHECK(result.outcome == Outcome::Tls);
  CHECK_FALSE(result.warning);
  CHECK(result.text == "certificate expired " + text + " ago");
}
}

TEST_SUITE("certificate")
{
  TEST_CASE("the date as libcurl's TLS libraries write it")
  {
    CHECK(expiryIn({"Subject:CN = x", "Start date:Jan  1 00:00:00 2020 GMT", "Expire date:Jan  1 00:00:00 2027 GMT", "Cert:x"}) == s_now);
    CHECK(expiryIn({"Expire date:2027-01-01 00:00:00 GMT"}) == s_now);
    CHECK(expiryIn({"Expire date:Dec 31 23:59:59 9999 GMT"}) > s_now); // RFC 5280: never
  }

  TEST_CASE("no date is none")
  {
    CHECK_FALSE(expiryOf(nullptr));
    const curl_certinfo nobody{0, nullptr};
    CHECK_FALSE(expiryOf(&nobody));
    CHECK_FALSE(expiryIn({}));
    CHECK_FALSE(expiryIn({"Subject:CN = x"}));
    CHECK_FALSE(expiryIn({"Expire date:"}));
    CHECK_FALSE(expiryIn({"Expire date:Bad time value"}));
    const auto result = judgeExpiry(std::nullopt, s_now, 14);
    CHECK(result.passed());
    CHECK(result.warning);
    CHECK(result.text == "handshake, the certificate's date of expiry cannot be read");
  }

  TEST_CASE("a warning from so many days before the end on")
  {
    check(s_now + 14 * 24h + 1s, 14, false, "14 days");
    check(s_now + 14 * 24h, 14, true, "14 days");
    check(s_now + 24h, 0, false, "24 hours");
    check(s_now + 1s, 0, false, "less than an hour");
    check(s_now + 1s, 14, true, "less than an hour");
  }

  TEST_CASE("it fails from the second on at which the certificate ends")
  {
    checkExpired(0s, "less than an hour");
    checkExpired(3 * 24h, "3 days");
    checkExpired(hours(24 * 3650), "3650 days");
  }

  TEST_CASE("time in words, to the nearest")
  {
    check(s_now + 9 * 24h - 2s, 14, true, "9 days");
    check(s_now + 36h, 14, true, "2 days");
    check(s_now + 36h - 1min, 14, true, "36 hours");
    check(s_now + 2h, 14, true, "2 hours");
    check(s_now + 61min, 14, true, "1 hour");
    check(s_now + 29min, 14, true, "less than an hour");
  }
}
