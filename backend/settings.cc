// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "settings.hh"
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <strings.h>

namespace failover
{
namespace
{
  struct Number
  {
    SettingDeclaration declaration;
    int64_t min;
    int64_t max;
  };

  constexpr Number s_pollInterval{{"poll-interval-ms", "200", "How often to look for changes in the store, in milliseconds, 50 to 10000"}, 50, 10'000};
  constexpr Number s_rotate{{"rotate-ms", "0", "How long PowerDNS's packet cache may keep an answer that depends on health, in milliseconds, 0 for not at all, 0 to 10000"}, 0, 10'000};
  constexpr Number s_stateMaxAge{{"state-max-age", "3600", "How old a node's last known state may be to be used at start, in seconds, 0 to 604800"}, 0, 604'800};
  constexpr Number s_historyEvents{{"history-events", "10000", "How many rows of health_events to keep, 0 to 1000000"}, 0, 1'000'000};
  constexpr Number s_maxProbes{{"max-probes", "0", "How many probes may be under way at once, 0 for as many as the checks need, 0 to 65536"}, 0, 65'536};
  constexpr SettingDeclaration s_execDir{"exec-dir", "", "Folder of the programs that exec:// may run, an absolute path, empty to run none"};
  constexpr Number s_freezeShare{{"freeze-share", "50", "Share of the nodes whose failing together is taken for a fault of our own, in per cent, 0 for none, 0 to 100"}, 0, 100};
  constexpr Number s_quorum{{"quorum", "2", "How many servers must see a node down, this one and its peers, 1 to 100"}, 1, 100};
  constexpr Number s_holdDown{{"hold-down", "30", "How long a node that flaps is first kept down, in seconds, 0 for not at all, 0 to 86400"}, 0, 86'400};
  constexpr Number s_holdDownMax{{"hold-down-max", "600", "How long it is kept down at most, in seconds, 0 to 86400"}, 0, 86'400};

  // The first five are gsqlite3's, with its names and defaults.
  constexpr std::array s_declarations{
    SettingDeclaration{"database", "/var/lib/powerdns/failover.sqlite3", "Filename of the SQLite3 database"},
    SettingDeclaration{"dnssec", "no", "Enable DNSSEC processing"},
    SettingDeclaration{"pragma-synchronous", "", "SQLite3 'synchronous' pragma, empty to leave its default"},
    SettingDeclaration{"pragma-foreign-keys", "no", "Enable foreign key constraints"},
    SettingDeclaration{"pragma-journal-mode", "WAL", "SQLite3 journal mode, empty to leave the file's own"},
    s_pollInterval.declaration,
    s_rotate.declaration,
    s_stateMaxAge.declaration,
    s_historyEvents.declaration,
    s_maxProbes.declaration,
    s_execDir,
    s_freezeShare.declaration,
    s_quorum.declaration,
    s_holdDown.declaration,
    s_holdDownMax.declaration,
  };

  int64_t number(const std::string& text, const Number& setting)
  {
    int64_t value = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end || value < setting.min || value > setting.max) {
      throw SettingsError(std::string(setting.declaration.key) + ": '" + text + "' is not a whole number from " + std::to_string(setting.min) + " to " + std::to_string(setting.max));
    }
    return value;
  }

  // A relative one would depend on where the server was started.
  std::string folder(const std::string& text)
  {
    if (!text.empty() && text.front() != '/') {
      throw SettingsError(std::string(s_execDir.key) + ": '" + text + "' is not an absolute path");
    }
    return text;
  }

  void readHealth(const std::function<std::string(const std::string&)>& value, Settings& settings)
  {
    const auto read = [&](const Number& setting) { return number(value(setting.declaration.key), setting); };
    settings.stateMaxAge = std::chrono::seconds(read(s_stateMaxAge));
    settings.maxProbes = static_cast<size_t>(read(s_maxProbes));
    settings.execDir = folder(value(s_execDir.key));
    settings.freezeShare = static_cast<unsigned>(read(s_freezeShare));
    settings.quorum = static_cast<unsigned>(read(s_quorum));
    settings.holdDown = std::chrono::seconds(read(s_holdDown));
    settings.holdDownMax = std::chrono::seconds(read(s_holdDownMax));
    if (settings.holdDownMax < settings.holdDown) {
      throw SettingsError("hold-down-max: '" + value(s_holdDownMax.declaration.key) + "' is less than hold-down, " + std::to_string(settings.holdDown.count()));
    }
  }

  // It becomes part of a PRAGMA statement, so nothing but SQLite's own words may pass.
  void checkWord(const char* key, const std::string& text, std::span<const char* const> words)
  {
    const auto same = [&](const char* word) { return strcasecmp(word, text.c_str()) == 0; };
    if (!text.empty() && std::none_of(words.begin(), words.end(), same)) {
      std::string rule = std::string(key) + ": '" + text + "' is none of";
      for (const auto* word : words) {
        rule += std::string(" ") + word;
      }
      throw SettingsError(rule);
    }
  }
}

std::span<const SettingDeclaration> settingDeclarations() noexcept
{
  return s_declarations;
}

Settings parseSettings(const std::function<std::string(const std::string&)>& value)
{
  constexpr std::array journalModes{"WAL", "DELETE", "TRUNCATE", "PERSIST"};
  constexpr std::array synchronousLevels{"0", "1", "2", "3", "OFF", "NORMAL", "FULL", "EXTRA"};

  Settings settings;
  settings.database = value("database");
  if (settings.database.empty()) {
    throw SettingsError("database: '' is no file name");
  }
  settings.journalMode = value("pragma-journal-mode");
  checkWord("pragma-journal-mode", settings.journalMode, journalModes);
  checkWord("pragma-synchronous", value("pragma-synchronous"), synchronousLevels);
  settings.pollInterval = std::chrono::milliseconds(number(value(s_pollInterval.declaration.key), s_pollInterval));
  settings.rotate = std::chrono::milliseconds(number(value(s_rotate.declaration.key), s_rotate));
  settings.historyEvents = static_cast<size_t>(number(value(s_historyEvents.declaration.key), s_historyEvents));
  readHealth(value, settings);
  return settings;
}
}
