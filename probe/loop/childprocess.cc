// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "childprocess.hh"
#include "probe/printable.hh"
#include "spawn.hh"

namespace failover
{
namespace
{
  constexpr size_t s_perTurn = 65536; // bytes of output that are read before others have their turn

  [[noreturn]] void fail(const std::string& what)
  {
    throw std::runtime_error(what + ": " + errnoText(errno));
  }

  struct Pipe
  {
    Descriptor reads;
    Descriptor writes;
  };

  // A descriptor that is none of 0, 1 and 2, to which the program's ends are copied: a server that was started without
  // them would have its pipes there.
  Descriptor aboveStandard(Descriptor given)
  {
    if (given.get() > STDERR_FILENO) {
      return given;
    }
    Descriptor moved(::fcntl(given.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    if (!moved.isOpen()) {
      fail("cannot make a pipe");
    }
    return moved;
  }

  Pipe makePipe()
  {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
      fail("cannot make a pipe");
    }
    Descriptor reads(ends[0]);
    Descriptor writes(ends[1]);
    return {aboveStandard(std::move(reads)), aboveStandard(std::move(writes))};
  }

  // All of it is in the pipe before anybody reads: no partial writes, nothing to wait for, no SIGPIPE.
  Descriptor makeInput(const std::string& text)
  {
    if (text.empty()) {
      return {};
    }
    if (text.size() > ChildProcess::s_inputLimit) {
      throw std::runtime_error("more than " + std::to_string(ChildProcess::s_inputLimit) + " bytes for a program to read");
    }
    Pipe pipe = makePipe();
    if (::write(pipe.writes.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
      fail("cannot write to a pipe");
    }
    return std::move(pipe.reads);
  }

  // As the head of childprocess.hh says.
  void keepEndedChildren() noexcept
  {
    struct sigaction action
    {
    };
    if (::sigaction(SIGCHLD, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) {
      (void)::signal(SIGCHLD, SIG_DFL);
    }
  }
}

ChildProcess::ChildProcess(const Order& order, Poller& poller, Reaper& reaper, ChildListener& listener) :
  d_poller(poller), d_reaper(reaper), d_listener(listener)
{
  if (d_reaper.isFull()) {
    throw std::runtime_error("too many programs that were killed have yet to end");
  }
  d_end.output.reserve(s_outputKept); // so that readOutput() cannot throw into the loop
  const Descriptor input = makeInput(order.input);
  Pipe output = makePipe();
  if (::fcntl(output.reads.get(), F_SETFL, O_NONBLOCK) != 0) {
    fail("cannot make a pipe");
  }
  keepEndedChildren();
  d_child = spawn(order.path, order.arguments, input.get(), output.writes.get());
  d_output = std::move(output.reads);
  try {
    output.writes.close(); // or its end would not be seen
    d_pidfd = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, d_child, 0)));
    if (!d_pidfd.isOpen()) {
      fail("cannot watch a program");
    }
    d_poller.watch(d_pidfd.get(), EPOLLIN, *this);
    d_poller.watch(d_output.get(), EPOLLIN, *this);
  }
  catch (const std::exception&) {
    d_poller.forget(d_pidfd.get());
    d_reaper.kill(d_child);
    throw;
  }
}

ChildProcess::~ChildProcess()
{
  stopListening();
  d_poller.forget(d_pidfd.get());
  if (d_child >= 0) {
    d_reaper.kill(d_child);
  }
}

void ChildProcess::ready(int fd, uint32_t /* events */) noexcept
{
  if (fd == d_output.get()) {
    readOutput(s_perTurn);
    if (d_outputBytes > s_outputLimit) {
      d_end.saidTooMuch = true;
      d_reaper.kill(d_child);
      end({});
    }
    return;
  }
  ChildExit exit;
  if (d_child >= 0 && Reaper::reap(d_child, exit)) {
    readOutput(s_outputKept); // its last words
    end(exit);
  }
}

void ChildProcess::readOutput(size_t most) noexcept
{
  std::array<char, 4096> bytes; // NOLINT(cppcoreguidelines-pro-type-member-init): read() fills it
  for (size_t all = 0; all < most && d_output.isOpen();) {
    const auto got = ::read(d_output.get(), bytes.data(), bytes.size());
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
      return;
    }
    if (got <= 0) {
      stopListening();
      return;
    }
    const auto size = static_cast<size_t>(got);
    d_end.output.append(bytes.data(), std::min(size, s_outputKept - d_end.output.size()));
    d_outputBytes += size;
    all += size;
  }
}

void ChildProcess::stopListening() noexcept
{
  d_poller.forget(d_output.get());
  d_output.close();
}

void ChildProcess::end(const ChildExit& exit) noexcept
{
  d_child = -1;
  stopListening();
  d_poller.forget(d_pidfd.get());
  d_pidfd.close();
  d_end.exit = exit;
  d_listener.childEnded(std::move(d_end));
}
}
