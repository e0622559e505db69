// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <array>
#include "checkparts.hh"
#include "specparts.hh"

namespace failover
{
namespace
{
  void readAddresses(const CheckRow& row, CheckSpec& spec)
  {
    requireAddress("address", row.address);
    requireAddress("source", row.source);
    spec.address = row.address;
    spec.source = row.source;
  }

  void requireConnection(const CheckSpec& spec)
  {
    if (spec.kind == CheckKind::Push || spec.kind == CheckKind::Exec) {
      for (const auto& [column, text] : {std::pair("address", &spec.address), std::pair("source", &spec.source)}) {
        if (!text->empty()) {
          refuseColumn(column, *text, "has no use: push:// and exec:// connect to nothing");
        }
      }
    }
    requireSameFamily(spec.source, spec.address.empty() ? spec.host : spec.address);
  }

  void readTiming(const CheckRow& row, CheckSpec& spec)
  {
    using std::chrono::milliseconds;
    spec.interval = milliseconds(inRange("interval_ms", row.intervalMs, 100, 86400000));
    spec.timeout = milliseconds(inRange("timeout_ms", row.timeoutMs, 10, row.intervalMs - 1, " (below interval_ms)"));
    spec.retry = milliseconds(inRange("retry_ms", row.retryMs, 10, row.intervalMs, " (at most interval_ms)"));
    spec.fall = static_cast<unsigned>(inRange("fall", row.fall, 1, 100));
    spec.rise = static_cast<unsigned>(inRange("rise", row.rise, 1, 100));
    if (spec.kind == CheckKind::Push) { // a report decides by itself
      spec.fall = 1;
      spec.rise = 1;
    }
  }

  void readTls(const CheckRow& row, CheckSpec& spec)
  {
    const auto usual = CheckRow().certWarnDays;
    requireNoControls("ca_file", row.caFile);
    spec.tlsVerify = row.tlsVerify;
    spec.caFile = row.caFile;
    if (row.startTls && !spec.startTls) {
      refuseColumn("starttls", "1", "is only for smtp://, imap://, pop3:// and ldap://");
    }
    spec.certWarnDays = static_cast<int>(inRange("cert_warn_days", row.certWarnDays, 0, 3650));
    if (row.certWarnDays != usual && spec.kind != CheckKind::Tls) {
      refuseColumn("cert_warn_days", std::to_string(row.certWarnDays), "is only for tls://");
    }
  }

  // True for the second word, false for the first or none.
  bool isSecond(std::string_view column, std::string_view text, std::string_view first, std::string_view second)
  {
    if (!text.empty() && text != first && text != second) {
      refuseColumn(column, text, "is not one of " + std::string(first) + ", " + std::string(second));
    }
    return text == second;
  }

  void readUse(const CheckRow& row, CheckSpec& spec)
  {
    spec.warningOnly = isSecond("role", row.role, "decide", "warn");
    spec.inverted = row.inverted;
    spec.reuseConnection = isSecond("connection", row.connection, "fresh", "reuse");
    if (spec.reuseConnection && spec.kind != CheckKind::Http) {
      refuseColumn("connection", row.connection, "is only for http:// and https://");
    }
  }
}

CheckSpec parseCheck(const CheckRow& row)
{
  CheckSpec spec;
  spec.id = row.id;
  readAddresses(row, spec);
  readCheckUrl(row, spec);
  spec.label = spec.displayUrl + (row.address.empty() ? "" : " at " + row.address);
  requireConnection(spec);
  readExpectations(row, spec);
  readTiming(row, spec);
  readTls(row, spec);
  readUse(row, spec);
  return spec;
}
}
