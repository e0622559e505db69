// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstdint>
#include <string_view>
#include "sqlite.hh"

// What single columns of PowerDNS's tables may hold. SQLite takes anything in any column, whatever its declared type.
// All throw RecordError, which names the column, its value and the rule. Thread: the row's.

namespace failover
{
// Text that SQL can find again: no BLOB (which equals no text) and no NUL byte (which ends text for most programs).
// NULL is empty.
[[nodiscard]] std::string_view textColumn(const Statement& row, int column, const char* name);

// A number of seconds of RFC 2181 §8, or defaultTtl for NULL and "", as PowerDNS reads the column.
[[nodiscard]] uint32_t ttlColumn(const Statement& row, int column, uint32_t defaultTtl);

// records.disabled of a row that is not 1.
void requireEnabled(const Statement& row, int column);

// A whole number from 0 to `most`.
[[nodiscard]] unsigned numberColumn(const Statement& row, int column, const char* name, unsigned most);
}
