// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstddef>
#include <string>
#include <vector>
#include <sys/types.h>
#include "descriptor.hh"
#include "poller.hh"
#include "reaper.hh"

// ChildProcess: a program under way beside the loop, which hears of its end and waits for nothing. Thread: the loop's.
//
// The program gets its arguments, no environment, "/" as its folder, no descriptors but 0 (what it is told), 1 (what it
// says) and 2 (/dev/null), no blocked or ignored signals, and a process group of its own. When it ends, or when this is
// destroyed, what is left of that group is killed. Only a crash of the whole server leaves it running.
//
// PowerDNS and children: nothing in it waits for a child that it does not know by number (its guardian, the parent of this
// process, waits for this one; the pipe and remote backends each for their own), so nobody takes ours away. But the pipe
// backend has the whole process ignore SIGCHLD, and how a child ended is forgotten then. So that is taken back whenever a
// program is started: the kernel then keeps children that have ended until they are asked about, which the pipe backend
// does of its own. Should it ignore the signal anew while a program runs, that program's end tells nothing
// (ChildExit::isKnown), and that is nobody's failure but ours.

namespace failover
{
struct ChildEnd
{
  ChildExit exit;
  std::string output;      // its first ChildProcess::s_outputKept bytes
  bool saidTooMuch{false}; // more than ChildProcess::s_outputLimit bytes, and was killed for that
};

class ChildListener
{
public:
  // The program is over. Runs on the loop, never from within ChildProcess's constructor; must not destroy the ChildProcess.
  virtual void childEnded(ChildEnd end) noexcept = 0;

protected:
  ~ChildListener() = default;
};

class ChildProcess final : private Watcher
{
public:
  static constexpr size_t s_inputLimit = 4096;         // bytes; what an empty pipe takes at once, whatever the system's limits
  static constexpr size_t s_outputKept = 4096;         // bytes
  static constexpr size_t s_outputLimit = 1024 * 1024; // bytes

  struct Order
  {
    std::string path;                   // absolute, see findProgram()
    std::vector<std::string> arguments; // behind the program's own name
    std::string input;                  // what it reads; empty: nothing, from /dev/null
  };

  // Starts it; blocks until the kernel has loaded it. Borrows all but the order: they must outlive this.
  // Throws std::runtime_error: it cannot be started, and why; std::bad_alloc.
  ChildProcess(const Order& order, Poller& poller, Reaper& reaper, ChildListener& listener);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

private:
  void ready(int fd, uint32_t events) noexcept override;
  // Reads what there is, but not more than `most` bytes.
  void readOutput(size_t most) noexcept;
  void stopListening() noexcept;
  void end(const ChildExit& exit) noexcept;

  Poller& d_poller;
  Reaper& d_reaper;
  ChildListener& d_listener;
  pid_t d_child{-1};   // -1: over
  Descriptor d_pidfd;  // readable once the program is over
  Descriptor d_output; // closed at its end
  size_t d_outputBytes{0};
  ChildEnd d_end;
};
}
