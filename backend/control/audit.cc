// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "audit.hh"
#include <algorithm>
#include <unordered_set>
#include "policyaudit.hh"
#include "rrsetaudit.hh"

namespace failover
{
namespace
{
  // Indexed by Finding.
  constexpr std::array<FindingKind, s_findingKinds> s_kinds{{
    {Severity::Error, "bad-row", "mend the row, or delete it"},
    {Severity::Error, "cname-loop", "let one of the names lead to an address"},
    {Severity::Error, "min-healthy-too-high", "lower min_healthy, or add records of other nodes"},
    {Severity::Warning, "node-without-check", "add a check (schema/add-check.sql): without one it is answered whether it lives or not"},
    {Severity::Warning, "node-without-target", "add its addresses and host name (schema/add-target.sql): no record can lead to it"},
    {Severity::Warning, "rrset-with-one-node", "add records of other nodes"},
    {Severity::Warning, "mx-with-one-node", "add an MX record of another node, or addresses of other nodes to the host"},
    {Severity::Warning, "one-node-left", "see why the others do not serve (failover-status)"},
    {Severity::Warning, "record-beside-nodes", "add its target to a node (schema/add-target.sql): it is always answered"},
    {Severity::Warning, "tier-too-small", "lower min_healthy, or give the tier more nodes: it is answered only while no tier has enough"},
    {Severity::Warning, "policy-node-without-record", "add records of the node, or delete the row of policy_nodes"},
    {Severity::Warning, "policy-without-record", "delete the policy, or correct its name or type"},
    {Severity::Warning, "policy-without-node", "add the records' targets to nodes (schema/add-target.sql), or delete the policy"},
    {Severity::Warning, "policy-shadowed", "delete the policy: others decide wherever it fits"},
    {Severity::Notice, "target-without-record", "add records, or delete the target"},
    {Severity::Notice, "rrset-beside-nodes", "add its targets to nodes (schema/add-target.sql): it is always answered, while other types of the name are not"},
    {Severity::Notice, "records-without-node", "add their targets to nodes (schema/add-target.sql) if they are to leave the answers"},
    {Severity::Notice, "ttl-too-long", "lower the TTL, or set ttl_max in a policy: caches keep a dead node for longer than it takes to notice"},
  }};

  void auditNodes(const std::vector<NodeSpec>& nodes, Audit& audit)
  {
    for (const auto& node : nodes) {
      if (node.checks.empty() && node.sharedChecks.empty()) {
        audit.add(Finding::NodeWithoutCheck, [&] { return Audit::Entry{"node " + node.name, "has no enabled check"}; });
      }
    }
  }

  // A host name that has records of its own is of use even if none leads to it: it tells what the name is.
  bool hasRecords(const Snapshot& snapshot, const Target& target)
  {
    if (target.front() != 'n') {
      return false;
    }
    const auto name = target.substr(1);
    const auto* zone = snapshot.zoneOf(name);
    return zone != nullptr && !zone->find(name).empty();
  }

  void auditTargets(const StoreContents& contents, const RRsetAudit& rrsets, Audit& audit)
  {
    const auto& nodes = *contents.nodes;
    std::unordered_set<std::string_view> withTarget;
    for (const auto& [row, target] : nodes.targets) {
      withTarget.insert(target.node);
    }
    for (const auto& node : nodes.nodes) {
      if (!withTarget.contains(node.name)) {
        audit.add(Finding::NodeWithoutTarget, [&] { return Audit::Entry{"node " + node.name, "has no target"}; });
      }
    }
    for (const auto& [row, target] : nodes.targets) {
      const auto owner = nodes.owners->find(target.target);
      if (owner != nodes.owners->end() && !rrsets.isLedTo(*owner->second) && !hasRecords(*contents.snapshot, target.target)) {
        audit.add(Finding::TargetWithoutRecord, [&, &target = target] { return Audit::Entry{"node " + target.node + ", target " + targetText(target.target), "no record leads there"}; });
      }
    }
  }

  void auditRows(const Problems& problems, Audit& audit)
  {
    for (const auto& problem : problems.listed()) {
      audit.add(Finding::BadRow, [&] { return Audit::Entry{problem.table + " " + problem.row, problem.reason}; });
    }
    for (size_t i = 0; i < problems.unlisted(); ++i) {
      audit.add(Finding::BadRow, [] { return Audit::Entry{"the store", "has further bad rows"}; });
    }
  }
}

const FindingKind& kindOf(Finding finding) noexcept
{
  return s_kinds[static_cast<size_t>(finding)];
}

std::string_view toString(Severity severity) noexcept
{
  constexpr std::array<std::string_view, 3> words{"error", "warning", "notice"};
  return words[static_cast<size_t>(severity)];
}

size_t Audit::count(Severity severity) const noexcept
{
  size_t number = 0;
  for (size_t i = 0; i < s_findingKinds; ++i) {
    number += s_kinds[i].severity == severity ? d_entries[i].total() : 0;
  }
  return number;
}

std::chrono::milliseconds failoverTime(const NodeSpec& node)
{
  std::vector<std::chrono::milliseconds> times;
  for (const auto& check : node.checks) {
    if (!check.warningOnly && check.kind != CheckKind::Push) {
      // It dies right after a check has passed; the next one comes an interval later, which varies by a tenth, and the
      // others beside it (schedule.hh).
      times.push_back(check.interval + check.interval / 10 + (check.fall - 1) * check.retry + check.timeout);
    }
  }
  const size_t needed = node.require.atLeast == Requirement::s_all ? times.size() : std::min<size_t>(node.require.atLeast, times.size());
  if (needed == 0) {
    return std::chrono::milliseconds::max();
  }
  std::sort(times.begin(), times.end());
  return times[times.size() - needed]; // the check whose fall leaves too few
}

Audit audit(const StoreContents& contents, const Problems& problems, const Host& host, int64_t now)
{
  Audit found;
  auditRows(problems, found);
  auditNodes(contents.nodes->nodes, found);
  RRsetAudit rrsets(contents, host, now, found);
  rrsets.run();
  auditTargets(contents, rrsets, found);
  PolicyAudit(contents, host, found).run();
  return found;
}
}
