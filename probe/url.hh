// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstdint>
#include <optional>
#include <string>

// The parts of a URL that a check needs, by libcurl's own parser, so that what was checked when the row was read is what
// the transfer will see. Pure. Thread: any.

namespace failover
{
struct UrlParts
{
  std::string scheme; // lower case
  std::string host;   // without brackets
  bool hasUser{false};
  bool hasPort{false}; // whether one is written, be it 0
  uint16_t port{0};    // the scheme's when none is written; 0: none known
};

// Nothing when `url` is not a URL with a scheme and a host. Throws only std::bad_alloc.
[[nodiscard]] std::optional<UrlParts> splitUrl(const std::string& url);

// `url` as written, but without user:password@, and with "..." for a query, which may carry a token. Works on text that is
// no URL as well. Throws only std::bad_alloc.
[[nodiscard]] std::string withoutSecrets(const std::string& url);
}
