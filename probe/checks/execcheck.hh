// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>
#include "probe/checkspec.hh"
#include "probe/loop/childprocess.hh"
#include "run.hh"

// ExecCheck: one run of a program of failover-exec-dir; it passes when the program exits with 0. The first line that it
// says belongs to the reason. Thread: the loop's.

namespace failover
{
class ExecCheck final : public Run, private ChildListener
{
public:
  struct Call
  {
    std::string program; // a file name within the folder
    std::vector<std::string> arguments;
    std::string input; // what it reads
    std::chrono::milliseconds timeout{0};
  };

  // folder: what failover-exec-dir says; empty: nothing is run. Borrows reaper: must outlive this. Throws only std::bad_alloc.
  ExecCheck(Call call, std::string folder, Reaper& reaper);
  // REQUIRES: spec.kind is Exec.
  ExecCheck(const CheckSpec& spec, std::string folder, Reaper& reaper) :
    ExecCheck({spec.program, spec.arguments, {}, spec.timeout}, std::move(folder), reaper) { }

  // Throws ProgramError, std::runtime_error and std::bad_alloc; each is a local problem.
  void start(RunHost& host) override;
  [[nodiscard]] CheckResult expire() override;

private:
  void childEnded(ChildEnd end) noexcept override;

  const Call d_call;
  const std::string d_folder;
  Reaper& d_reaper;
  RunHost* d_host{nullptr};
  std::optional<ChildProcess> d_child;
};

// What a program's end says. Pure. Throws only std::bad_alloc.
[[nodiscard]] CheckResult judgeProgram(const ChildEnd& end);
}
