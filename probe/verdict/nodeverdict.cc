// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <utility>
#include "nodeverdict.hh"

namespace failover
{
Verdict NodeVerdict::update(std::span<const Verdict> deciding, Requirement require, std::span<const PeerView> views, Moment now)
{
  d_own = compose(deciding, require, d_own);
  d_vote = countVote(d_own, views, d_quorum);
  const Verdict before = std::exchange(d_said, d_vote.verdict);
  if (d_said == Verdict::Down && before != Verdict::Down) {
    d_hold.fell(now.steady);
  }
  if (d_said == Verdict::Up && before == Verdict::Down) {
    d_hold.rose(now.steady);
  }
  d_verdict = d_said == Verdict::Up && !deciding.empty() && d_hold.holds(now.steady) ? Verdict::Down : d_said;
  return d_verdict;
}

std::optional<std::chrono::steady_clock::time_point> NodeVerdict::heldUntil() const noexcept
{
  return d_verdict == Verdict::Down && d_said == Verdict::Up ? d_hold.heldUntil() : std::nullopt;
}
}
