// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include "peerspec.hh"
#include "printable.hh"
#include "specparts.hh"
#include "url.hh"

namespace failover
{
namespace
{
  constexpr size_t s_nameLimit = 63;

  void readUrl(const PeerRow& row, PeerSpec& spec)
  {
    spec.url = row.url;
    spec.displayUrl = printable(withoutSecrets(row.url), s_urlLimit);
    const auto parts = row.url.size() > s_urlLimit || hasControls(row.url) ? std::nullopt : splitUrl(row.url);
    const auto begin = row.url.find("://");
    // Nothing behind host and port: what is asked there is not the row's to say.
    if (!parts || (parts->scheme != "http" && parts->scheme != "https") || parts->port == 0 || begin == std::string::npos || row.url.find_first_of("@/?#", begin + 3) != std::string::npos) {
      refuseColumn("url", spec.displayUrl, "is not http://HOST:PORT or https://HOST:PORT");
    }
    requireSameFamily(row.source, row.address.empty() ? parts->host : row.address);
  }
}

PeerSpec parsePeer(const PeerRow& row)
{
  PeerSpec spec;
  if (!isPlainName(row.name, s_nameLimit)) {
    refuseColumn("name", row.name, "is not 1 to " + std::to_string(s_nameLimit) + " letters, digits, '.', '_' or '-', not beginning with '.'");
  }
  spec.name = row.name;
  requireAddress("address", row.address);
  requireAddress("source", row.source);
  spec.address = row.address;
  spec.source = row.source;
  readUrl(row, spec);
  if (!isToken(row.apiKey)) {
    throw CheckSpecError("api_key: is not " + std::string(s_tokenRule));
  }
  spec.apiKey = row.apiKey;
  spec.interval = std::chrono::milliseconds(inRange("interval_ms", row.intervalMs, 100, 86400000));
  spec.timeout = std::chrono::milliseconds(inRange("timeout_ms", row.timeoutMs, 10, row.intervalMs - 1, " (below interval_ms)"));
  requireNoControls("ca_file", row.caFile);
  spec.tlsVerify = row.tlsVerify;
  spec.caFile = row.caFile;
  return spec;
}
}
