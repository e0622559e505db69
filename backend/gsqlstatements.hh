// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <span>

// The SQL that PowerDNS's GSQLBackend asks its backend for: it reads each statement from a setting, binds the named
// parameters and expects the columns in the order of docs/backends/generic-sql.rst.

namespace failover
{
struct GsqlStatement
{
  const char* setting;
  const char* sql;
};

// For the PowerDNS generation this module is built for.
[[nodiscard]] std::span<const GsqlStatement> gsqlStatements() noexcept;
}
