// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <string>
#include "probe/checkspec.hh"
#include "sqlite.hh"

// The columns that checks and references have in common. Thread: the row's.

namespace failover
{
// For a SELECT; others may follow, from s_checkColumnCount on.
inline constexpr const char* s_checkColumns = "id, url, address, method, headers, expect_status, expect_body, expect_json, interval_ms,"
                                              " timeout_ms, retry_ms, fall, rise, source, tls_verify, ca_file, send, expect_rcode, connection, starttls, cert_warn_days";
inline constexpr int s_checkColumnCount = 21;

// Throws only std::bad_alloc.
[[nodiscard]] inline CheckRow checkRowOf(const Statement& row)
{
  CheckRow check;
  check.id = row.integer(0);
  check.url = row.text(1);
  check.address = row.text(2);
  check.method = row.text(3);
  check.headers = row.text(4);
  check.expectStatus = row.text(5);
  check.expectBody = row.text(6);
  check.expectJson = row.text(7);
  check.intervalMs = row.integer(8);
  check.timeoutMs = row.integer(9);
  check.retryMs = row.integer(10);
  check.fall = row.integer(11);
  check.rise = row.integer(12);
  check.source = row.text(13);
  check.tlsVerify = row.integer(14) != 0;
  check.caFile = row.text(15);
  check.send = row.text(16);
  check.expectRcode = row.text(17);
  check.connection = row.text(18);
  check.startTls = row.integer(19) != 0;
  check.certWarnDays = row.integer(20);
  return check;
}
}
