// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <memory>
#include <string>
#include "probe/checkspec.hh"
#include "probe/loop/reaper.hh"
#include "run.hh"

namespace failover
{
// What runs programs: the folder that they must be in (empty: none may run), and who sees to their ends.
struct ProgramHost
{
  std::string folder;
  Reaper& reaper;
};

// A run of the kind that spec.kind asks for. Borrows spec and the reaper: must outlive the run. REQUIRES: a kind that asks,
// which Push does not. Throws std::exception where this machine cannot. Thread: the loop's.
[[nodiscard]] std::unique_ptr<Run> makeRun(const CheckSpec& spec, const ProgramHost& programs);
}
