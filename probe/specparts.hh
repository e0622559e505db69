// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// What the rows of checks, references, peers and notifications have in common, and how a wrong one is refused.
// Pure. Each function either is noexcept or throws CheckSpecError (and std::bad_alloc). Thread: any.

namespace failover
{
constexpr size_t s_urlLimit = 2048; // bytes; what servers commonly take

// "<column>: '<value>' <rule>". REQUIRES: no secret in `value`.
[[noreturn]] void refuseColumn(std::string_view column, std::string_view value, const std::string& rule);

[[nodiscard]] bool hasControls(std::string_view text) noexcept; // but for tabs
// libcurl takes C strings: a NUL inside would silently cut the text.
void requireNoControls(std::string_view column, std::string_view text);

// AF_INET, AF_INET6, or 0 for text that is no address.
[[nodiscard]] int familyOf(const std::string& text) noexcept;
// An address or nothing.
void requireAddress(std::string_view column, const std::string& text);
// source and where it connects to are of one family, as far as that is known.
void requireSameFamily(const std::string& source, const std::string& target);

// relation: why the bounds are these, as in " (below interval_ms)".
int64_t inRange(std::string_view column, int64_t value, int64_t lowest, int64_t highest, const std::string& relation = "");

// 1 to `most` letters, digits, '.', '_' or '-', not beginning with '.': safe as the name of a file in a folder.
[[nodiscard]] bool isPlainName(std::string_view text, size_t most) noexcept;

// A secret that becomes part of a header: 1 to 1000 printable characters, no blanks.
constexpr std::string_view s_tokenRule = "1 to 1000 printable characters without blanks";
[[nodiscard]] bool isToken(std::string_view text) noexcept;

// The program and arguments of "exec://PROGRAM/ARGUMENT/ARGUMENT…": each '/' begins an argument, which is percent-decoded
// (RFC 3986, section 2.1) and may be empty.
struct CommandLine
{
  std::string program;
  std::vector<std::string> arguments;
};
[[nodiscard]] bool isCommand(std::string_view url) noexcept;  // whether it begins with exec://
[[nodiscard]] CommandLine parseCommand(std::string_view url); // REQUIRES: isCommand(url)
}
