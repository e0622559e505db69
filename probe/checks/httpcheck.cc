// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
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
  easy().set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1)); // one request per connection: nothing to multiplex
  easy().set(CURLOPT_USERAGENT, "pdns-failover/" FAILOVER_VERSION);           // a User-Agent among spec.headers replaces it
  easy().set(CURLOPT_HEADERFUNCTION, &HttpCheck::takeHeader);
  easy().set(CURLOPT_HEADERDATA, this);
  easy().set(CURLOPT_WRITEFUNCTION, &HttpCheck::takeBody);
  easy().set(CURLOPT_WRITEDATA, this);
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
  if (isLast && !isInterim && (!check.wantsBody() || !check.spec().expectStatus.contains(status))) {
    check.d_cut = Cut::Enough;
    return 0;
  }
  return size;
}

size_t HttpCheck::takeBody(const char* bytes, size_t one, size_t size, void* self) noexcept
{
  auto& check = *static_cast<HttpCheck*>(self);
  size *= one;
  const size_t taken = std::min(size, s_bodyLimit - check.d_body.size());
  check.d_body.append(bytes, taken);
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
  if (spec().expectJson && !spec().expectJson->matches(d_body, why)) {
    return made(Outcome::BadBody, whole ? why : why + read);
  }
  return made(Outcome::Passed, std::move(passText));
}
}
