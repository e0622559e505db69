// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <array>
#include <arpa/inet.h>
#include "checkspec.hh"
#include "printable.hh"
#include "url.hh"

namespace failover
{
namespace
{
  constexpr size_t s_urlLimit = 2048; // bytes; what servers commonly take
  constexpr std::array<std::string_view, 4> s_methods{"GET", "HEAD", "OPTIONS", "POST"};

  [[noreturn]] void refuse(std::string_view column, std::string_view value, const std::string& rule)
  {
    throw CheckSpecError(std::string(column) + ": '" + printable(value) + "' " + rule);
  }

  bool hasControls(std::string_view text) noexcept
  {
    for (const char c : text) {
      if ((c >= '\0' && c < ' ' && c != '\t') || c == '\x7f') {
        return true;
      }
    }
    return false;
  }

  // libcurl takes C strings: a NUL inside would silently cut the text.
  void requireNoControls(std::string_view column, std::string_view text)
  {
    if (hasControls(text)) {
      refuse(column, text, "has a control character");
    }
  }

  // AF_INET, AF_INET6, or 0 for text that is no address.
  int familyOf(const std::string& text) noexcept
  {
    in6_addr out{};
    if (inet_pton(AF_INET, text.c_str(), &out) == 1) {
      return AF_INET;
    }
    return inet_pton(AF_INET6, text.c_str(), &out) == 1 ? AF_INET6 : 0;
  }

  void readUrl(const CheckRow& row, CheckSpec& spec)
  {
    spec.url = row.url;
    spec.displayUrl = printable(withoutSecrets(row.url), s_urlLimit);
    const auto refuseUrl = [&](const std::string& rule) { refuse("url", spec.displayUrl, rule); };
    if (row.url.size() > s_urlLimit) {
      refuseUrl("is longer than " + std::to_string(s_urlLimit) + " bytes");
    }
    const auto parts = hasControls(row.url) ? std::nullopt : splitUrl(row.url);
    if (!parts) {
      refuseUrl("is not a URL with a scheme and a host");
    }
    if (parts->scheme != "http" && parts->scheme != "https" && parts->scheme != "tcp") {
      refuseUrl("does not begin with http://, https:// or tcp://");
    }
    if (parts->port == 0) {
      refuseUrl("lacks a port in 1..65535");
    }
    spec.kind = parts->scheme == "tcp" ? CheckKind::Tcp : CheckKind::Http;
    if (spec.kind == CheckKind::Tcp && (parts->path != "/" || parts->hasQuery || parts->hasUser)) {
      refuseUrl("is more than tcp://host:port");
    }
    spec.host = parts->host;
    spec.port = parts->port;
  }

  void readAddresses(const CheckRow& row, CheckSpec& spec)
  {
    for (const auto& [column, text] : {std::pair("address", &row.address), std::pair("source", &row.source)}) {
      requireNoControls(column, *text);
      if (!text->empty() && familyOf(*text) == 0) {
        refuse(column, *text, "is not an IPv4 or IPv6 address");
      }
    }
    spec.address = row.address;
    spec.label = spec.displayUrl + (row.address.empty() ? "" : " at " + row.address);
    spec.source = row.source;
    const std::string& target = row.address.empty() ? spec.host : row.address;
    if (!row.source.empty() && familyOf(target) != 0 && familyOf(target) != familyOf(row.source)) {
      refuse("source", row.source, "is not of the same address family as " + printable(target));
    }
  }

  void readMethod(const CheckRow& row, CheckSpec& spec)
  {
    spec.method = row.method.empty() ? "GET" : row.method;
    for (const auto method : s_methods) {
      if (method == spec.method) {
        return;
      }
    }
    refuse("method", row.method, "is not one of GET, HEAD, OPTIONS, POST");
  }

  // RFC 9110 section 5.1: a field name is a token.
  bool isFieldName(std::string_view text) noexcept
  {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    for (const char c : text) {
      const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!letter && !(c >= '0' && c <= '9') && marks.find(c) == std::string_view::npos) {
        return false;
      }
    }
    return !text.empty();
  }

  // The message has the line's number, not its text: headers hold passwords.
  void readHeaders(const CheckRow& row, CheckSpec& spec)
  {
    const std::string_view text = row.headers;
    unsigned number = 0;
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = std::min(text.find('\n', begin), text.size());
      auto line = text.substr(begin, end - begin);
      begin = end + 1;
      ++number;
      if (!line.empty() && line.back() == '\r') {
        line.remove_suffix(1);
      }
      if (line.empty()) {
        continue;
      }
      const auto colon = line.find(':');
      if (colon == std::string_view::npos || !isFieldName(line.substr(0, colon)) || hasControls(line)) {
        throw CheckSpecError("headers: line " + std::to_string(number) + " is not 'Name: value'");
      }
      spec.headers.emplace_back(line);
    }
  }

  void readExpectations(const CheckRow& row, CheckSpec& spec)
  {
    spec.expectStatus = StatusSet(row.expectStatus.empty() ? "200-399" : row.expectStatus);
    spec.expectBody = row.expectBody;
    if (!row.expectJson.empty()) {
      spec.expectJson.emplace(row.expectJson);
    }
    for (const auto& [column, text] : {std::pair("expect_body", &row.expectBody), std::pair("expect_json", &row.expectJson)}) {
      if (!text->empty() && spec.method == "HEAD") {
        refuse(column, *text, "needs a body, which method HEAD never brings");
      }
      if (!text->empty() && spec.kind == CheckKind::Tcp) {
        refuse(column, *text, "needs a body, which tcp:// never brings");
      }
    }
  }

  int64_t inRange(std::string_view column, int64_t value, int64_t lowest, int64_t highest, const std::string& relation = "")
  {
    if (value < lowest || value > highest) {
      refuse(column, std::to_string(value), "is not in " + std::to_string(lowest) + ".." + std::to_string(highest) + relation);
    }
    return value;
  }

  void readTiming(const CheckRow& row, CheckSpec& spec)
  {
    using std::chrono::milliseconds;
    spec.interval = milliseconds(inRange("interval_ms", row.intervalMs, 100, 86400000));
    spec.timeout = milliseconds(inRange("timeout_ms", row.timeoutMs, 10, row.intervalMs - 1, " (below interval_ms)"));
    spec.retry = milliseconds(inRange("retry_ms", row.retryMs, 10, row.intervalMs, " (at most interval_ms)"));
    spec.fall = static_cast<unsigned>(inRange("fall", row.fall, 1, 100));
    spec.rise = static_cast<unsigned>(inRange("rise", row.rise, 1, 100));
  }
}

CheckSpec parseCheck(const CheckRow& row)
{
  CheckSpec spec;
  spec.id = row.id;
  readUrl(row, spec);
  readAddresses(row, spec);
  readMethod(row, spec);
  readHeaders(row, spec);
  readExpectations(row, spec);
  readTiming(row, spec);
  requireNoControls("ca_file", row.caFile);
  spec.tlsVerify = row.tlsVerify;
  spec.caFile = row.caFile;
  return spec;
}
}
