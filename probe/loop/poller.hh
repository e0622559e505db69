// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <cstdint>
#include <vector>

// Poller: one thread waits for many descriptors (epoll). It knows nothing of what they are.
// Thread: the loop's own, but for wakeup().

namespace failover
{
// Told that a descriptor it watches is ready. Runs on the loop's thread.
class Watcher
{
public:
  // events: EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP as epoll gives them. May watch and forget any descriptor.
  virtual void ready(int fd, uint32_t events) noexcept = 0;

protected:
  ~Watcher() = default;
};

class Poller
{
public:
  // Throws std::system_error: no descriptors or memory.
  Poller();
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  // Has watcher told of `events` on fd from now on; a descriptor that is watched already is watched for these events by
  // this watcher. Borrows both until forget(). Throws std::system_error, std::bad_alloc; then it is not watched.
  void watch(int fd, uint32_t events, Watcher& watcher);
  // No more words about fd, not even those that wait() has already heard. Before the descriptor is closed. Unwatched: nothing.
  void forget(int fd) noexcept;

  // Returns after it has told at least one watcher, after wakeup(), or after `limit` (rounded up to whole milliseconds).
  void wait(std::chrono::milliseconds limit) noexcept;
  // Ends a wait() that is under way, or the next one. Thread: any.
  void wakeup() noexcept;

private:
  struct Entry
  {
    Watcher* watcher{nullptr};
    uint32_t generation{0}; // an event that was meant for the descriptor's earlier owner has another one
  };
  void drainWakeups() noexcept;

  const int d_epoll;
  const int d_wakeup;           // an eventfd
  std::vector<Entry> d_entries; // by descriptor
};
}
