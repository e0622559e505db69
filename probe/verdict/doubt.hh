// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

// Doubt: "is it me?" When many nodes fail together and what lies outside of them (the references) fails too, the fault is
// more likely ours: then no further verdict turns to Down, until that is over.
// Whoever tracks the nodes counts them and asks before a verdict turns; Doubt knows neither nodes nor checks.
// Pure: times are arguments. Thread: compatible (no lock inside).

namespace failover
{
// What the references say of a trouble. A run of theirs counts if it began after the trouble did.
enum class References : uint8_t
{
  None,        // there are none
  NotYetKnown, // none of their runs has passed, and not all of them have ended
  Well,        // at least one has passed
  Failing      // all have failed, on their side or on ours
};

// What is to be done with a failure that would turn a node's verdict to Down.
enum class Belief : uint8_t
{
  Believe,
  WarnOnly, // believe, and say that so many fail together and no reference can tell whose fault it is; told once
  Wait,     // the verdict stays for now; ask again at the next result, and when the window is over
  Freeze    // the verdict stays: frozen
};

// Why what was frozen is so no longer.
enum class Thaw : uint8_t
{
  No, // nothing was frozen, or still is
  ReferencePassed,
  NodesRecovered,
  NoReferences // they were taken out of the store
};

// How it looks at a moment, of the trouble that began at another.
struct Trouble
{
  std::chrono::steady_clock::time_point began; // when the run began that was the first to fail
  size_t judged{0};                            // nodes whose checks decide: with checks, and admin_state 'auto'
  size_t failing{0};                           // of these: those whose last result failed or that are silent, and that were not Down before `began`
  References references{References::None};
};

class Doubt
{
public:
  using TimePoint = std::chrono::steady_clock::time_point;

  struct Frozen
  {
    TimePoint since;
    Trouble trouble; // as it was then
  };

  // share: how many per cent of the judged nodes must fail together, and at least two, for us to doubt; 0: never doubt,
  // above 100 as 100.
  explicit Doubt(unsigned share) noexcept;

  // A node's verdict would turn to Down; trouble.began is when its failures began. window: in which every node is asked
  // once more and answers or times out (windowOf). References that are not known by its end count as failing. What is
  // frozen stays so until review() thaws it.
  Belief ask(const Trouble& trouble, std::chrono::milliseconds window, TimePoint now) noexcept;

  // To be called as results come in, while countedFrom() says from when; trouble.began must be that moment. Anything but
  // Thaw::No is told once; every node that fails then needs all of its failures afresh.
  Thaw review(const Trouble& trouble) noexcept;
  // When the trouble began that review() is to hear of; nothing: there is none.
  [[nodiscard]] std::optional<TimePoint> countedFrom() const noexcept { return d_began; }

  [[nodiscard]] const std::optional<Frozen>& frozen() const noexcept { return d_frozen; }

private:
  [[nodiscard]] bool isShared(const Trouble& trouble) const noexcept;

  unsigned d_share;
  std::optional<Frozen> d_frozen;
  std::optional<TimePoint> d_began; // of the trouble that is frozen or was warned of
};

// The window for checks with this pace: their longest interval with its jitter, then the timeout.
[[nodiscard]] std::chrono::milliseconds windowOf(std::chrono::milliseconds interval, std::chrono::milliseconds timeout) noexcept;

// "4 of 5 nodes fail together, and no reference answers"; "4 of 5 nodes fail together, and there is no reference to tell
// whose fault it is". Throws only std::bad_alloc.
[[nodiscard]] std::string toText(const Trouble& trouble);
// "a reference answers again", "the nodes have recovered", …; empty for Thaw::No. Throws only std::bad_alloc.
[[nodiscard]] std::string toText(Thaw thaw);
}
