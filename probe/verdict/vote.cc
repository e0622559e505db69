// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include "vote.hh"

namespace failover
{
namespace
{
  bool counts(const PeerView& view) noexcept
  {
    return view.fresh && view.verdict != Verdict::Unknown;
  }
}

Vote countVote(Verdict own, std::span<const PeerView> views, unsigned quorum)
{
  Vote vote;
  vote.counted = static_cast<unsigned>(std::ranges::count_if(views, counts));
  if (vote.counted == 0) {
    vote.verdict = own;
    vote.counted = own != Verdict::Unknown ? 1 : 0;
    vote.down = own == Verdict::Down ? 1 : 0;
    return vote;
  }
  vote.counted += own != Verdict::Unknown ? 1 : 0;
  const auto isDown = [](const PeerView& view) { return counts(view) && view.verdict == Verdict::Down; };
  vote.down = static_cast<unsigned>(std::ranges::count_if(views, isDown)) + (own == Verdict::Down ? 1 : 0);
  vote.needed = std::clamp(quorum, 1U, vote.counted);
  vote.verdict = vote.down >= vote.needed ? Verdict::Down : Verdict::Up;
  vote.ownDisagrees = own != Verdict::Unknown && own != vote.verdict;
  for (const auto& view : views) {
    if (counts(view) && view.verdict != vote.verdict) {
      vote.disagreeing.push_back(view.peer);
    }
  }
  return vote;
}

std::string toText(const Vote& vote)
{
  if (vote.needed == 0) {
    return {};
  }
  auto text = std::to_string(vote.down) + " of " + std::to_string(vote.counted) + " say down";
  auto names = vote.disagreeing;
  if (vote.ownDisagrees) {
    names.insert(names.begin(), "this server");
  }
  for (size_t i = 0; i < names.size(); ++i) {
    text += (i == 0 ? ", " : i + 1 == names.size() ? " and "
                                                   : ", ")
      + names[i];
  }
  return names.empty() ? text : text + (names.size() == 1 ? " disagrees" : " disagree");
}
}
