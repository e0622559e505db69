// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <string_view>
#include <strings.h>
#include "httpcheck.hh"
#include "probe/printable.hh"

namespace failover
{
namespace
{
  constexpr size_t s_bodyLimit = 65536;   // bytes of body that are read at most
  constexpr size_t s_headerLimit = 65536; // bytes of all headers together that a sane server stays below

  CheckResult made(Outcome outcome, std::string text)
  {
    CheckResult result;
    result.outcome = outcome;
    result.text = std::move(text);
    return result;
  }

  // libcurl undoes a transfer coding that nobody asked for (RFC 9112 section 7.4), and a bomb with it.
  bool isForeignCoding(std::string_view header) noexcept
  {
    constexpr std::string_view name = "Transfer-Encoding:";
    if (header.size() < name.size() || strncasecmp(header.data(), name.data(), name.size()) != 0) {
      return false;
    }
    header.remove_prefix(std::min(header.find_first_not_of(" \t", name.size()), header.size()));
    header = header.substr(0, header.find_last_not_of(" \t\r\n") + 1);
    constexpr std::string_view chunked = "chunked";
    return header.size() != chunked.size() || strncasecmp(header.data(), chunked.data(), chunked.size()) != 0;
  }

  // HTTP/2 where both sides have it, which only TLS tells (RFC 9113 section 3.2).
  long bestVersion() noexcept
  {
    const bool hasHttp2 = (curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_HTTP2) != 0;
    return hasHttp2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1;
  }

  // libcurl takes "Name:" as "leave out this header" and "Name;" as "send it empty".
  std::string forCurl(const std::string& header)
  {
    const auto colon = header.find(':');
    const bool empty = header.find_first_not_of(" \t", colon + 1) == std::string::npos;
    return empty ? header.substr(0, colon) + ";" : header;
  }
}

HttpCheck::HttpCheck(const CheckSpec& spec) :
  Transfer(spec)
{
  d_body.reserve(wantsBody() ? s_bodyLimit : 0); // so that takeBody cannot throw into libcurl
  easy().set(CURLOPT_URL, spec.url.c_str());
  easy().set(CURLOPT_HTTP_VERSION, bestVersion());
  easy().set(CURLOPT_USERAGENT, "pdns-failover/" FAILOVER_VERSION); // a User-Agent among spec.headers replaces it
  easy().set(CURLOPT_HEADERFUNCTION, &HttpCheck::takeHeader);
  easy().set(CURLOPT_HEADERDATA, this);
  easy().set(CURLOPT_WRITEFUNCTION, &HttpCheck::takeBody);
  easy().set(CURLOPT_WRITEDATA, this);
  if (spec.reuseConnection) {
    easy().set(CURLOPT_FRESH_CONNECT, 0L);
    easy().set(CURLOPT_FORBID_REUSE, 0L);
  }
  armRequest();
}

void HttpCheck::armRequest()
{
  if (spec().method == "HEAD") {
    easy().set(CURLOPT_NOBODY, 1L);
  }
  else if (spec().method == "POST") {
    easy().set(CURLOPT_POSTFIELDS, ""); // sends Content-Length: 0, without which servers answer 411
    easy().set(CURLOPT_POSTFIELDSIZE, 0L);
  }
  else if (spec().method != "GET") {
    easy().set(CURLOPT_CUSTOMREQUEST, spec().method.c_str());
  }
  for (const auto& header : spec().headers) {
    d_headers.append(forCurl(header));
  }
  easy().set(CURLOPT_HTTPHEADER, d_headers.get());
}

bool HttpCheck::wantsBody() const noexcept
{
  return !spec().expectBody.empty() || spec().expectJson.has_value();
}

// Taking less than was offered ends the transfer with CURLE_WRITE_ERROR.
size_t HttpCheck::takeHeader(const char* bytes, size_t one, size_t size, void* self) noexcept
{
  auto& check = *static_cast<HttpCheck*>(self);
  size *= one;
  check.d_headerBytes += size;
  if (check.d_headerBytes > s_headerLimit) {
    check.d_cut = Cut::TooMuchHeader;
    return 0;
  }
  const bool isLast = size > 0 && (bytes[0] == '\r' || bytes[0] == '\n');
  const long status = check.easy().info<long>(CURLINFO_RESPONSE_CODE);
  const bool isInterim = status < 200 && status != 101; // more headers follow 100, 102 and 103
  check.d_hasAllHeaders = check.d_hasAllHeaders || (isLast && !isInterim);
  check.d_isCoded = check.d_isCoded || isForeignCoding({bytes, size});
  if (!isLast || isInterim) {
    return size;
  }
  const bool needsBody = check.wantsBody() && check.spec().expectStatus.contains(status);
  if (check.d_isCoded || (!needsBody && !check.spec().reuseConnection)) { // cutting the body off costs the connection
    check.d_cut = needsBody ? Cut::Coding : Cut::Enough;
    return 0;
  }
  return size;
}

size_t HttpCheck::takeBody(const char* bytes, size_t one, size_t size, void* self) noexcept
{
  auto& check = *static_cast<HttpCheck*>(self);
  size *= one;
  const size_t taken = std::min(size, s_bodyLimit - check.d_bodyBytes);
  check.d_bodyBytes += taken;
  if (check.wantsBody()) {
    check.d_body.append(bytes, taken);
  }
  if (taken < size) {
    check.d_cut = Cut::Enough;
  }
  return taken;
}

CheckResult HttpCheck::judge(CURLcode code) const
{
  if (d_cut == Cut::TooMuchHeader) {
    return made(Outcome::Protocol, "more than " + std::to_string(s_headerLimit) + " bytes of headers");
  }
  if (d_cut == Cut::Coding) {
    return made(Outcome::Protocol, "a transfer coding that was not asked for");
  }
  if (code != CURLE_OK && d_cut != Cut::Enough) {
    return failure(code);
  }
  if (!d_hasAllHeaders) { // libcurl is content with a status line
    return made(Outcome::Protocol, "connection closed within the headers");
  }
  const long status = easy().info<long>(CURLINFO_RESPONSE_CODE);
  auto text = "HTTP " + std::to_string(status);
  if (!spec().expectStatus.contains(status)) {
    return made(Outcome::BadStatus, text + " (expected " + printable(spec().expectStatus.text()) + ")");
  }
  return judgeBody(std::move(text));
}

CheckResult HttpCheck::judgeBody(std::string passText) const
{
  const bool whole = d_cut == Cut::None;
  const auto read = " (" + std::string(whole ? "" : "first ") + std::to_string(d_body.size()) + " bytes read)";
  if (d_body.find(spec().expectBody) == std::string::npos) {
    return made(Outcome::BadBody, "body lacks '" + printable(spec().expectBody) + "'" + read);
  }
  std::string why;
  const bool mayQuote = spec().headers.empty() && spec().url == spec().displayUrl; // the node may repeat our secrets
  if (spec().expectJson && !spec().expectJson->matches(d_body, why, mayQuote)) {
    return made(Outcome::BadBody, whole ? why : why + read);
  }
  return made(Outcome::Passed, std::move(passText));
}
}
