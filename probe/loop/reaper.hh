// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstddef>
#include <vector>
#include <sys/types.h>

// Reaper: the ends of child processes. A child that is killed ends a little later, or much later if it hangs in the kernel
// (a dead file server); nobody waits for it, it is asked about again now and then.
// Thread: one, the loop's.

namespace failover
{
// How a child ended.
struct ChildExit
{
  bool isKnown{false}; // false: the kernel has forgotten, see ChildProcess
  int signal{0};       // that killed it; 0: it exited by itself
  int code{0};         // of its exit
};

class Reaper
{
public:
  Reaper() = default;
  Reaper(const Reaper&) = delete;
  Reaper& operator=(const Reaper&) = delete;
  // Those that have not ended by now are left to this process's own end, and so to init.
  ~Reaper() { sweep(); }

  // Kills a child and the whole group that it leads. REQUIRES: it leads a group of its own, and has not been reaped.
  void kill(pid_t child) noexcept;
  // Reaps those that have ended since. For every turn of the loop; costs nothing while there are none.
  void sweep() noexcept;
  // Whether so many that were killed are still about that no more children should be made.
  [[nodiscard]] bool isFull() const noexcept { return d_dying.size() >= s_most; }
  [[nodiscard]] size_t size() const noexcept { return d_dying.size(); }

  // Reaps a child that has ended, and kills what is left of the group that it led. False while it runs. REQUIRES: as kill().
  static bool reap(pid_t child, ChildExit& exit) noexcept;

private:
  static constexpr size_t s_most = 64;
  std::vector<pid_t> d_dying;
};
}
