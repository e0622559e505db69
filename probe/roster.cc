// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>
#include <unordered_map>
#include <utility>
#include "roster.hh"

namespace failover
{
namespace
{
  using TimePoint = std::chrono::steady_clock::time_point;

  // Takes the probe of that id out of `probes`; null when there is none.
  std::unique_ptr<Probe> take(std::vector<std::unique_ptr<Probe>>& probes, int64_t id) noexcept
  {
    for (auto& probe : probes) {
      if (probe && probe->tracker.spec().id == id) {
        return std::move(probe);
      }
    }
    return nullptr;
  }
}

std::optional<TimePoint> Probe::fallsAt() const noexcept
{
  const unsigned left = tracker.contraryLeft();
  if (tracker.verdict() != Verdict::Up || !tracker.pending()) {
    return std::nullopt;
  }
  const auto& spec = tracker.spec();
  if (left <= runs.size()) { // silent so far: the last of them was started last
    return started + spec.timeout;
  }
  return due + (left - runs.size() - 1) * spec.retry;
}

std::vector<const CheckTracker*> ProbedNode::checks() const
{
  std::vector<const CheckTracker*> all;
  all.reserve(probes.size() + shared.size());
  for (const auto& probe : probes) {
    all.push_back(&probe->tracker);
  }
  for (const auto* probe : shared) {
    all.push_back(&probe->tracker);
  }
  return all;
}

template <typename Predicate>
bool ProbedNode::anyDeciding(Predicate predicate) const noexcept
{
  const auto matches = [&](const Probe& probe) { return !probe.tracker.spec().warningOnly && predicate(probe); };
  return std::any_of(probes.begin(), probes.end(), [&](const auto& probe) { return matches(*probe); })
    || std::any_of(shared.begin(), shared.end(), [&](const auto* probe) { return matches(*probe); });
}

bool ProbedNode::isFailing() const noexcept
{
  return anyDeciding([](const Probe& probe) { return probe.troubleSince.has_value(); });
}

bool ProbedNode::isJudged() const noexcept
{
  return tracker.admin() == AdminState::Auto && anyDeciding([](const Probe&) { return true; });
}

std::optional<TimePoint> ProbedNode::fallsAt() const noexcept
{
  std::optional<TimePoint> first;
  const auto look = [&first](const Probe& probe) {
    const auto falls = probe.tracker.spec().warningOnly ? std::nullopt : probe.fallsAt();
    if (falls && (!first || *falls < *first)) {
      first = falls;
    }
  };
  for (const auto& probe : probes) {
    look(*probe);
  }
  for (const auto* probe : shared) {
    look(*probe);
  }
  return first;
}

std::unique_ptr<Probe> Roster::makeProbe(const CheckSpec& spec, const RememberedCheck& remembered, TimePoint now)
{
  auto probe = std::make_unique<Probe>(spec, remembered);
  probe->serial = ++d_serial;
  // Of a push check nobody is asked: its report comes, or is there already and comes again.
  probe->due = spec.kind == CheckKind::Push ? TimePoint::max() : now;
  return probe;
}

void Roster::replaceProbes(ProbedNode& node, const NodeSpec& spec, bool isNew, std::vector<std::unique_ptr<Probe>>& gone, TimePoint now)
{
  auto old = std::exchange(node.probes, {});
  for (const auto& check : spec.checks) {
    auto probe = take(old, check.id);
    if (!probe || probe->tracker.spec() != check) {
      // A node that has just come starts where it was left; a check that joins a known node has yet to speak.
      RememberedCheck remembered;
      if (probe) {
        remembered.verdict = probe->tracker.verdict();
      }
      else if (isNew) {
        const auto known = spec.rememberedChecks.find(check.id);
        remembered = known != spec.rememberedChecks.end() ? known->second : RememberedCheck{spec.remembered, 0, false, 0};
      }
      auto fresh = makeProbe(check, remembered, now);
      old.push_back(std::exchange(probe, std::move(fresh)));
    }
    probe->nodes = {&node};
    node.probes.push_back(std::move(probe));
  }
  std::copy_if(std::move_iterator(old.begin()), std::move_iterator(old.end()), std::back_inserter(gone), [](const auto& probe) { return probe != nullptr; });
}

void Roster::replaceReferences(const std::vector<CheckSpec>& specs, std::vector<std::unique_ptr<Probe>>& gone, TimePoint now)
{
  auto old = std::exchange(d_references, {});
  for (const auto& spec : specs) {
    auto probe = take(old, spec.id);
    if (!probe || probe->tracker.spec() != spec) {
      auto fresh = makeProbe(spec, {}, now);
      old.push_back(std::exchange(probe, std::move(fresh)));
    }
    d_references.push_back(std::move(probe));
  }
  std::copy_if(std::move_iterator(old.begin()), std::move_iterator(old.end()), std::back_inserter(gone), [](const auto& probe) { return probe != nullptr; });
}

// After all probes are there: a check may count for nodes that come before its own.
void Roster::share(const std::vector<NodeSpec>& specs)
{
  std::unordered_map<int64_t, Probe*> byId;
  for (const auto& node : d_nodes) {
    for (const auto& probe : node->probes) {
      byId.emplace(probe->tracker.spec().id, probe.get());
    }
  }
  for (size_t i = 0; i < specs.size(); ++i) {
    auto& node = *d_nodes[i];
    node.shared.clear();
    for (const auto id : specs[i].sharedChecks) {
      const auto found = byId.find(id);
      if (found != byId.end() && std::find(found->second->nodes.begin(), found->second->nodes.end(), &node) == found->second->nodes.end()) {
        found->second->nodes.push_back(&node);
        node.shared.push_back(found->second);
      }
    }
  }
}

// Of nodes that statistics cannot tell apart (a.b and a-b), what a peer says of one is said of none.
void Roster::nameStatistics()
{
  std::map<std::string, size_t> counts;
  for (const auto& node : d_nodes) {
    node->statistic = statisticPart(node->tracker.name());
    ++counts[node->statistic];
  }
  for (const auto& node : d_nodes) {
    if (counts.at(node->statistic) > 1) {
      node->statistic.clear();
    }
  }
}

std::vector<std::unique_ptr<Probe>> Roster::replace(const std::vector<NodeSpec>& specs, const std::vector<CheckSpec>& references, Moment now)
{
  auto old = std::exchange(d_nodes, {});
  std::unordered_map<std::string_view, std::unique_ptr<ProbedNode>*> byName;
  for (auto& node : old) {
    byName.emplace(node->tracker.name(), &node);
  }
  std::vector<std::unique_ptr<Probe>> gone;
  d_nodes.reserve(specs.size());
  for (const auto& spec : specs) {
    const auto found = byName.find(spec.name);
    const bool isNew = found == byName.end() || !*found->second;
    if (isNew) {
      d_nodes.push_back(std::make_unique<ProbedNode>(spec, d_rules, now));
    }
    else {
      d_nodes.push_back(std::move(*found->second));
      d_nodes.back()->tracker.adopt(spec);
    }
    replaceProbes(*d_nodes.back(), spec, isNew, gone, now.steady);
  }
  for (auto& node : old) {
    if (node) {
      std::move(node->probes.begin(), node->probes.end(), std::back_inserter(gone));
    }
  }
  share(specs);
  nameStatistics();
  replaceReferences(references, gone, now.steady);
  return gone;
}

std::vector<NodeStatus> Roster::status(Moment now) const
{
  std::vector<NodeStatus> all;
  all.reserve(d_nodes.size());
  for (const auto& node : d_nodes) {
    auto& status = all.emplace_back(node->tracker.status(now));
    for (const auto& probe : node->probes) {
      status.checks.push_back(probe->tracker.status());
    }
    for (const auto* probe : node->shared) {
      status.checks.push_back(probe->tracker.status());
      status.checks.back().isShared = true;
    }
  }
  return all;
}

std::string Roster::countStates() const
{
  std::map<NodeState, size_t> counts{{NodeState::Up, 0}, {NodeState::Down, 0}};
  for (const auto& node : d_nodes) {
    ++counts[node->tracker.state()];
  }
  const auto part = [](size_t count, NodeState state) { return std::to_string(count) + " " + std::string(toString(state)); };
  auto text = part(counts[NodeState::Up], NodeState::Up) + ", " + part(counts[NodeState::Down], NodeState::Down);
  for (const auto& [state, count] : counts) {
    if (state != NodeState::Up && state != NodeState::Down) {
      text += ", " + part(count, state);
    }
  }
  return text;
}
}
