// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include "transfer.hh"

// TcpCheck: passes when the port accepts a connection; nothing is sent. Thread: as Transfer.

namespace failover
{
class TcpCheck : public Transfer
{
public:
  // Borrows spec. REQUIRES: spec.kind is Tcp. Throws as Transfer does.
  explicit TcpCheck(const CheckSpec& spec);

private:
  [[nodiscard]] CheckResult judge(CURLcode code) const override;
};
}
