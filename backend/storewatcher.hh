// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>
#include "faultlog.hh"
#include "host.hh"
#include "probe/prober.hh"
#include "settings.hh"
#include "storeloader.hh"

// StoreWatcher: the store thread ("pdns/fo-store"). It owns the one connection through which the store is read into
// memory and through which states and events are written back, looks for changes every poll-interval, and is woken for
// anything that should not wait so long. A store that fails is reported, never waited for by anybody else.

namespace failover
{
struct StoreStatus
{
  std::string database;
  std::string readFault;  // empty: well
  std::string writeFault; // empty: well
  Problems problems{Problems::s_inStatus};
  size_t zones{0};
  size_t records{0};
  uint64_t droppedEvents{0}; // history that could not be kept while the store could not be written
};

// All that was read from the store at one moment. None is null.
struct StoreContents
{
  std::shared_ptr<const Snapshot> snapshot;
  std::shared_ptr<const NodeTable> nodes;
  std::shared_ptr<const PolicyTable> policies;
};

class StoreWatcher
{
public:
  struct Callbacks
  {
    // What the prober is to do as of a load that changed it, on the store thread (at first on the caller's of loadFirst()).
    std::function<void(const Orders&)> ordersLoaded;
    // The last word on each push check, when one has changed, and after each ordersLoaded(). As above.
    std::function<void(const std::vector<PushReport>&)> reportsLoaded;
    // What is to be written into node_state and check_state; any thread.
    std::function<std::vector<NodeStatus>()> states;
    // Every poll-interval, on the store thread; must be quick.
    std::function<void()> cycled;
  };

  // Borrows settings, host, published: must outlive this.
  StoreWatcher(const Settings& settings, Host& host, Published<Snapshot>& published, Callbacks callbacks);
  // Stops, and writes what is still to be written if the store lets it.
  ~StoreWatcher();
  StoreWatcher(const StoreWatcher&) = delete;
  StoreWatcher& operator=(const StoreWatcher&) = delete;

  // The first load; the names of its nodes. Throws SqliteError or std::runtime_error when the file cannot be used. REQUIRES: before start().
  std::vector<std::string> loadFirst();
  // Starts the thread. Throws std::system_error.
  void start();
  void stop() noexcept;

  // Has the store looked at, or all of it read again, and waits until that is done. What it said, or nothing after
  // `limit` (then it is done later). Thread: any but the store's.
  enum class Depth
  {
    Changes,
    Everything
  };
  std::optional<std::string> refresh(Depth depth, std::chrono::milliseconds limit);

  // Keeps a transition for health_events, has the states written soon, and what the node reaches purged once more after a
  // poll-interval. REQUIRES: it has been purged. Never blocks on the store. Thread: any.
  void remember(const NodeTransition& transition);

  [[nodiscard]] StoreStatus status() const;
  // As of the last load. REQUIRES: after loadFirst().
  [[nodiscard]] StoreContents contents() const;

private:
  using Clock = std::chrono::steady_clock;
  // History waiting for a store that cannot be written; beyond it the oldest go.
  static constexpr size_t s_maxWaiting = 10'000;
  // node_state says when each state was last confirmed; a restart believes it for state-max-age.
  static constexpr std::chrono::seconds s_confirmInterval{60};
  // Between attempts to write to a store that refused: each may wait for a lock.
  static constexpr std::chrono::seconds s_retryWrite{1};

  void run();
  void cycle(bool everything);
  void purgeAgain(Clock::time_point now);
  std::string read(bool everything);
  void tellOrders();
  void write();
  void updateStatus();

  const Settings& d_settings;
  Host& d_host;
  Published<Snapshot>& d_published;
  const Callbacks d_callbacks;

  // Store thread only, once it runs.
  StoreLoader d_loader;
  FaultLog d_readFault;
  FaultLog d_writeFault;
  Clock::time_point d_nextConfirm;
  Clock::time_point d_nextWrite;
  std::string d_said; // about the last cycle

  mutable std::mutex d_mutex;
  std::condition_variable d_wake; // for the store thread
  std::condition_variable d_done; // for those who wait in refresh()
  // Protected by d_mutex.
  bool d_stopping{false};
  bool d_everythingWanted{false};
  uint64_t d_requested{0}; // tickets of refresh()
  uint64_t d_served{0};    // the newest ticket whose cycle has ended
  std::string d_servedText;
  std::deque<NodeTransition> d_waiting;
  std::map<std::string, Clock::time_point, std::less<>> d_changedNodes; // when, until they were purged once more
  StoreStatus d_status;
  StoreContents d_contents;

  std::thread d_thread;
};
}
