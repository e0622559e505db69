// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "laststates.hh"
#include <algorithm>
#include <limits>

namespace failover
{
namespace
{
  using std::chrono::system_clock;

  // As stored: seconds since 1970; NULL is the epoch.
  system_clock::time_point timeOf(const Statement& row, int column)
  {
    return system_clock::time_point(std::chrono::seconds(row.integer(column)));
  }

  bool isRecent(system_clock::time_point updated, system_clock::time_point now, std::chrono::seconds maxAge)
  {
    return updated + maxAge >= now;
  }

  // Numbers that no run of ours has written count as little as they can.
  unsigned countOf(const Statement& row, int column)
  {
    return static_cast<unsigned>(std::clamp<int64_t>(row.integer(column), 0, std::numeric_limits<unsigned>::max()));
  }

  NodeState stateOf(const NodeSpec& node, system_clock::time_point now) noexcept
  {
    return combine(wishOf(node.admin, planAt(node.drains, inSeconds(now))), node.remembered);
  }
}

std::map<std::string, LastState, std::less<>> loadStates(Database& database)
{
  std::map<std::string, LastState, std::less<>> states;
  Statement rows(database, "SELECT node, state, verdict, since, updated, reason, flaps, flaps_at, held_until FROM node_state");
  while (rows.step()) {
    auto& state = states[std::string(rows.text(0))];
    state.known = fromString(rows.text(1), state.state);
    (void)fromString(rows.text(2), state.verdict); // any other word says nothing: unknown
    state.since = timeOf(rows, 3);
    state.updated = timeOf(rows, 4);
    state.reason = rows.text(5);
    state.flaps = {countOf(rows, 6), timeOf(rows, 7), timeOf(rows, 8)};
  }
  return states;
}

std::map<int64_t, LastCheck> loadCheckStates(Database& database)
{
  std::map<int64_t, LastCheck> checks;
  Statement rows(database, "SELECT check_id, verdict, contrary, passed, streak, updated FROM check_state");
  while (rows.step()) {
    auto& last = checks[rows.integer(0)];
    (void)fromString(rows.text(1), last.check.verdict); // any other word says nothing: unknown
    last.check.contrary = countOf(rows, 2);
    last.check.passed = rows.integer(3) != 0;
    last.check.streak = static_cast<uint64_t>(std::max<int64_t>(rows.integer(4), 0));
    last.updated = timeOf(rows, 5);
  }
  return checks;
}

void recallChecks(NodeSpec& node, const std::map<int64_t, LastCheck>& last, system_clock::time_point now, std::chrono::seconds maxAge)
{
  for (const auto& check : node.checks) {
    const auto found = last.find(check.id);
    if (found != last.end() && isRecent(found->second.updated, now, maxAge)) {
      node.rememberedChecks.emplace(check.id, found->second.check);
    }
  }
}

void recall(NodeSpec& node, const LastState* last, system_clock::time_point now, std::chrono::seconds maxAge)
{
  const bool isUsable = last != nullptr && isRecent(last->updated, now, maxAge);
  if (isUsable) {
    node.remembered = last->verdict;
    node.flaps = last->flaps;
    if (last->known && last->state == combine(AdminState::Auto, last->verdict)) {
      node.rememberedReason = last->reason;
    }
  }
  node.last = stateOf(node, now);
  const bool isAsWanted = last != nullptr && last->known && last->state == node.last;
  if (isAsWanted && node.admin != AdminState::Auto) {
    node.adminReason = last->reason;
  }
  if (isUsable || isAsWanted) {
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
