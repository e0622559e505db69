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
  all.reserve(probes.size());
  for (const auto& probe : probes) {
    all.push_back(&probe->tracker);
  }
  return all;
}

std::optional<TimePoint> ProbedNode::fallsAt() const noexcept
{
  std::optional<TimePoint> first;
  for (const auto& probe : probes) {
    const auto falls = probe->fallsAt();
    if (falls && (!first || *falls < *first)) {
      first = falls;
    }
  }
  return first;
}

std::unique_ptr<Probe> Roster::makeProbe(const CheckSpec& spec, Verdict initial, TimePoint now)
{
  auto probe = std::make_unique<Probe>(spec, initial);
  probe->serial = ++d_serial;
  probe->due = now;
  return probe;
}

void Roster::replaceProbes(ProbedNode& node, const NodeSpec& spec, bool isNew, std::vector<std::unique_ptr<Probe>>& gone, TimePoint now)
{
  auto old = std::exchange(node.probes, {});
  for (const auto& check : spec.checks) {
    auto probe = take(old, check.id);
    if (!probe || probe->tracker.spec() != check) {
      // A node that has just come starts where it was left; a check that joins a known node has yet to speak.
      const Verdict initial = probe ? probe->tracker.verdict() : (isNew ? spec.remembered : Verdict::Unknown);
      auto fresh = makeProbe(check, initial, now);
      old.push_back(std::exchange(probe, std::move(fresh)));
    }
    probe->node = &node;
    node.probes.push_back(std::move(probe));
  }
  std::copy_if(std::move_iterator(old.begin()), std::move_iterator(old.end()), std::back_inserter(gone), [](const auto& probe) { return probe != nullptr; });
}

std::vector<std::unique_ptr<Probe>> Roster::replace(const std::vector<NodeSpec>& specs, TimePoint now)
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
      d_nodes.push_back(std::make_unique<ProbedNode>(spec));
    }
    else {
      d_nodes.push_back(std::move(*found->second));
      d_nodes.back()->tracker.adopt(spec);
    }
    replaceProbes(*d_nodes.back(), spec, isNew, gone, now);
  }
  for (auto& node : old) {
    if (node) {
      std::move(node->probes.begin(), node->probes.end(), std::back_inserter(gone));
    }
  }
  return gone;
}

std::vector<NodeStatus> Roster::status() const
{
  std::vector<NodeStatus> all;
  all.reserve(d_nodes.size());
  for (const auto& node : d_nodes) {
    auto& status = all.emplace_back(node->tracker.status());
    for (const auto& probe : node->probes) {
      status.checks.push_back(probe->tracker.status());
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
