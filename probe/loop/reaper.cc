// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <cerrno>
#include <csignal>
#include <new>
#include <sys/wait.h>
#include "reaper.hh"

namespace failover
{
bool Reaper::reap(pid_t child, ChildExit& exit) noexcept
{
  siginfo_t info{};
  // First seen, and reaped when its group is dead: after that the number may be somebody else's.
  if (::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) != 0) {
    return errno == ECHILD;
  }
  if (info.si_pid != child) {
    return false;
  }
  (void)::kill(-child, SIGKILL);
  (void)::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG);
  exit.isKnown = true;
  exit.signal = info.si_code == CLD_EXITED ? 0 : info.si_status;
  exit.code = info.si_code == CLD_EXITED ? info.si_status : 0;
  return true;
}

void Reaper::kill(pid_t child) noexcept
{
  // Its group keeps the number for as long as the child has not been reaped: this hits nobody else.
  (void)::kill(-child, SIGKILL);
  ChildExit ignored;
  if (reap(child, ignored)) {
    return;
  }
  try {
    d_dying.push_back(child);
  }
  catch (const std::bad_alloc&) {
    // It stays a zombie for as long as this process lives.
  }
}

void Reaper::sweep() noexcept
{
  std::erase_if(d_dying, [](pid_t child) {
    ChildExit ignored;
    return reap(child, ignored);
  });
}
}
