// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "statewriter.hh"

namespace failover
{
namespace
{
  // For whoever looks what was planned yesterday.
  constexpr std::chrono::hours s_keepDrains{24};

  template <typename Unit>
  int64_t since1970(std::chrono::system_clock::time_point when)
  {
    return std::chrono::duration_cast<Unit>(when.time_since_epoch()).count();
  }

  // Of a node that follows the operator's wish the operator's own words are kept, which are wanted again at the next start.
  const std::string& reasonOf(const NodeStatus& node)
  {
    return node.admin == AdminState::Auto ? node.reason : node.adminReason;
  }

  void addEvents(Database& database, const std::vector<NodeTransition>& transitions, size_t historyEvents)
  {
    if (transitions.empty()) {
      return;
    }
    Statement insert(database, "INSERT INTO health_events(at_ms, node, from_state, to_state, reason) VALUES(?1, ?2, ?3, ?4, ?5)");
    for (const auto& transition : transitions) {
      insert.bind(1, since1970<std::chrono::milliseconds>(transition.at)).bind(2, transition.node);
      insert.bind(3, toString(transition.from)).bind(4, toString(transition.to)).bind(5, transition.reason).step();
      insert.reset();
    }
    Statement prune(database, "DELETE FROM health_events WHERE id <= (SELECT max(id) FROM health_events) - ?1");
    prune.bind(1, static_cast<int64_t>(historyEvents)).step();
  }

  // A check that was deleted a moment ago gets no row any more; one that has not run yet has nothing to remember, and keeps
  // what an earlier run said.
  void writeChecks(Database& database, const std::vector<NodeStatus>& nodes, std::chrono::system_clock::time_point now)
  {
    Statement upsert(database,
      "INSERT INTO check_state(check_id, verdict, contrary, passed, streak, updated)"
      " SELECT id, ?2, ?3, ?4, ?5, ?6 FROM checks WHERE id=?1"
      " ON CONFLICT(check_id) DO UPDATE SET verdict=excluded.verdict, contrary=excluded.contrary, passed=excluded.passed,"
      " streak=excluded.streak, updated=excluded.updated");
    for (const auto& node : nodes) {
      for (const auto& check : node.checks) {
        if (check.streak == 0) {
          continue;
        }
        upsert.bind(1, check.id).bind(2, toString(check.verdict)).bind(3, int64_t{check.contrary}).bind(4, int64_t{check.passed});
        upsert.bind(5, static_cast<int64_t>(check.streak)).bind(6, since1970<std::chrono::seconds>(now)).step();
        upsert.reset();
      }
    }
    database.execute("DELETE FROM check_state WHERE check_id NOT IN (SELECT id FROM checks)");
  }
}

void writeStates(Database& database, const std::vector<NodeTransition>& transitions, const std::vector<NodeStatus>& nodes,
  std::chrono::system_clock::time_point now, size_t historyEvents)
{
  Transaction transaction(database, Transaction::Kind::Write);
  addEvents(database, transitions, historyEvents);
  // A node that was deleted a moment ago gets no row any more, and one that the operator has just drained, or drained
  // again for another reason, keeps what stands there: we have yet to read it.
  Statement upsert(database,
    "INSERT INTO node_state(node, state, verdict, since, updated, reason, flaps, flaps_at, held_until)"
    " SELECT name, ?2, ?3, ?4, ?5, ?6, ?8, nullif(?9, 0), nullif(?10, 0) FROM nodes WHERE name=?1 AND admin_state=?7"
    " ON CONFLICT(node) DO UPDATE SET state=excluded.state, verdict=excluded.verdict, since=excluded.since, updated=excluded.updated,"
    " flaps=excluded.flaps, flaps_at=excluded.flaps_at, held_until=excluded.held_until,"
    " reason=iif(?7<>'auto' AND state=excluded.state, reason, excluded.reason)");
  for (const auto& node : nodes) {
    upsert.bind(1, node.name).bind(2, toString(node.state)).bind(3, toString(node.verdict));
    upsert.bind(4, since1970<std::chrono::seconds>(node.since)).bind(5, since1970<std::chrono::seconds>(now)).bind(6, reasonOf(node));
    upsert.bind(7, toString(node.admin)).bind(8, int64_t{node.flaps.count});
    // Rounded: what was read from here is an instant off by now, and cut off would lose a second at each start.
    const auto rounded = [](std::chrono::system_clock::time_point when) { return std::chrono::round<std::chrono::seconds>(when).time_since_epoch().count(); };
    upsert.bind(9, rounded(node.flaps.changed)).bind(10, rounded(node.flaps.heldUntil)).step();
    upsert.reset();
  }
  writeChecks(database, nodes, now);
  Statement prune(database, "DELETE FROM drains WHERE ends < ?1");
  prune.bind(1, since1970<std::chrono::seconds>(now - s_keepDrains)).step();
  transaction.commit();
}

bool writeAdminState(Database& database, const std::string& node, AdminState admin, NodeState state, const std::string& reason,
  std::chrono::system_clock::time_point now)
{
  Transaction transaction(database, Transaction::Kind::Write);
  Statement update(database, "UPDATE nodes SET admin_state=?2 WHERE name=?1");
  update.bind(1, node).bind(2, toString(admin)).step();
  if (database.changes() == 0) {
    return false;
  }
  if (admin != AdminState::Auto) {
    Statement upsert(database,
      "INSERT INTO node_state(node, state, verdict, since, updated, reason) VALUES(?1, ?2, 'unknown', ?3, ?3, ?4)"
      " ON CONFLICT(node) DO UPDATE SET state=excluded.state, since=excluded.since, updated=excluded.updated, reason=excluded.reason");
    upsert.bind(1, node).bind(2, toString(state)).bind(3, since1970<std::chrono::seconds>(now)).bind(4, reason).step();
  }
  transaction.commit();
  return true;
}
}
