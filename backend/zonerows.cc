// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "zonerows.hh"

namespace failover
{
void ZoneRows::seek(int64_t zone)
{
  const bool isAhead = d_started && zone > d_zone && !d_current && (d_ended || d_at >= zone);
  d_zone = zone;
  if (!isAhead) {
    d_statement.reset();
    d_statement.bind(1, zone);
    d_started = true;
    d_ended = false;
    advance();
  }
}

bool ZoneRows::next()
{
  if (d_current) {
    advance();
  }
  d_current = !d_ended && d_at == d_zone;
  return d_current;
}

void ZoneRows::advance()
{
  d_current = false;
  do {
    d_ended = !d_statement.step();
  } while (!d_ended && !d_statement.isInteger(0)); // 5.5 lies between two zones
  d_at = d_ended ? 0 : d_statement.integer(0);
}
}
