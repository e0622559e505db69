// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

// What the fuzzers share. Each has one entry point, which libFuzzer calls with what it makes up, and replay.cc with what is
// in corpus/. Bytes may lead to any answer, but not to an exception, a sanitizer's complaint or a broken promise.

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace failover::fuzz
{
// Ends the program when a promise is broken.
inline void must(bool kept)
{
  if (!kept) {
    std::abort();
  }
}

// What becomes part of a log line or of status: one line of printable ASCII, and not more than `limit` bytes.
inline void mustBeShowable(std::string_view text, size_t limit)
{
  must(text.size() <= limit);
  for (const char c : text) {
    must(c >= ' ' && c <= '~');
  }
}

inline std::string_view textOf(const uint8_t* data, size_t size)
{
  return {reinterpret_cast<const char*>(data), size}; // NOLINT: bytes are bytes
}

// Takes the first line off `rest`.
inline std::string_view takeLine(std::string_view& rest)
{
  const auto end = rest.find('\n');
  const auto line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return line;
}
}
