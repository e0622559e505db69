// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include "sqlite.hh"

// What an outside job reports through pdns_control, as a row of reports. Throws SqliteError; then nothing was written.
// Thread: the database's.

namespace failover
{
// The id of the push check with this name (in any case), else of that with this id; nothing when there is neither.
[[nodiscard]] std::optional<int64_t> findPushCheck(Database& database, const std::string& check);

// The last word on a check from now on. validFor: how long it holds; nothing: three times the check's interval. False, and
// nothing written, when findPushCheck() finds none.
bool writeReport(Database& database, const std::string& check, bool up, std::optional<std::chrono::seconds> validFor,
  std::chrono::system_clock::time_point now);
}
