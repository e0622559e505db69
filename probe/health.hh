// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

// Health: how single check results become a verdict on the check, how verdicts and the operator's
// wish become the state of a node, and how that state reaches the threads that answer queries.
// Pure but for NodeHealth, which is a few atomic numbers.

namespace failover
{
// What a check says of its node. Unknown means "not checked yet" and is served: a server that has
// just started must not withdraw addresses it knows nothing about.
enum class Verdict : uint8_t
{
  Unknown,
  Up,
  Down
};

// What one more result did to a verdict. Pending: it contradicts the verdict, but not often enough
// yet; the next check is due sooner (CheckSpec::retry).
enum class Transition : uint8_t
{
  Unchanged,
  Pending,
  Changed
};

// Counts consecutive results that contradict the verdict. From Unknown the first result decides.
// Thread: compatible (no lock inside); the prober's own thread owns every tracker.
class HealthTracker
{
public:
  // rise, fall: how many consecutive results turn the verdict. REQUIRES: both >= 1.
  // initial, contrary: remembered from an earlier run, or Unknown and 0.
  HealthTracker(unsigned rise, unsigned fall, Verdict initial = Verdict::Unknown, unsigned contrary = 0) noexcept;

  Transition record(bool passed) noexcept;

  // Results that contradict the verdict so far are forgotten: it takes all of them afresh to turn it.
  void forget() noexcept { d_contrary = 0; }

  [[nodiscard]] Verdict verdict() const noexcept { return d_verdict; }
  [[nodiscard]] bool pending() const noexcept { return d_contrary != 0; }
  // Consecutive results that contradict the verdict (0 when none is pending).
  [[nodiscard]] unsigned contrary() const noexcept { return d_contrary; }
  // How many such results turn the verdict: fall while Up, rise while Down, 1 while Unknown.
  [[nodiscard]] unsigned needed() const noexcept;

private:
  unsigned d_rise;
  unsigned d_fall;
  Verdict d_verdict;
  unsigned d_contrary{0};
};

// nodes.admin_state: what the operator wants of a node. Auto: let its checks decide.
enum class AdminState : uint8_t
{
  Auto,
  Up,
  Down,
  Drain
};

// What a node is. The texts (toString) are interface: failover-status, its JSON, node_state.state.
enum class NodeState : uint8_t
{
  Unknown,
  Up,
  Down,
  Drained,
  ForcedUp,
  ForcedDown
};

// The operator's wish wins over the verdict.
[[nodiscard]] NodeState combine(AdminState admin, Verdict verdict) noexcept;

// Whether records of a node in this state belong into answers.
[[nodiscard]] constexpr bool isServing(NodeState state) noexcept
{
  return state == NodeState::Unknown || state == NodeState::Up || state == NodeState::ForcedUp;
}

// "unknown", "up", "down", "drained", "forced-up", "forced-down"; "unknown", "up", "down";
// "auto", "up", "down", "drain".
[[nodiscard]] std::string_view toString(NodeState state) noexcept;
[[nodiscard]] std::string_view toString(Verdict verdict) noexcept;
[[nodiscard]] std::string_view toString(AdminState admin) noexcept;
// False, and `out` untouched, when the text is none of the above.
[[nodiscard]] bool fromString(std::string_view text, NodeState& out) noexcept;
[[nodiscard]] bool fromString(std::string_view text, Verdict& out) noexcept;
[[nodiscard]] bool fromString(std::string_view text, AdminState& out) noexcept;

// The only words the two sides share: what a node is, since when, and when it may leave the answers. One object per node
// name, the same across reloads.
// Times: wall clock, milliseconds since 1970, UTC; 0: none.
// Thread: one writer (the prober, or the loader before the prober knows the node); any number of readers.
class NodeHealth
{
public:
  explicit NodeHealth(std::string name) :
    d_name(std::move(name)) { }

  [[nodiscard]] const std::string& name() const noexcept { return d_name; }
  // Acquires what publish() wrote before it.
  [[nodiscard]] NodeState state() const noexcept { return d_state.load(std::memory_order_acquire); }
  [[nodiscard]] bool serving() const noexcept { return isServing(state()); }

  // When serving() last turned, either way; 0: never, as far as is known.
  [[nodiscard]] int64_t turnedAt() const noexcept { return d_turnedAt.load(std::memory_order_relaxed); }
  // The earliest moment at which checks that have begun to fail can bring the node down; 0: none has.
  [[nodiscard]] int64_t fallsAt() const noexcept { return d_fallsAt.load(std::memory_order_acquire); }
  // When the next planned drain begins; 0: none is planned, or the node is drained.
  [[nodiscard]] int64_t drainsAt() const noexcept { return d_drainsAt.load(std::memory_order_acquire); }
  // The earlier of the two: until then the node stays, as far as is known.
  [[nodiscard]] int64_t leavesAt() const noexcept
  {
    const auto falls = fallsAt();
    const auto drains = drainsAt();
    return falls != 0 && (drains == 0 || falls < drains) ? falls : drains;
  }

  // What this server's own checks say of it: what peers are told.
  [[nodiscard]] Verdict own() const noexcept { return d_own.load(std::memory_order_relaxed); }
  void publishOwn(Verdict own) noexcept { d_own.store(own, std::memory_order_relaxed); }

  // What the node is at `now`.
  void publish(NodeState state, int64_t now) noexcept
  {
    if (isServing(state) != serving()) {
      d_turnedAt.store(now, std::memory_order_relaxed);
    }
    d_state.store(state, std::memory_order_release);
  }
  // What an earlier run left, since `since`: that this run comes to know of it is no turn. REQUIRES: before publish().
  void remember(NodeState state, int64_t since) noexcept
  {
    d_turnedAt.store(since, std::memory_order_relaxed);
    d_state.store(state, std::memory_order_release);
  }
  // fallsAt() and drainsAt() from now on. Whoever reads one and then the state sees a state no older than the forecast: when
  // a node leaves, publish() comes first.
  void forecast(int64_t fallsAt, int64_t drainsAt) noexcept
  {
    d_fallsAt.store(fallsAt, std::memory_order_release);
    d_drainsAt.store(drainsAt, std::memory_order_release);
  }

private:
  const std::string d_name;
  std::atomic<NodeState> d_state{NodeState::Unknown};
  std::atomic<Verdict> d_own{Verdict::Unknown};
  std::atomic<int64_t> d_turnedAt{0};
  std::atomic<int64_t> d_fallsAt{0};
  std::atomic<int64_t> d_drainsAt{0};
};

// As NodeHealth counts time.
[[nodiscard]] inline int64_t toMilliseconds(std::chrono::system_clock::time_point when) noexcept
{
  return std::chrono::duration_cast<std::chrono::milliseconds>(when.time_since_epoch()).count();
}
}
