// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>

// Settings: what pdns.conf says about one backend, as typed values within bounds. The table declares every
// setting to the host; parseSettings() reads them back. Strings are looked at here and nowhere else.

namespace failover
{
// what(): "<key>: '<value>' <rule>".
class SettingsError : public std::runtime_error
{
  using std::runtime_error::runtime_error;
};

struct SettingDeclaration
{
  const char* key; // without "failover-" and the launch suffix
  const char* defaultValue;
  const char* help; // one line: meaning, unit, bounds
};

// Every setting that is ours to declare, in the order of the manual.
[[nodiscard]] std::span<const SettingDeclaration> settingDeclarations() noexcept;

struct Settings
{
  std::string database;    // file name
  std::string journalMode; // of SQLite; empty: leave the file as it is
  std::chrono::milliseconds pollInterval{200};
  std::chrono::milliseconds rotate{0}; // 0: answers that depend on health are in no cache
  std::chrono::seconds stateMaxAge{3600};
  size_t historyEvents{10000};
  size_t maxProbes{0};      // 0: as many as the checks need and descriptors allow
  std::string execDir;      // of the programs that exec:// may run; empty: none may
  unsigned freezeShare{50}; // per cent of the nodes; 0: never
  unsigned quorum{2};
  std::chrono::seconds holdDown{30}; // 0: never held
  std::chrono::seconds holdDownMax{600};
};

// value: the text of a key of the table. Throws SettingsError naming the first bad one.
[[nodiscard]] Settings parseSettings(const std::function<std::string(const std::string&)>& value);
}
