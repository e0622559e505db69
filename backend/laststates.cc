// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "laststates.hh"

namespace failover
{
namespace
{
  using std::chrono::system_clock;

  NodeState stateOf(const NodeSpec& node, system_clock::time_point now) noexcept
  {
    return combine(wishOf(node.admin, planAt(node.drains, inSeconds(now))), node.remembered);
  }
}

std::map<std::string, LastState, std::less<>> loadStates(Database& database)
{
  std::map<std::string, LastState, std::less<>> states;
  Statement rows(database, "SELECT node, state, verdict, since, updated, reason FROM node_state");
  while (rows.step()) {
    auto& state = states[std::string(rows.text(0))];
    state.known = fromString(rows.text(1), state.state);
    (void)fromString(rows.text(2), state.verdict); // any other word says nothing: unknown
    state.since = system_clock::time_point(std::chrono::seconds(rows.integer(3)));
    state.updated = system_clock::time_point(std::chrono::seconds(rows.integer(4)));
    state.reason = rows.text(5);
  }
  return states;
}

void recall(NodeSpec& node, const LastState* last, system_clock::time_point now, std::chrono::seconds maxAge)
{
  const bool isRecent = last != nullptr && last->updated + maxAge >= now;
  if (isRecent) {
    node.remembered = last->verdict;
    if (last->known && last->state == combine(AdminState::Auto, last->verdict)) {
      node.rememberedReason = last->reason;
    }
  }
  node.last = stateOf(node, now);
  const bool isAsWanted = last != nullptr && last->known && last->state == node.last;
  if (isAsWanted && node.admin != AdminState::Auto) {
    node.adminReason = last->reason;
  }
  if (isRecent || isAsWanted) {
    node.last = last->known ? last->state : node.last;
    node.since = last->since;
  }
}

void publishAtStart(const NodeSpec& node, system_clock::time_point now) noexcept
{
  const bool isRemembered = node.since != system_clock::time_point{};
  node.health->remember(node.last, isRemembered ? toMilliseconds(node.since) : 0);
  node.health->publish(stateOf(node, now), toMilliseconds(now));
}
}
