// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <string>
#include <vector>

// What control commands print in columns. Thread: any; pure.

namespace failover
{
using TableRow = std::vector<std::string>;

// Columns as wide as their widest cell, two blanks between, none at the end of a line. The last cell of a row may be as long
// as it likes.
[[nodiscard]] std::string aligned(const std::vector<TableRow>& rows);
}
