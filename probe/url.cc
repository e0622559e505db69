// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <charconv>
#include <memory>
#include <new>
#include <curl/curl.h>
#include "url.hh"

namespace failover
{
namespace
{
  struct Free
  {
    void operator()(CURLU* handle) const noexcept { curl_url_cleanup(handle); }
    void operator()(char* text) const noexcept { curl_free(text); }
  };

  std::string part(CURLU* handle, CURLUPart which, unsigned flags = 0)
  {
    char* raw = nullptr;
    if (curl_url_get(handle, which, &raw, flags) != CURLUE_OK) {
      return {};
    }
    const std::unique_ptr<char, Free> text(raw);
    return text.get();
  }

  uint16_t toPort(const std::string& text) noexcept
  {
    uint16_t port = 0;
    std::from_chars(text.data(), text.data() + text.size(), port);
    return port;
  }
}

std::optional<UrlParts> splitUrl(const std::string& url)
{
  const std::unique_ptr<CURLU, Free> handle(curl_url());
  if (!handle) {
    throw std::bad_alloc();
  }
  // Schemes that libcurl does not know (tcp) are ours to judge.
  if (curl_url_set(handle.get(), CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
    return std::nullopt;
  }
  UrlParts parts;
  parts.scheme = part(handle.get(), CURLUPART_SCHEME);
  parts.host = part(handle.get(), CURLUPART_HOST);
  if (parts.host.empty()) {
    return std::nullopt;
  }
  if (parts.host.front() == '[' && parts.host.back() == ']') {
    parts.host = parts.host.substr(1, parts.host.size() - 2);
  }
  parts.hasUser = !part(handle.get(), CURLUPART_USER).empty() || !part(handle.get(), CURLUPART_PASSWORD).empty();
  parts.hasPort = !part(handle.get(), CURLUPART_PORT).empty();
  parts.port = toPort(part(handle.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT));
  return parts;
}

std::string withoutSecrets(const std::string& url)
{
  // libcurl takes one, two or three slashes after the scheme.
  const auto colon = url.find_first_of(":/?#@"); // one after any of the others is no scheme's
  const bool hasScheme = colon != std::string::npos && url[colon] == ':';
  const size_t begin = hasScheme ? std::min(url.find_first_not_of('/', colon + 1), url.size()) : 0;
  const size_t end = std::min(url.find_first_of("/?#", begin), url.size());
  const auto at = url.substr(0, end).rfind('@');
  auto shown = at == std::string::npos || at < begin ? url : url.substr(0, begin) + url.substr(at + 1);
  if (const auto query = shown.find('?'); query != std::string::npos) {
    shown.replace(query + 1, std::string::npos, "...");
  }
  return shown;
}
}
