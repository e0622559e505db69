// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "policyloader.hh"
#include <algorithm>
#include <limits>
#include <tuple>
#include "columns.hh"
#include "filteredtypes.hh"

namespace failover
{
namespace
{
  // As the table's constraints have them.
  constexpr unsigned s_mostCount = 1000;
  constexpr unsigned s_mostTrickle = 5;  // per cent
  constexpr unsigned s_mostRamp = 86400; // seconds

  unsigned count(const Statement& row, int column, const char* name, unsigned most)
  {
    const auto number = numberColumn(row, column, name, most);
    if (number == 0) {
      throw RecordError(std::string(name) + ": is 0");
    }
    return number;
  }

  template <typename Word>
  void requireWord(const Statement& row, int column, const char* name, const char* words, Word& out)
  {
    if (!fromString(row.text(column), out)) {
      throw RecordError(std::string(name) + ": '" + std::string(row.text(column)) + "' is none of " + words);
    }
  }

  // Throws RecordError for what our constraints would not have let in.
  Policy policyOf(const Statement& row, const Host& host)
  {
    Policy policy;
    policy.id = row.integer(0);
    policy.name = host.wireName(row.text(1));
    policy.below = isWildcard(policy.name);
    if (policy.below) {
      policy.name = WireName(parent(policy.name));
    }
    if (!row.isNull(2)) {
      const auto* const known = std::find_if(s_filteredTypes.begin(), s_filteredTypes.end(), [&](const auto& type) { return type.name == row.text(2); });
      if (known == s_filteredTypes.end()) {
        throw RecordError("type: '" + std::string(row.text(2)) + "' does not leave the answers with a node");
      }
      policy.type = known->code;
    }
    requireWord(row, 3, "mode", "all, priority, weighted, sticky", policy.mode);
    if (!row.isNull(4)) {
      policy.maxAnswers = count(row, 4, "max_answers", s_mostCount);
    }
    policy.minHealthy = count(row, 5, "min_healthy", s_mostCount);
    requireWord(row, 6, "when_down", "serve-all, nodata, servfail, last", policy.whenDown);
    if (!row.isNull(7)) {
      policy.ttlMax = numberColumn(row, 7, "ttl_max", std::numeric_limits<int32_t>::max());
    }
    policy.trickle = static_cast<uint8_t>(numberColumn(row, 8, "trickle", s_mostTrickle));
    policy.ramp = numberColumn(row, 9, "ramp_s", s_mostRamp);
    return policy;
  }

  // Throws RecordError for what our triggers would not have let in.
  void requireRows(const Statement& rank)
  {
    if (rank.integer(4) == 0) {
      throw RecordError("policy " + std::string(rank.text(0)) + " does not exist");
    }
    if (rank.integer(5) == 0) {
      throw RecordError("node '" + std::string(rank.text(1)) + "' does not exist");
    }
  }

  // What policy_nodes says, by policy.
  std::map<int64_t, std::map<std::string, Policy::Rank, std::less<>>> readRanks(Database& database, Problems& problems)
  {
    std::map<int64_t, std::map<std::string, Policy::Rank, std::less<>>> ranks;
    Statement rows(database,
      "SELECT policy, node, priority, weight, policy IN (SELECT id FROM policies), node IN (SELECT name FROM nodes) FROM policy_nodes ORDER BY policy, node");
    while (rows.step()) {
      try {
        requireRows(rows);
        Policy::Rank rank;
        constexpr unsigned most = std::numeric_limits<uint16_t>::max();
        if (!rows.isNull(2)) {
          rank.priority = static_cast<uint16_t>(numberColumn(rows, 2, "priority", most));
        }
        if (!rows.isNull(3)) {
          rank.weight = static_cast<uint16_t>(count(rows, 3, "weight", most));
        }
        ranks[rows.integer(0)].emplace(rows.text(1), rank);
      }
      catch (const RecordError& error) {
        problems.add({"policy_nodes", std::string(rows.text(0)) + " " + std::string(rows.text(1)), error.what()});
      }
    }
    return ranks;
  }

  // Of rows with one name and type, which our index would not have let in, the first counts.
  void leaveOutRepeated(PolicyTable& table)
  {
    std::map<std::tuple<WireName, bool, uint16_t>, int64_t> firsts;
    std::erase_if(table.rows, [&](const auto& row) {
      const auto& [id, policy] = row;
      const auto [first, isNew] = firsts.try_emplace({policy.name, policy.below, policy.type}, id);
      if (!isNew) {
        table.problems.add({"policies", "id " + std::to_string(id), "name: policy " + std::to_string(first->second) + " has the same, and the same type"});
      }
      return !isNew;
    });
  }
}

PolicyTable loadPolicies(Database& database, const Host& host, const PolicyTable& previous)
{
  PolicyTable table;
  const auto ranks = readRanks(database, table.problems);
  Statement rows(database, "SELECT id, name, type, mode, max_answers, min_healthy, when_down, ttl_max, trickle, ramp_s FROM policies ORDER BY id");
  while (rows.step()) {
    const auto id = rows.integer(0);
    try {
      const auto place = table.rows.emplace(id, policyOf(rows, host)).first;
      if (const auto own = ranks.find(id); own != ranks.end()) {
        place->second.nodes = own->second;
      }
    }
    catch (const RecordError& error) {
      auto effect = RowProblem::Effect::LeftOut;
      if (const auto good = previous.rows.find(id); good != previous.rows.end()) {
        table.rows.insert(*good);
        effect = RowProblem::Effect::Kept;
      }
      table.problems.add({"policies", "id " + std::to_string(id), error.what(), effect});
    }
  }
  leaveOutRepeated(table);
  if (table.rows == previous.rows) {
    table.policies = previous.policies;
  }
  else {
    std::vector<Policy> all;
    for (const auto& [id, policy] : table.rows) {
      all.push_back(policy);
    }
    table.policies = std::make_shared<const Policies>(all);
  }
  return table;
}
}
