// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "fakehost.hh"
#include <algorithm>
#include <array>
#include <cctype>
#include <utility>
#include "backend/filteredtypes.hh"
#include "backend/servicehints.hh"

namespace failover::test
{
namespace
{
  struct KnownType
  {
    std::string_view name;
    uint16_t number;
    int targetWord; // of the content, -1: leads nowhere
  };
  constexpr std::array s_types{
    KnownType{"", 0, -1},
    KnownType{"A", type::a, 0},
    KnownType{"NS", type::ns, 0},
    KnownType{"CNAME", type::cname, 0},
    KnownType{"SOA", type::soa, -1},
    KnownType{"MX", type::mx, 0},
    KnownType{"TXT", type::txt, -1},
    KnownType{"AAAA", type::aaaa, 0},
    KnownType{"SRV", type::srv, 2},
    KnownType{"DNAME", type::dname, 0},
    KnownType{"RRSIG", type::rrsig, -1},
    KnownType{"NSEC", type::nsec, -1},
    KnownType{"NSEC3PARAM", type::nsec3param, -1},
    KnownType{"HTTPS", type::https, 1},
    KnownType{"ALIAS", type::alias, 0},
    KnownType{"LUA", type::lua, -1},
  };

  std::string_view word(std::string_view text, int index)
  {
    for (; index > 0; --index) {
      const auto blank = text.find(' ');
      text = blank == std::string_view::npos ? std::string_view{} : text.substr(blank + 1);
    }
    return text.substr(0, text.find(' '));
  }

  // The byte at text[i], escapes resolved; i moves to its last character.
  char byteAt(std::string_view text, size_t& i)
  {
    if (text[i] != '\\' || i + 1 >= text.size()) {
      return static_cast<char>(std::tolower(static_cast<unsigned char>(text[i])));
    }
    if (std::isdigit(static_cast<unsigned char>(text[i + 1])) != 0 && i + 3 < text.size()) {
      const int value = std::stoi(std::string(text.substr(i + 1, 3)));
      i += 3;
      return static_cast<char>(value);
    }
    ++i;
    return static_cast<char>(std::tolower(static_cast<unsigned char>(text[i])));
  }
}

WireName wire(std::string_view text)
{
  WireName name;
  std::string label;
  const auto finish = [&] {
    if (label.empty() || label.size() > 63) {
      throw RecordError("'" + std::string(text) + "' is no domain name");
    }
    name += static_cast<char>(label.size());
    name += std::exchange(label, {});
  };
  for (size_t i = 0; text != "." && i < text.size(); ++i) {
    if (text[i] == '.') {
      finish();
    }
    else {
      label += byteAt(text, i);
    }
  }
  if (text != "." && !text.ends_with('.')) {
    finish();
  }
  return name + '\0';
}

CompiledRecord FakeHost::compile(const RecordRow& row) const
{
  const auto known = std::find_if(s_types.begin(), s_types.end(), [&](const KnownType& candidate) { return candidate.name == row.type; });
  if (known == s_types.end() || row.content == "bad") {
    throw RecordError("'" + std::string(row.content) + "' cannot be served");
  }
  CompiledRecord record;
  record.content = std::make_shared<std::string>(row.content);
  record.type = known->number;
  record.filtered = isFiltered(known->number);
  record.volatileContent = known->number == type::https && row.content.find("auto") != std::string_view::npos;
  record.redirects = known->number == type::cname || known->number == type::dname;
  if (known->targetWord >= 0) {
    const std::string target(word(row.content, known->targetWord));
    const bool isAddress = known->number == type::a || known->number == type::aaaa;
    if (known->number == type::https) {
      record.hints = servicehints::of(row.content);
    }
    record.target = isAddress ? addressTarget(target) : hostTarget(wire(target));
  }
  return record;
}

std::string FakeHost::typeName(uint16_t type) const
{
  const auto known = std::find_if(s_types.begin(), s_types.end(), [type](const KnownType& candidate) { return candidate.number == type; });
  return known != s_types.end() ? std::string(known->name) : "TYPE" + std::to_string(type);
}

std::string FakeHost::contentText(uint16_t /* type */, const std::shared_ptr<void>& content) const
{
  return *std::static_pointer_cast<std::string>(content);
}

std::shared_ptr<void> FakeHost::withoutHints(uint16_t type, const std::shared_ptr<void>& content, const std::vector<Target>& hints) const
{
  return std::make_shared<std::string>(servicehints::without(contentText(type, content), hints));
}

void FakeHost::checkKey(std::string_view content) const
{
  if (content == "bad") {
    throw RecordError("no key");
  }
}

std::vector<FakeHost::Line> FakeHost::lines() const
{
  const std::lock_guard lock(d_mutex);
  return d_lines;
}

size_t FakeHost::count(LogLevel level, std::string_view part) const
{
  const std::lock_guard lock(d_mutex);
  return static_cast<size_t>(std::count_if(d_lines.begin(), d_lines.end(), [&](const Line& line) {
    return line.level == level && line.text.find(part) != std::string::npos;
  }));
}

std::vector<std::string> FakeHost::calls() const
{
  const std::lock_guard lock(d_mutex);
  return d_calls;
}

void FakeHost::forget() noexcept
{
  const std::lock_guard lock(d_mutex);
  d_lines.clear();
  d_calls.clear();
}

void FakeHost::log(LogLevel level, const std::string& message) noexcept
{
  const std::lock_guard lock(d_mutex);
  d_lines.push_back({level, message});
}

void FakeHost::call(std::string text)
{
  const std::lock_guard lock(d_mutex);
  d_calls.push_back(std::move(text));
}

void FakeHost::purgeName(std::string_view name) noexcept
{
  call("purge " + toText(name));
}
void FakeHost::purgeSuffix(std::string_view apex) noexcept
{
  call("purge-below " + toText(apex));
}
void FakeHost::purgeEverything() noexcept
{
  call("purge-all");
}
void FakeHost::zoneAdded(std::string_view apex, int64_t id) noexcept
{
  call("added " + toText(apex) + " " + std::to_string(id));
}
void FakeHost::zoneRemoved(std::string_view apex) noexcept
{
  call("removed " + toText(apex));
}
void FakeHost::zoneChanged(std::string_view apex) noexcept
{
  call("changed " + toText(apex));
}
}
