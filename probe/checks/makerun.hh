// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <memory>
#include "probe/checkspec.hh"
#include "run.hh"

namespace failover
{
// A run of the kind that spec.kind asks for. Borrows spec: must outlive the run. REQUIRES: a kind that asks a node by itself,
// which Push and Exec do not. Throws std::exception where this machine cannot. Thread: the loop's.
[[nodiscard]] std::unique_ptr<Run> makeRun(const CheckSpec& spec);
}
