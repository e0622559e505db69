// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <string_view>
#include "certificate.hh"

namespace failover
{
namespace
{
  constexpr std::string_view s_key = "Expire date:";
  using Days = std::chrono::duration<int64_t, std::ratio<86400>>;

  // "9 days", "36 hours": to the nearest, and below two days in hours.
  std::string inWords(std::chrono::seconds span)
  {
    const auto days = std::chrono::round<Days>(span).count();
    const auto hours = std::chrono::round<std::chrono::hours>(span).count();
    if (days >= 2) {
      return std::to_string(days) + " days";
    }
    return hours >= 2 ? std::to_string(hours) + " hours" : hours == 1 ? "1 hour"
                                                                      : "less than an hour";
  }

  // libcurl with OpenSSL says "Jan  1 00:00:00 2027 GMT", with GnuTLS "2027-01-01 00:00:00 GMT", whose dashes its own reader of
  // dates does not know.
  std::optional<Seconds> toTime(std::string text)
  {
    if (text.size() > 4 && text[4] == '-') {
      std::erase(text, '-');
    }
    const time_t time = curl_getdate(text.c_str(), nullptr);
    return time == -1 ? std::nullopt : std::optional(Seconds(std::chrono::seconds(time)));
  }
}

std::optional<Seconds> expiryOf(const curl_certinfo* chain)
{
  const auto* field = chain != nullptr && chain->num_of_certs > 0 ? chain->certinfo[0] : nullptr;
  for (; field != nullptr; field = field->next) {
    if (const std::string_view text = field->data; text.starts_with(s_key)) {
      return toTime(std::string(text.substr(s_key.size())));
    }
  }
  return std::nullopt;
}

CheckResult judgeExpiry(std::optional<Seconds> expiry, Seconds now, int warnDays)
{
  CheckResult result;
  result.outcome = Outcome::Passed;
  if (!expiry) {
    result.text = "handshake, the certificate's date of expiry cannot be read";
    result.warning = true;
  }
  else if (*expiry <= now) {
    result.outcome = Outcome::Tls;
    result.text = "certificate expired " + inWords(now - *expiry) + " ago";
  }
  else {
    result.text = "handshake, certificate expires in " + inWords(*expiry - now);
    result.warning = *expiry - now <= Days(warnDays);
  }
  return result;
}
}
