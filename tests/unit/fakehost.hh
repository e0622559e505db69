// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <mutex>
#include <string>
#include <string_view>
#include <vector>
#include "backend/host.hh"

// FakeHost: a name server that only writes down what the core asks of it.
// Thread: any.

namespace failover::test
{
// "www.example.org" as wire name, lower case; "\ddd" and "\c" escapes. Throws RecordError for an empty or too long label.
[[nodiscard]] WireName wire(std::string_view text);

// Numbers of RFC 1035 and later, as far as FakeHost knows them.
namespace type
{
  constexpr uint16_t a = 1;
  constexpr uint16_t ns = 2;
  constexpr uint16_t cname = 5;
  constexpr uint16_t soa = 6;
  constexpr uint16_t mx = 15;
  constexpr uint16_t txt = 16;
  constexpr uint16_t aaaa = 28;
  constexpr uint16_t srv = 33;
  constexpr uint16_t dname = 39;
  constexpr uint16_t rrsig = 46;
  constexpr uint16_t nsec = 47;
  constexpr uint16_t nsec3param = 51;
  constexpr uint16_t https = 65;
  constexpr uint16_t alias = 65401;
  constexpr uint16_t lua = 65402;
}

class FakeHost : public Host
{
public:
  struct Line
  {
    LogLevel level;
    std::string text;
  };
  // What was logged so far. Throws only std::bad_alloc.
  [[nodiscard]] std::vector<Line> lines() const;
  // How many lines of this level contain `part`.
  [[nodiscard]] size_t count(LogLevel level, std::string_view part) const;
  // "purge NAME", "purge-below NAME", "purge-all", "added NAME ID", "removed NAME", "changed NAME", since the last
  // forget(). Throws only std::bad_alloc.
  [[nodiscard]] std::vector<std::string> calls() const;
  // Forgets calls and lines.
  void forget() noexcept;

  void log(LogLevel level, const std::string& message) noexcept override;
  [[nodiscard]] WireName wireName(std::string_view text) const override { return wire(text); }
  // Content is kept as a std::string; "bad" is refused, as is an unknown type. Throws RecordError.
  [[nodiscard]] CompiledRecord compile(const RecordRow& row) const override;
  [[nodiscard]] std::string typeName(uint16_t type) const override;
  [[nodiscard]] std::string contentText(uint16_t type, const std::shared_ptr<void>& content) const override;
  [[nodiscard]] std::shared_ptr<void> withoutHints(uint16_t type, const std::shared_ptr<void>& content, const std::vector<Target>& hints) const override;
  // Refuses "bad". Throws RecordError.
  void checkKey(std::string_view content) const override;
  [[nodiscard]] uint32_t defaultTtl() const noexcept override { return s_defaultTtl; }
  void purgeName(std::string_view name) noexcept override;
  void purgeSuffix(std::string_view apex) noexcept override;
  void purgeEverything() noexcept override;
  void zoneAdded(std::string_view apex, int64_t id) noexcept override;
  void zoneRemoved(std::string_view apex) noexcept override;
  void zoneChanged(std::string_view apex) noexcept override;

  static constexpr uint32_t s_defaultTtl = 3600; // seconds

private:
  void call(std::string text);

  mutable std::mutex d_mutex;
  // Protected by d_mutex.
  std::vector<Line> d_lines;
  std::vector<std::string> d_calls;
};
}
