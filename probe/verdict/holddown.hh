// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <optional>
#include "probe/orders.hh"

// HoldDown: a node that falls again and again stays out longer each time. Its first fall costs nothing more than the fall;
// the second holds it down for `first`, each further one for twice as long, up to `cap`. What it has done is forgotten one
// fall after the other while it stays up.
// Pure: times are arguments. Thread: compatible (no lock inside); whoever tracks the node guards it.

namespace failover
{
class HoldDown
{
public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using WallTime = std::chrono::system_clock::time_point;

  struct Config
  {
    std::chrono::seconds first{30}; // 0: never hold
    std::chrono::seconds cap{600};
  };

  // Durations beyond a year count as a year, those below 0 as 0; a cap below `first` is the longest hold from the start.
  explicit HoldDown(Config config) noexcept;

  // What the node's checks say together has turned to Down, or to Up. A fall while the node is held is none: nobody has
  // seen the node up in between.
  void fell(TimePoint now) noexcept;
  void rose(TimePoint now) noexcept;

  // Whether the node is to stay down even if its checks pass. A hold begins with the fall.
  [[nodiscard]] bool holds(TimePoint now) const noexcept { return d_heldUntil && now < *d_heldUntil; }
  // The end of the last hold, which may be over; nothing when there was none.
  [[nodiscard]] std::optional<TimePoint> heldUntil() const noexcept { return d_heldUntil; }
  // How many falls are remembered. It grows until the hold has reached the cap: more would only take longer to forget.
  [[nodiscard]] unsigned count(TimePoint now) const noexcept;

  // What the next start is to know, and taking it up again. Both take this moment on both clocks. isUp: whether the node
  // was up when it was last seen. Whatever the wall clock did in between, a node is held for no longer than its count
  // earns it, at most the cap.
  [[nodiscard]] RememberedFlaps remember(TimePoint now, WallTime wallNow) const noexcept;
  void restore(const RememberedFlaps& flaps, bool isUp, TimePoint now, WallTime wallNow) noexcept;

private:
  [[nodiscard]] std::chrono::seconds holdOf(unsigned count) const noexcept;

  std::chrono::seconds d_first;
  std::chrono::seconds d_cap;
  std::chrono::seconds d_decay; // how long a node stays up for one fall to be forgotten
  unsigned d_most{0};           // the count whose hold is the cap
  unsigned d_count{0};
  bool d_isUp{true};
  TimePoint d_since; // while up: from when on that counts; while down: of the last fall that counted
  std::optional<TimePoint> d_heldUntil;
};
}
