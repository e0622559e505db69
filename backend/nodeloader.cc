// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "nodeloader.hh"
#include <algorithm>
#include <charconv>
#include <limits>
#include "checkcolumns.hh"
#include "columns.hh"
#include "drainloader.hh"
#include "laststates.hh"

namespace failover
{
namespace
{
  using std::chrono::system_clock;

  std::vector<PlannedDrain> notOver(std::vector<PlannedDrain> drains, system_clock::time_point now)
  {
    std::erase_if(drains, [now](const PlannedDrain& drain) { return isOver(drain, inSeconds(now)); });
    return drains;
  }

  class Loader
  {
  public:
    Loader(Database& database, const Host& host, const NodeTable* previous) :
      d_database(database), d_host(host), d_previous(previous) { }

    NodeTable load(system_clock::time_point now, std::chrono::seconds maxAge)
    {
      readNodes(now, maxAge);
      readChecks(now, maxAge);
      readCheckNodes();
      readTargets();
      setOwners();
      return std::move(d_table);
    }

  private:
    struct Rank // nodes.priority and nodes.weight
    {
      uint16_t priority{Member().priority};
      uint16_t weight{Member().weight};
    };

    template <typename Nodes>
    static auto findNode(Nodes& nodes, std::string_view name)
    {
      const auto found = std::lower_bound(nodes.begin(), nodes.end(), name, [](const NodeSpec& node, std::string_view wanted) { return node.name.compare(wanted) < 0; });
      return found != nodes.end() && found->name == name ? &*found : nullptr;
    }

    // As the previous table had it; null when it did not.
    const NodeSpec* previousNode(std::string_view name) const { return d_previous != nullptr ? findNode(d_previous->nodes, name) : nullptr; }

    void readNodes(system_clock::time_point now, std::chrono::seconds maxAge)
    {
      const auto states = loadStates(d_database);
      auto drains = loadDrains(d_database, d_table.problems);
      Statement rows(d_database, "SELECT name, admin_state, priority, weight, require FROM nodes ORDER BY name");
      while (rows.step()) {
        NodeSpec node;
        node.name = rows.text(0);
        if (!fromString(rows.text(1), node.admin)) { // only without our constraints
          problem("nodes", node.name, "admin_state: '" + std::string(rows.text(1)) + "' is none of auto, up, down, drain; taken for auto", RowProblem::Effect::Served);
        }
        node.require = requirementOf(rows);
        d_ranks.emplace(node.name, rankOf(rows));
        if (auto planned = drains.extract(node.name)) {
          node.drains = std::move(planned.mapped());
        }
        const auto known = states.find(node.name);
        recall(node, known != states.end() ? &known->second : nullptr, now, maxAge);
        if (const auto* before = previousNode(node.name)) {
          node.health = before->health;
        }
        else {
          node.health = std::make_shared<NodeHealth>(node.name);
          publishAtStart(node, now); // answers may be chosen before the first probe
        }
        d_table.nodes.push_back(std::move(node));
      }
      for (const auto& [node, planned] : drains) { // only without our triggers
        for (const auto& drain : planned) {
          problem("drains", "id " + std::to_string(drain.id), "node '" + node + "' does not exist");
        }
      }
    }

    Requirement requirementOf(const Statement& row)
    {
      constexpr unsigned most = 100;
      const auto text = row.text(4);
      Requirement require;
      if (text == "any") {
        require.atLeast = 1;
      }
      else if (text != "all") {
        const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), require.atLeast);
        if (error != std::errc{} || stop != text.data() + text.size() || require.atLeast == 0 || require.atLeast > most) { // only without our constraints
          problem("nodes", std::string(row.text(0)), "require: '" + std::string(text) + "' is none of all, any, 1 to " + std::to_string(most) + "; taken for all", RowProblem::Effect::Served);
          return {};
        }
      }
      return require;
    }

    Rank rankOf(const Statement& row)
    {
      Rank rank;
      try {
        constexpr unsigned most = std::numeric_limits<uint16_t>::max();
        rank.priority = static_cast<uint16_t>(numberColumn(row, 2, "priority", most));
        rank.weight = std::max<uint16_t>(1, static_cast<uint16_t>(numberColumn(row, 3, "weight", most)));
      }
      catch (const RecordError& error) { // only without our constraints
        problem("nodes", std::string(row.text(0)), error.what() + std::string("; taken for the default"), RowProblem::Effect::Served);
      }
      return rank;
    }

    void readChecks(system_clock::time_point now, std::chrono::seconds maxAge)
    {
      const auto states = loadCheckStates(d_database);
      Statement rows(d_database, ("SELECT " + std::string(s_checkColumns) + ", node, role, inverted FROM checks WHERE enabled=1 ORDER BY id").c_str());
      while (rows.step()) {
        const auto id = rows.integer(0);
        auto* node = findNode(d_table.nodes, rows.text(s_checkColumnCount));
        if (node == nullptr) { // only without our triggers
          problem("checks", "id " + std::to_string(id), "node '" + std::string(rows.text(s_checkColumnCount)) + "' does not exist");
          continue;
        }
        try {
          node->checks.push_back(checkOf(rows));
        }
        catch (const CheckSpecError& error) {
          problem("checks", "id " + std::to_string(id), error.what(), keepCheck(id, *node));
        }
      }
      for (auto& node : d_table.nodes) {
        recallChecks(node, states, now, maxAge);
      }
    }

