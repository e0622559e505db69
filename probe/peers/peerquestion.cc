// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "peerquestion.hh"
#include "probe/url.hh"

namespace failover
{
namespace
{
  CheckResult failed(Outcome outcome, std::string text)
  {
    CheckResult result;
    result.outcome = outcome;
    result.text = std::move(text);
    return result;
  }
}

CheckSpec questionFor(const PeerSpec& peer)
{
  CheckSpec spec;
  const auto end = peer.url.find_last_not_of('/');
  spec.url = peer.url.substr(0, end + 1) + "/api/v1/servers/localhost/statistics?includerings=false";
  if (const auto parts = splitUrl(peer.url)) {
    spec.host = parts->host;
  }
  spec.displayUrl = peer.displayUrl;
  spec.label = peer.displayUrl;
  spec.address = peer.address;
  spec.headers = {"X-API-Key: " + peer.apiKey, "Accept: application/json"};
  spec.timeout = peer.timeout;
  spec.source = peer.source;
  spec.tlsVerify = peer.tlsVerify;
  spec.caFile = peer.caFile;
  return spec;
}

PeerQuestion::PeerQuestion(const CheckSpec& spec) :
  Transfer(spec)
{
  for (const auto& header : spec.headers) {
    d_headers.append(header);
  }
  easy().set(CURLOPT_URL, spec.url.c_str());
  easy().set(CURLOPT_HTTPHEADER, d_headers.get());
  easy().set(CURLOPT_USERAGENT, "pdns-failover/" FAILOVER_VERSION);
  easy().set(CURLOPT_WRITEFUNCTION, &PeerQuestion::takeBody);
  easy().set(CURLOPT_WRITEDATA, this);
}

// Taking less than was offered ends the transfer.
size_t PeerQuestion::takeBody(const char* bytes, size_t one, size_t size, void* self) noexcept
{
  auto& question = *static_cast<PeerQuestion*>(self);
  size *= one;
  question.d_isTooLong = question.d_body.size() + size > s_peerBodyLimit;
  if (question.d_isTooLong) {
    return 0;
  }
  try {
    question.d_body.append(bytes, size);
  }
  catch (const std::bad_alloc&) {
    return 0;
  }
  return size;
}

void PeerQuestion::transferred(CURLcode code)
{
  auto result = judge(code);
  std::string why;
  if (result.passed() && !readPeerStatistics(d_body, d_report, why)) {
    result = failed(Outcome::BadBody, std::move(why));
  }
  end(std::move(result));
}

CheckResult PeerQuestion::judge(CURLcode code) const
{
  if (d_isTooLong) {
    return failed(Outcome::Protocol, "more than " + std::to_string(s_peerBodyLimit / 1024 / 1024) + " MiB of statistics");
  }
  if (code != CURLE_OK) {
    return failure(code);
  }
  const long status = easy().info<long>(CURLINFO_RESPONSE_CODE);
  if (status != 200) {
    return failed(Outcome::BadStatus, "HTTP " + std::to_string(status) + (status == 401 ? ": is api_key the peer's api-key?" : " (expected 200)"));
  }
  CheckResult result;
  result.outcome = Outcome::Passed;
  result.text = "HTTP 200";
  return result;
}
}
