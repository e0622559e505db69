// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <string>
#include <json/value.h>
#include "whatif.hh"

// What failover-whatif prints. Pure. Thread: any.

namespace failover
{
[[nodiscard]] std::string whatIfText(const WhatIf& whatIf);
[[nodiscard]] Json::Value whatIfJson(const WhatIf& whatIf);

// "www.alpha.example A: 0 of 2 nodes would serve; answered as if every node served"
[[nodiscard]] std::string wouldBeDown(const AffectedRRset& rrset);
}
