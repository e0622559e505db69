// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "tcpcheck.hh"

namespace failover
{
TcpCheck::TcpCheck(const CheckSpec& spec) :
  Transfer(spec)
{
  // libcurl has no scheme for "just connect": it does so for any scheme it knows.
  easy().set(CURLOPT_URL, ("http" + spec.url.substr(spec.url.find(':'))).c_str());
  easy().set(CURLOPT_CONNECT_ONLY, 1L);
}

CheckResult TcpCheck::judge(CURLcode code) const
{
  if (code != CURLE_OK) {
    return failure(code);
  }
  CheckResult result;
  result.outcome = Outcome::Passed;
  result.text = "connected";
  return result;
}
}
