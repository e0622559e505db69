// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include "transfer.hh"

// TlsCheck: passes when the port shakes hands with a certificate that holds, for its name and for a while. Thread: as Run.

namespace failover
{
class TlsCheck : public Transfer
{
public:
  // Borrows spec. REQUIRES: spec.kind is Tls. Throws as Transfer does.
  explicit TlsCheck(const CheckSpec& spec);

private:
  [[nodiscard]] CheckResult judge(CURLcode code) const override;
};
}
