// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "certificate.hh"
#include "tlscheck.hh"

namespace failover
{
TlsCheck::TlsCheck(const CheckSpec& spec) :
  Transfer(spec)
{
  // libcurl has no scheme for TLS alone: it shakes hands for any that it knows.
  easy().set(CURLOPT_URL, ("https" + spec.url.substr(spec.url.find(':'))).c_str());
  connectOnly();
  easy().set(CURLOPT_SSL_ENABLE_ALPN, 0L); // the server may speak anything but HTTP
  easy().set(CURLOPT_CERTINFO, 1L);
}

CheckResult TlsCheck::judge(CURLcode code) const
{
  if (code != CURLE_OK) {
    return failure(code);
  }
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  return judgeExpiry(expiryOf(easy().info<curl_certinfo*>(CURLINFO_CERTINFO)), now, spec().certWarnDays);
}
}
