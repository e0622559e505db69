// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include "checkspec.hh"

// The parts of parseCheck(). Each reads some columns of a row into the spec and throws CheckSpecError. Thread: any.

namespace failover
{
// checkurl.cc: url -> kind, host, port, and what the kind has instead of them; startTls where the scheme can do that.
// REQUIRES: row.address is an address or empty.
void readCheckUrl(const CheckRow& row, CheckSpec& spec);

// checkexpectations.cc: what is sent and what counts as well. REQUIRES: spec.kind.
void readExpectations(const CheckRow& row, CheckSpec& spec);
}
