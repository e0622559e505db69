// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "rotation.hh"
#include <algorithm>
#include <pthread.h>
#include "probe/signalsblocked.hh"

namespace failover
{
Rotation::Rotation(Host& host, std::chrono::milliseconds interval) :
  d_host(host), d_interval(interval)
{
}

Rotation::~Rotation()
{
  stop();
}

Rotation::Lease Rotation::lease()
{
  return d_interval.count() > 0 ? d_asked.lease() : Lease(nullptr, {&d_asked});
}

void Rotation::start()
{
  if (d_interval.count() > 0) {
    const SignalsBlocked blocked;
    d_thread = std::thread([this] { run(); });
  }
}

void Rotation::stop() noexcept
{
  {
    const std::lock_guard lock(d_mutex);
    d_stopping = true;
  }
  d_wake.notify_all();
  if (d_thread.joinable()) {
    d_thread.join();
  }
}

void Rotation::turn() noexcept
{
  if (d_interval.count() == 0) {
    return;
  }
  purge();
  {
    const std::lock_guard lock(d_mutex);
    d_again = Clock::now() + s_inTheMaking;
  }
  d_wake.notify_all();
}

void Rotation::run()
{
  pthread_setname_np(pthread_self(), "pdns/fo-rotate");
  std::unique_lock lock(d_mutex);
  auto next = Clock::now() + d_interval;
  while (!d_stopping) {
    const auto due = d_again ? std::min(next, *d_again) : next;
    const auto now = Clock::now();
    if (now < due) {
      d_wake.wait_until(lock, due);
      continue;
    }
    if (d_again && now >= *d_again) {
      d_again.reset();
    }
    next = now + d_interval;
    lock.unlock();
    purge();
    lock.lock();
  }
}

// The visits of all threads come one after the other: Leases::forEach.
void Rotation::purge() noexcept
{
  d_asked.forEach([this](AskedNames& names) {
    names.visit([this](std::string_view name) { d_host.purgeName(name); });
  });
}
}
