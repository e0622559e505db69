// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "reportloader.hh"
#include <limits>
#include "columns.hh"
#include "host.hh"

namespace failover
{
namespace
{
  std::chrono::seconds secondsOf(const Statement& row, int column, const char* name)
  {
    return std::chrono::seconds(numberColumn(row, column, name, std::numeric_limits<uint32_t>::max()));
  }

  PushReport reportOf(const Statement& row)
  {
    if (row.integer(4) == 0) { // only without our triggers
      throw RecordError("check_id: there is no push check with this id");
    }
    const auto outcome = row.text(1);
    if (outcome != "up" && outcome != "down") { // only without our constraints
      throw RecordError("outcome: is neither up nor down");
    }
    const std::chrono::system_clock::time_point at(secondsOf(row, 2, "at"));
    // `at` is cut to the second: what was promised holds from its end.
    return {row.integer(0), outcome == "up", at, at + secondsOf(row, 3, "valid_s") + std::chrono::seconds(1)};
  }
}

PushReports loadReports(Database& database)
{
  PushReports now;
  Statement rows(database,
    "SELECT check_id, outcome, at, coalesce(valid_s, (3*interval_ms+999)/1000), coalesce(url GLOB 'push:*', 0), enabled"
    " FROM reports LEFT JOIN checks ON id=check_id ORDER BY check_id");
  while (rows.step()) {
    try {
      auto report = reportOf(rows);
      if (rows.integer(5) != 0) {
        now.reports.push_back(report);
      }
    }
    catch (const RecordError& error) {
      now.problems.add({"reports", "check_id " + std::to_string(rows.integer(0)), error.what()});
    }
  }
  return now;
}
}