    static CheckSpec checkOf(const Statement& row)
    {
      auto check = checkRowOf(row);
      check.role = row.text(s_checkColumnCount + 1);
      check.inverted = row.integer(s_checkColumnCount + 2) != 0;
      return parseCheck(check);
    }

    // REQUIRES: readChecks().
    void readCheckNodes()
    {
      std::map<int64_t, const std::string*> owners;
      for (const auto& node : d_table.nodes) {
        for (const auto& check : node.checks) {
          owners.emplace(check.id, &node.name);
        }
      }
      Statement rows(d_database, "SELECT check_id, check_nodes.node, id FROM check_nodes LEFT JOIN checks ON id=check_id ORDER BY check_id, check_nodes.node");
      while (rows.step()) {
        const auto id = rows.integer(0);
        auto* node = findNode(d_table.nodes, rows.text(1));
        if (node == nullptr || rows.isNull(2)) { // only without our triggers
          problem("check_nodes", std::to_string(id) + " " + std::string(rows.text(1)), node == nullptr ? "node '" + std::string(rows.text(1)) + "' does not exist" : "check " + std::to_string(id) + " does not exist");
          continue;
        }
        // One that is not here is disabled, or a problem of its own; its node's own counts already.
        if (const auto owner = owners.find(id); owner != owners.end() && *owner->second != node->name) {
          node->sharedChecks.push_back(id);
        }
      }
    }

    void readTargets()
    {
      Statement rows(d_database, "SELECT rowid, node, target FROM node_targets ORDER BY rowid");
      while (rows.step()) {
        const auto id = rows.integer(0);
        const std::string node(rows.text(1));
        const std::string text(rows.text(2));
        if (findNode(d_table.nodes, node) == nullptr) { // only without our triggers
          problem("node_targets", node + " " + text, "node '" + node + "' does not exist");
          continue;
        }
        try {
          const auto address = addressTarget(text);
          d_table.targets.emplace(id, ranked({node, address ? *address : hostTarget(d_host.wireName(text))}));
        }
        catch (const RecordError& error) {
          problem("node_targets", node + " " + text, error.what(), keepTarget(id, node));
        }
      }
    }

    [[nodiscard]] NodeTable::NodeTarget ranked(NodeTable::NodeTarget target) const
    {
      const auto& rank = d_ranks.at(target.node);
      target.priority = rank.priority;
      target.weight = rank.weight;
      return target;
    }

    // The last good version of a row, if it was this node's then: an id may have been used again.
    RowProblem::Effect keepCheck(int64_t id, NodeSpec& node) const
    {
      if (const auto* before = previousNode(node.name)) {
        const auto good = std::find_if(before->checks.begin(), before->checks.end(), [id](const CheckSpec& check) { return check.id == id; });
        if (good != before->checks.end()) {
          node.checks.push_back(*good);
          return RowProblem::Effect::Kept;
        }
      }
      return RowProblem::Effect::LeftOut;
    }

    RowProblem::Effect keepTarget(int64_t id, const std::string& node)
    {
      if (d_previous != nullptr) {
        if (const auto good = d_previous->targets.find(id); good != d_previous->targets.end() && good->second.node == node) {
          d_table.targets.emplace(id, ranked(good->second));
          return RowProblem::Effect::Kept;
        }
      }
      return RowProblem::Effect::LeftOut;
    }

    void problem(const char* table, std::string row, std::string reason, RowProblem::Effect effect = RowProblem::Effect::LeftOut)
    {
      d_table.problems.add({table, std::move(row), std::move(reason), effect});
    }

    void setOwners()
    {
      if (d_previous != nullptr && d_previous->targets == d_table.targets) {
        d_table.owners = d_previous->owners;
        return;
      }
      std::map<Target, std::vector<Member>> membersOf;
      for (const auto& [id, row] : d_table.targets) {
        if (const auto* node = findNode(d_table.nodes, row.node)) {
          auto& members = membersOf[row.target];
          if (std::none_of(members.begin(), members.end(), [&](const Member& member) { return member.health == node->health; })) { // two spellings of one address
            members.push_back({node->health, row.priority, row.weight});
          }
        }
      }
      auto owners = std::make_shared<OwnerMap>();
      for (auto& [target, members] : membersOf) {
        owners->emplace(target, std::make_shared<const Owner>(std::move(members)));
      }
      d_table.owners = std::move(owners);
    }

    Database& d_database;
    const Host& d_host;
    const NodeTable* d_previous;
    NodeTable d_table;
    std::map<std::string, Rank, std::less<>> d_ranks; // by node
  };
}

bool sameNodes(const NodeTable& left, const NodeTable& right, system_clock::time_point now)
{
  return left.targets == right.targets
    && std::equal(left.nodes.begin(), left.nodes.end(), right.nodes.begin(), right.nodes.end(), [now](const NodeSpec& one, const NodeSpec& other) {
         return one.name == other.name && one.admin == other.admin && one.adminReason == other.adminReason && one.checks == other.checks
           && one.sharedChecks == other.sharedChecks && one.require == other.require && notOver(one.drains, now) == notOver(other.drains, now);
       });
}

NodeTable loadNodes(Database& database, const Host& host, const NodeTable* previous,
  system_clock::time_point now, std::chrono::seconds maxAge)
{
  return Loader(database, host, previous).load(now, maxAge);
}
}
