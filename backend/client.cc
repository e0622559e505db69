// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "client.hh"
#include <charconv>
#include "target.hh"

namespace failover
{
std::optional<std::string> clientNetwork(const std::string& text)
{
  const auto slash = text.find('/');
  const auto address = addressTarget(text.substr(0, slash));
  if (!address) {
    return std::nullopt;
  }
  auto bytes = address->substr(1);
  auto prefix = 8 * bytes.size();
  if (slash != std::string::npos) {
    const auto* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data() + slash + 1, end, prefix);
    if (error != std::errc{} || rest != end || prefix > 8 * bytes.size()) {
      return std::nullopt;
    }
  }
  for (size_t i = 0; i < bytes.size(); ++i) {
    const auto kept = std::min<size_t>(8, prefix - std::min(prefix, 8 * i));
    bytes[i] = static_cast<char>(bytes[i] & (0xff00U >> kept));
  }
  return bytes;
}
}
