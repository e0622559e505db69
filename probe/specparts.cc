// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <charconv>
#include <arpa/inet.h>
#include "checkspec.hh"
#include "printable.hh"
#include "specparts.hh"

namespace failover
{
namespace
{
  constexpr std::string_view s_exec = "exec://";
  constexpr size_t s_programLimit = 255; // NAME_MAX

  bool isLetterOrDigit(char c) noexcept
  {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  // Nothing but the whole text's fault is said: an argument may be secret.
  std::string percentDecoded(std::string_view text)
  {
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '%') {
        out += text[i];
        continue;
      }
      uint8_t byte = 0;
      const auto* const digits = text.data() + i + 1;
      const bool isWhole = text.size() - i > 2 && std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2;
      if (!isWhole || byte == 0) { // an argument ends at a NUL
        throw CheckSpecError("url: an argument of exec:// has a '%' without two hexadecimal digits other than 00 after it");
      }
      out += static_cast<char>(byte);
      i += 2;
    }
    return out;
  }
}

void refuseColumn(std::string_view column, std::string_view value, const std::string& rule)
{
  throw CheckSpecError(std::string(column) + ": '" + printable(value) + "' " + rule);
}

bool hasControls(std::string_view text) noexcept
{
  return std::any_of(text.begin(), text.end(), [](char c) { return (c >= '\0' && c < ' ' && c != '\t') || c == '\x7f'; });
}

void requireNoControls(std::string_view column, std::string_view text)
{
  if (hasControls(text)) {
    refuseColumn(column, text, "has a control character");
  }
}

int familyOf(const std::string& text) noexcept
{
  in6_addr out{};
  if (inet_pton(AF_INET, text.c_str(), &out) == 1) {
    return AF_INET;
  }
  return inet_pton(AF_INET6, text.c_str(), &out) == 1 ? AF_INET6 : 0;
}

void requireAddress(std::string_view column, const std::string& text)
{
  requireNoControls(column, text);
  if (!text.empty() && familyOf(text) == 0) {
    refuseColumn(column, text, "is not an IPv4 or IPv6 address");
  }
}

void requireSameFamily(const std::string& source, const std::string& target)
{
  if (!source.empty() && familyOf(target) != 0 && familyOf(target) != familyOf(source)) {
    refuseColumn("source", source, "is not of the same address family as " + printable(target));
  }
}

int64_t inRange(std::string_view column, int64_t value, int64_t lowest, int64_t highest, const std::string& relation)
{
  if (value < lowest || value > highest) {
    refuseColumn(column, std::to_string(value), "is not in " + std::to_string(lowest) + ".." + std::to_string(highest) + relation);
  }
  return value;
}

bool isPlainName(std::string_view text, size_t most) noexcept
{
  return !text.empty() && text.size() <= most && text.front() != '.'
    && std::all_of(text.begin(), text.end(), [](char c) { return isLetterOrDigit(c) || c == '.' || c == '_' || c == '-'; });
}

bool isToken(std::string_view text) noexcept
{
  return !text.empty() && text.size() <= 1000 && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

bool isCommand(std::string_view url) noexcept
{
  return url.starts_with(s_exec);
}

CommandLine parseCommand(std::string_view url)
{
  if (url.find_first_of("?#") != std::string_view::npos) {
    throw CheckSpecError("url: exec:// has a '?' or '#', which are %3F and %23 in an argument");
  }
  CommandLine command;
  auto rest = url.substr(s_exec.size());
  const auto next = [&rest] {
    const auto end = std::min(rest.find('/'), rest.size());
    const auto part = rest.substr(0, end);
    rest.remove_prefix(end);
    return part;
  };
  command.program = next();
  if (!isPlainName(command.program, s_programLimit)) {
    refuseColumn("url", std::string(s_exec) + command.program, "does not name a program by letters, digits, '.', '_' and '-', not beginning with '.'");
  }
  while (!rest.empty()) {
    rest.remove_prefix(1);
    command.arguments.push_back(percentDecoded(next()));
  }
  return command;
}
}
