// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "poller.hh"

namespace failover
{
namespace
{
  constexpr size_t s_batch = 256; // events per wait(); what is left over comes with the next one

  int orThrow(int fd, const char* what)
  {
    if (fd < 0) {
      throw std::system_error(errno, std::generic_category(), what);
    }
    return fd;
  }

  uint64_t packed(int fd, uint32_t generation) noexcept
  {
    return (uint64_t{generation} << 32) | static_cast<uint32_t>(fd);
  }
}

Poller::Poller() :
  d_epoll(orThrow(::epoll_create1(EPOLL_CLOEXEC), "cannot make an event loop")), d_wakeup(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = packed(d_wakeup, 0);
  if (d_wakeup < 0 || ::epoll_ctl(d_epoll, EPOLL_CTL_ADD, d_wakeup, &event) != 0) {
    const int error = errno;
    ::close(d_epoll);
    if (d_wakeup >= 0) {
      ::close(d_wakeup);
    }
    throw std::system_error(error, std::generic_category(), "cannot make the wakeup of an event loop");
  }
}

Poller::~Poller()
{
  ::close(d_wakeup);
  ::close(d_epoll);
}

void Poller::watch(int fd, uint32_t events, Watcher& watcher)
{
  const auto index = static_cast<size_t>(fd);
  if (d_entries.size() <= index) {
    d_entries.resize(std::max(index + 1, d_entries.size() * 2));
  }
  Entry& entry = d_entries[index];
  const bool isWatched = entry.watcher != nullptr;
  const uint32_t generation = isWatched ? entry.generation : entry.generation + 1;
  epoll_event event{};
  event.events = events;
  event.data.u64 = packed(fd, generation);
  if (::epoll_ctl(d_epoll, isWatched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event) != 0) {
    throw std::system_error(errno, std::generic_category(), "cannot watch a descriptor");
  }
  entry.watcher = &watcher;
  entry.generation = generation;
}

void Poller::forget(int fd) noexcept
{
  const auto index = static_cast<size_t>(fd);
  if (fd < 0 || index >= d_entries.size() || d_entries[index].watcher == nullptr) {
    return;
  }
  d_entries[index].watcher = nullptr;
  (void)::epoll_ctl(d_epoll, EPOLL_CTL_DEL, fd, nullptr); // closed already: epoll has forgotten it by itself
}

void Poller::wait(std::chrono::milliseconds limit) noexcept
{
  constexpr std::chrono::milliseconds longest(60000); // an int of milliseconds with room to spare
  std::array<epoll_event, s_batch> events;            // NOLINT(cppcoreguidelines-pro-type-member-init): epoll_wait fills it
  const auto bounded = std::clamp(limit, std::chrono::milliseconds(0), longest);
  const int count = ::epoll_wait(d_epoll, events.data(), static_cast<int>(events.size()), static_cast<int>(bounded.count()));
  for (int i = 0; i < count; ++i) { // -1: a signal came, which is a turn without news
    const auto& event = events[static_cast<size_t>(i)];
    const int fd = static_cast<int>(event.data.u64 & UINT32_MAX);
    if (fd == d_wakeup) {
      drainWakeups();
      continue;
    }
    const Entry entry = d_entries[static_cast<size_t>(fd)];
    if (entry.watcher != nullptr && entry.generation == event.data.u64 >> 32) {
      entry.watcher->ready(fd, event.events);
    }
  }
}

void Poller::wakeup() noexcept
{
  const uint64_t one = 1;
  (void)!::write(d_wakeup, &one, sizeof(one)); // full: whoever waits will wake up anyway
}

void Poller::drainWakeups() noexcept
{
  uint64_t count = 0;
  (void)!::read(d_wakeup, &count, sizeof(count));
}
}
