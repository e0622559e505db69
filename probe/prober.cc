// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <array>
#include <unistd.h>
#include "proberloop.hh"
#include "signalsblocked.hh"

// Prober and the part of its loop that other threads call; what runs on the thread is in proberloop.cc.

namespace failover
{
namespace
{
  // What messages call this server.
  std::string hostName()
  {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
  }

  uint64_t seedOf(const ProberOptions& options)
  {
    return options.seed != 0 ? options.seed : std::random_device()();
  }
}

Prober::Prober(ProberOptions options, ProberListener& listener) :
  d_loop(std::make_unique<Loop>(options, listener))
{
}

Prober::~Prober() = default;
void Prober::start()
{
  d_loop->start();
}
void Prober::stop() noexcept
{
  d_loop->stop();
}
void Prober::setOrders(Orders orders)
{
  d_loop->setOrders(std::move(orders));
}
bool Prober::settle(std::chrono::milliseconds limit)
{
  return d_loop->settle(limit);
}
void Prober::report(std::vector<PushReport> reports)
{
  d_loop->report(std::move(reports));
}
std::vector<NodeStatus> Prober::status() const
{
  return d_loop->status();
}
ProberStatus Prober::about() const
{
  return d_loop->about();
}
const ProberCounters& Prober::counters() const noexcept
{
  return d_loop->counters();
}

Prober::Loop::Engine::Engine(ProberListener& listener, const std::string& execDir) :
  programs{execDir, reaper}, peers(runs, listener), notifier(runs, reaper, listener, execDir, hostName())
{
}

Prober::Loop::Loop(ProberOptions options, ProberListener& listener) :
  d_mostWanted(options.maxInFlight), d_execDir(options.execDir), d_listener(listener), d_random(seedOf(options)), d_doubt(options.freezeShare), d_roster(options.rules)
{
}

Prober::Loop::~Loop()
{
  stop();
}

void Prober::Loop::start()
{
  const SignalsBlocked blocked;
  const std::lock_guard lock(d_mutex);
  d_engine = std::make_unique<Engine>(d_listener, d_execDir);
  d_thread = std::thread(&Loop::run, this);
}

void Prober::Loop::stop() noexcept
{
  {
    const std::lock_guard lock(d_mutex);
    d_stop = true;
    if (d_engine) {
      d_engine->poller.wakeup();
    }
    d_changed.notify_all();
  }
  if (d_thread.joinable()) {
    d_thread.join();
  }
}

void Prober::Loop::setOrders(Orders orders)
{
  const std::lock_guard lock(d_mutex);
  d_orders = std::move(orders);
  ++d_wanted;
  if (d_engine) {
    d_engine->poller.wakeup();
  }
  d_changed.notify_all();
}

void Prober::Loop::report(std::vector<PushReport> reports)
{
  const std::lock_guard lock(d_mutex);
  d_newReports = std::move(reports);
  if (d_engine) {
    d_engine->poller.wakeup();
  }
}

bool Prober::Loop::settle(std::chrono::milliseconds limit)
{
  std::unique_lock lock(d_mutex);
  const auto wanted = d_wanted;
  d_changed.wait_for(lock, limit, [&] { return d_done >= wanted || d_stop; });
  return d_done >= wanted;
}

std::vector<NodeStatus> Prober::Loop::status() const
{
  const std::lock_guard lock(d_mutex);
  return d_roster.status(Moment::now());
}

ProberStatus Prober::Loop::about() const
{
  const std::lock_guard lock(d_mutex);
  ProberStatus status{d_peerStatus, d_doubtStatus};
  for (const auto& reference : d_roster.references()) {
    status.doubt.references.push_back(reference->tracker.status());
  }
  return status;
}
}
