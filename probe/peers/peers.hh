// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>
#include "peerstatistics.hh"
#include "probe/loop/runset.hh"
#include "probe/orders.hh"
#include "probe/prober.hh"
#include "probe/verdict/vote.hh"

// Peers: asks the operator's other name servers what they see, again and again, and remembers it for as long as it is
// fresh. Thread: the loop's.

namespace failover
{
class Peers
{
public:
  using Clock = std::chrono::steady_clock;

  // Borrows both: must outlive this.
  Peers(RunSet& runs, ProberListener& listener) noexcept :
    d_runs(runs), d_listener(listener) { }
  ~Peers();
  Peers(const Peers&) = delete;
  Peers& operator=(const Peers&) = delete;

  // From now on these. What a peer said stays as long as its row does. Throws only std::bad_alloc.
  void adopt(const std::vector<PeerSpec>& specs, Clock::time_point now);
  // Asks those that are due, and drops what is no longer fresh. Throws only std::bad_alloc.
  void turn(Clock::time_point now);
  // How long until turn() is wanted, at most `limit`.
  [[nodiscard]] std::chrono::milliseconds untilTurn(Clock::time_point now, std::chrono::milliseconds limit) const noexcept;

  // Whether anybody's view is another than at the last call.
  [[nodiscard]] bool takeChanged() noexcept { return std::exchange(d_changed, false); }
  // Whether anybody has answered, or failed to, since the last call.
  [[nodiscard]] bool takeHeard() noexcept { return std::exchange(d_heard, false); }
  // What each peer says of a node, in the order of the rows; statistic: statisticPart() of its name. Throws only std::bad_alloc.
  [[nodiscard]] std::vector<PeerView> views(const std::string& statistic) const;
  // Throws only std::bad_alloc.
  [[nodiscard]] std::vector<PeerStatus> status() const;

private:
  struct Peer
  {
    PeerSpec spec;
    CheckSpec question;
    const Run* run{nullptr};
    Clock::time_point due;
    std::optional<Clock::time_point> heard; // while its word is fresh: when it said it
    std::chrono::system_clock::time_point heardAt{};
    PeerReport report;
    bool isOk{false};
    std::string outcome; // of the last question

    [[nodiscard]] Clock::time_point staleAt() const noexcept;
  };

  void ask(Peer& peer, Clock::time_point now);
  void listen(Peer& peer, Run& run, const CheckResult& result);

  RunSet& d_runs;
  ProberListener& d_listener;
  std::vector<std::unique_ptr<Peer>> d_peers;
  bool d_changed{false};
  bool d_heard{false};
};
}
