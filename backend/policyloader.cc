// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "policyloader.hh"
#include <algorithm>
#include "filteredtypes.hh"

namespace failover
{
namespace
{
  // Throws RecordError for what our constraints would not have let in.
  Policy policyOf(const Statement& row, const Host& host)
  {
    Policy policy;
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
    if (!fromString(row.text(3), policy.whenDown)) {
      throw RecordError("when_down: '" + std::string(row.text(3)) + "' is none of serve-all, nodata");
    }
    return policy;
  }
}

PolicyTable loadPolicies(Database& database, const Host& host, const PolicyTable& previous)
{
  PolicyTable table;
  Statement rows(database, "SELECT id, name, type, when_down FROM policies ORDER BY id");
  while (rows.step()) {
    const auto id = rows.integer(0);
    try {
      table.rows.emplace(id, policyOf(rows, host));
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
