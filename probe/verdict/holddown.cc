// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include "holddown.hh"

namespace failover
{
namespace
{
  using std::chrono::seconds;

  constexpr seconds s_longest = std::chrono::hours(24 * 365);
  constexpr int s_decayPerFirst = 10; // five minutes at the default of 30 s
  constexpr unsigned s_firstHeld = 2; // the fall that is held for `first`

  seconds bounded(seconds value) noexcept
  {
    return std::clamp(value, seconds(0), s_longest);
  }
}

HoldDown::HoldDown(Config config) noexcept :
  d_first(bounded(config.first)), d_cap(bounded(config.cap)), d_decay(d_first * s_decayPerFirst)
{
  if (d_first > seconds(0)) {
    d_most = s_firstHeld;
    while (holdOf(d_most) < d_cap) {
      ++d_most;
    }
  }
}

seconds HoldDown::holdOf(unsigned count) const noexcept
{
  if (count < s_firstHeld) {
    return seconds(0);
  }
  auto hold = std::min(d_first, d_cap);
  for (auto i = s_firstHeld; i < count && hold < d_cap; ++i) {
    hold = std::min(hold * 2, d_cap); // at most twice s_longest: far from overflow
  }
  return hold;
}

void HoldDown::fell(TimePoint now) noexcept
{
  if (!holds(now)) {
    d_count = std::min(count(now) + 1, d_most);
    d_since = now;
    const auto hold = holdOf(d_count);
    d_heldUntil = hold > seconds(0) ? std::optional(now + hold) : std::nullopt;
  }
  d_isUp = false;
}

void HoldDown::rose(TimePoint now) noexcept
{
  if (!d_isUp) {
    d_isUp = true;
    d_since = std::max(now, d_heldUntil.value_or(now)); // a node that is held is not up yet
  }
}

unsigned HoldDown::count(TimePoint now) const noexcept
{
  if (!d_isUp || d_count == 0 || now <= d_since) {
    return d_count;
  }
  const auto forgotten = (now - d_since) / d_decay;
  return forgotten >= d_count ? 0 : d_count - static_cast<unsigned>(forgotten);
}

RememberedFlaps HoldDown::remember(TimePoint now, WallTime wallNow) const noexcept
{
  const auto toWall = [&](TimePoint when) { return wallNow + std::chrono::duration_cast<WallTime::duration>(when - now); };
  RememberedFlaps flaps;
  flaps.count = count(now);
  if (flaps.count != 0) {
    flaps.changed = toWall(d_since + (d_count - flaps.count) * d_decay);
  }
  if (holds(now)) {
    flaps.heldUntil = toWall(*d_heldUntil);
  }
  return flaps;
}

void HoldDown::restore(const RememberedFlaps& flaps, bool isUp, TimePoint now, WallTime wallNow) noexcept
{
  d_count = std::min(flaps.count, d_most);
  d_isUp = isUp;
  // Compared before they are subtracted: a stored time may be anything.
  const auto hold = holdOf(d_count);
  const auto heldUntil = std::min(flaps.heldUntil, wallNow + hold);
  d_heldUntil = heldUntil > wallNow ? std::optional(now + (heldUntil - wallNow)) : std::nullopt;
  const auto changed = std::clamp(flaps.changed, wallNow - d_most * d_decay, wallNow);
  d_since = std::max(now - (wallNow - changed), d_heldUntil.value_or(TimePoint::min()));
}
}
