// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include "askednames.hh"
#include "host.hh"
#include "leases.hh"

// Rotation: lets answers that depend on health live in the host's packet cache for some milliseconds (failover-rotate-ms).
// Every backend instance notes the names that it is asked for before it looks at any node's state; this thread
// ("pdns/fo-rotate") purges them again and again, so that the next answer is chosen afresh. When a node turns they are
// purged at once: by then its new state is there to be seen, so what is answered from then on is made of that. An answer
// that was begun with the old state may enter the cache just after that purge: a second one follows.

namespace failover
{
class Rotation
{
public:
  using Clock = std::chrono::steady_clock;
  using Lease = Leases<AskedNames>::Lease;
  // How much later the second purge comes after a node has turned: an answer is made in microseconds.
  static constexpr std::chrono::milliseconds s_inTheMaking{10};

  // interval: how long an answer may be kept; 0: not at all, and nothing is ever purged. Borrows host: must outlive this.
  Rotation(Host& host, std::chrono::milliseconds interval);
  ~Rotation();
  Rotation(const Rotation&) = delete;
  Rotation& operator=(const Rotation&) = delete;

  // How long an answer may be kept; 0: not at all.
  [[nodiscard]] std::chrono::milliseconds interval() const noexcept { return d_interval; }
  // Where one backend instance notes names; null where no answer may be kept. Thread: any. Throws only std::bad_alloc.
  [[nodiscard]] Lease lease();

  // Starts and ends the thread; neither does anything where no answer may be kept. start() throws std::system_error.
  void start();
  void stop() noexcept;

  // A node has turned: no answer of before is in the cache when this returns, but for those that are being made; they are
  // gone s_inTheMaking later. Thread: any but those that answer queries.
  void turn() noexcept;

private:
  void run();
  void purge() noexcept;

  Host& d_host;
  const std::chrono::milliseconds d_interval;
  Leases<AskedNames> d_asked;

  std::mutex d_mutex;
  std::condition_variable d_wake;
  // Protected by d_mutex.
  bool d_stopping{false};
  std::optional<Clock::time_point> d_again; // the second purge after a node has turned

  std::thread d_thread;
};
}
