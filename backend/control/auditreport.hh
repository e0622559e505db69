// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <string>
#include <json/value.h>
#include "audit.hh"

// What failover-audit prints. Pure. Thread: any.

namespace failover
{
[[nodiscard]] std::string auditText(const Audit& audit);
[[nodiscard]] Json::Value auditJson(const Audit& audit);
}
