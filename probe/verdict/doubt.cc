// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include "doubt.hh"

namespace failover
{
namespace
{
  constexpr unsigned s_percent = 100;
  constexpr size_t s_fewest = 2; // one node that fails is a node that fails
}

Doubt::Doubt(unsigned share) noexcept :
  d_share(std::min(share, s_percent))
{
}

bool Doubt::isShared(const Trouble& trouble) const noexcept
{
  return d_share != 0 && trouble.failing >= s_fewest && trouble.failing * s_percent >= trouble.judged * d_share;
}

Belief Doubt::ask(const Trouble& trouble, std::chrono::milliseconds window, TimePoint now) noexcept
{
  if (d_frozen) {
    return Belief::Freeze;
  }
  if (d_share == 0 || trouble.references == References::Well) {
    return Belief::Believe;
  }
  const bool shared = isShared(trouble);
  if (trouble.references == References::None) {
    const bool isNews = shared && !d_began;
    if (isNews) {
      d_began = trouble.began;
    }
    return isNews ? Belief::WarnOnly : Belief::Believe;
  }
  if (now < trouble.began + window && !(shared && trouble.references == References::Failing)) {
    return Belief::Wait;
  }
  if (!shared) {
    return Belief::Believe;
  }
  d_began = trouble.began;
  d_frozen = Frozen{now, trouble};
  return Belief::Freeze;
}

Thaw Doubt::review(const Trouble& trouble) noexcept
{
  if (!isShared(trouble)) {
    d_began.reset();
  }
  if (!d_frozen) {
    return Thaw::No;
  }
  auto thaw = d_began ? Thaw::No : Thaw::NodesRecovered;
  if (trouble.references == References::None) {
    thaw = Thaw::NoReferences;
  }
  else if (trouble.references == References::Well) {
    thaw = Thaw::ReferencePassed;
  }
  if (thaw != Thaw::No) {
    d_frozen.reset();
    d_began.reset();
  }
  return thaw;
}

std::chrono::milliseconds windowOf(std::chrono::milliseconds interval, std::chrono::milliseconds timeout) noexcept
{
  constexpr int jitter = 10; // a tenth of the interval, as Schedule has it
  return interval + interval / jitter + timeout;
}

std::string toText(const Trouble& trouble)
{
  return std::to_string(trouble.failing) + " of " + std::to_string(trouble.judged) + " nodes fail together, and "
    + (trouble.references == References::None ? "there is no reference to tell whose fault it is" : "no reference answers");
}

std::string toText(Thaw thaw)
{
  switch (thaw) {
  case Thaw::ReferencePassed:
    return "a reference answers again";
  case Thaw::NodesRecovered:
    return "the nodes have recovered";
  case Thaw::NoReferences:
    return "there are no references any more";
  case Thaw::No:
    break;
  }
  return {};
}
}
