// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <string_view>
#include "execcheck.hh"
#include "probe/loop/program.hh"
#include "probe/printable.hh"

namespace failover
{
namespace
{
  CheckResult made(Outcome outcome, std::string text)
  {
    CheckResult result;
    result.outcome = outcome;
    result.text = std::move(text);
    return result;
  }

  // The first line with anything on it.
  std::string firstLine(std::string_view output)
  {
    for (size_t begin = 0; begin < output.size();) {
      const size_t end = std::min(output.find('\n', begin), output.size());
      auto line = printable(output.substr(begin, end - begin));
      if (!line.empty()) {
        return line;
      }
      begin = end + 1;
    }
    return {};
  }
}

CheckResult judgeProgram(const ChildEnd& end)
{
  if (end.saidTooMuch) {
    return made(Outcome::Protocol, "more than " + std::to_string(ChildProcess::s_outputLimit) + " bytes of output");
  }
  if (!end.exit.isKnown) {
    return made(Outcome::LocalProblem, "how the program ended is lost: something in this process ignores SIGCHLD");
  }
  if (end.exit.signal != 0) {
    return made(Outcome::BadStatus, "killed by signal " + std::to_string(end.exit.signal));
  }
  auto text = "exit " + std::to_string(end.exit.code);
  const auto said = firstLine(end.output);
  if (!said.empty()) {
    text += ": " + said;
  }
  return made(end.exit.code == 0 ? Outcome::Passed : Outcome::BadStatus, std::move(text));
}

ExecCheck::ExecCheck(Call call, std::string folder, Reaper& reaper) :
  d_call(std::move(call)), d_folder(std::move(folder)), d_reaper(reaper)
{
}

void ExecCheck::start(RunHost& host)
{
  d_host = &host;
  ChildListener& self = *this;
  d_child.emplace(ChildProcess::Order{findProgram(d_folder, d_call.program), d_call.arguments, d_call.input}, host.poller(), d_reaper, self);
}

CheckResult ExecCheck::expire()
{
  return made(Outcome::Timeout, "timeout after " + std::to_string(d_call.timeout.count()) + " ms");
}

void ExecCheck::childEnded(ChildEnd end) noexcept
{
  d_host->ended(*this, judgeProgram(end));
}
}
