// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <string>
#include "fuzz.hh"
#include "probe/url.hh"

// A url as somebody wrote it into the store, and what of it may be shown.

using namespace failover;
using namespace failover::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
  const std::string url(textOf(data, size));
  const auto shown = withoutSecrets(url);
  must(shown.substr(0, shown.find_first_of("/?#")).find('@') == std::string::npos); // not even where the scheme is missing
  const auto query = shown.find('?');
  must(query == std::string::npos || shown.substr(query) == "?...");
  if (url.find('\0') != std::string::npos) {
    return 0; // parseCheck() refuses it first: libcurl would see no more than its beginning
  }
  if (const auto parts = splitUrl(url)) {
    must(!parts->host.empty());
    const auto seen = splitUrl(shown); // by the same parser that a transfer uses
    must(seen && !seen->hasUser && seen->host == parts->host);
  }
  return 0;
}
