// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "drainloader.hh"
#include <limits>
#include "columns.hh"

namespace failover
{
namespace
{
  // Seconds since 1970, up to the year 2106: whoever means milliseconds is told.
  std::chrono::sys_seconds momentOf(const Statement& row, int column, const char* name)
  {
    return std::chrono::sys_seconds(std::chrono::seconds(numberColumn(row, column, name, std::numeric_limits<uint32_t>::max())));
  }

  PlannedDrain drainOf(const Statement& row)
  {
    PlannedDrain drain{row.integer(0), momentOf(row, 2, "starts"), {}, {}};
    if (!row.isNull(3)) {
      drain.ends = momentOf(row, 3, "ends");
      if (*drain.ends <= drain.starts) { // only without our constraints
        throw RecordError("ends: is not after starts");
      }
    }
    drain.reason = row.text(4);
    return drain;
  }
}

std::map<std::string, std::vector<PlannedDrain>, std::less<>> loadDrains(Database& database, Problems& problems)
{
  std::map<std::string, std::vector<PlannedDrain>, std::less<>> drains;
  Statement rows(database, "SELECT id, node, starts, ends, reason FROM drains ORDER BY starts, id");
  while (rows.step()) {
    try {
      auto drain = drainOf(rows);
      drains[std::string(rows.text(1))].push_back(std::move(drain));
    }
    catch (const RecordError& error) {
      problems.add({"drains", "id " + std::to_string(rows.integer(0)), error.what()});
    }
  }
  return drains;
}
}
