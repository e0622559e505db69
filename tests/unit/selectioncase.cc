// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "selectioncase.hh"
#include <string>
#include "backend/fixedhash.hh"

namespace failover::test
{
namespace
{
  constexpr NodeState s_states[] = {NodeState::Unknown, NodeState::Up, NodeState::Down, NodeState::Drained, NodeState::ForcedUp, NodeState::ForcedDown};

  Policy anyPolicy(std::mt19937_64& random)
  {
    Policy policy;
    policy.mode = static_cast<Mode>(random() % 4);
    policy.whenDown = static_cast<WhenDown>(random() % 4);
    policy.minHealthy = 1 + static_cast<uint32_t>(random() % 2 * (random() % 4));
    if (random() % 2 == 0) {
      policy.maxAnswers = 1 + static_cast<uint32_t>(random() % 5);
    }
    if (random() % 3 == 0) {
      policy.ttlMax = static_cast<uint32_t>(random() % 400);
    }
    policy.trickle = policy.mode == Mode::Priority && random() % 2 == 0 ? 50 : 0; // more than the table allows: both ways come up
    policy.ramp = random() % 2 == 0 ? 10 : 0;
    return policy;
  }
}

SelectionCase::SelectionCase(std::mt19937_64& random)
{
  for (size_t i = 0; i < 5; ++i) {
    nodes.push_back(std::make_shared<NodeHealth>("n" + std::to_string(i)));
    // In some cases few serve.
    const auto state = s_states[random() % std::size(s_states)];
    nodes.back()->remember(random() % 3 == 0 && isServing(state) ? NodeState::Down : state, static_cast<int64_t>(random() % 4));
  }
  for (size_t i = 0; i < 7; ++i) {
    std::vector<std::shared_ptr<NodeHealth>> members{nodes[i % nodes.size()]};
    if (i >= nodes.size()) {
      members.push_back(nodes[random() % 2 + 1]);
    }
    own(members);
  }
  const bool manyOfNone = random() % 4 == 0;
  for (auto left = random() % 13; left > 0; --left) {
    const bool isNodes = random() % 8 != 0 && !manyOfNone;
    const auto weight = random() % 4 == 0 ? 65535 : 1 + random() % 200;
    add(isNodes ? owners[random() % owners.size()].get() : nullptr,
      {.node = random(), .record = random(), .weight = static_cast<uint32_t>(weight), .tier = static_cast<uint16_t>(random() % 3)}, 60);
  }
  if (random() % 5 != 0) {
    policy = std::make_shared<Policy>(anyPolicy(random));
  }
  plan.single = random() % 4 == 0;
}

NodeHealth& SelectionCase::add(uint32_t weight, uint16_t tier, uint32_t ttl)
{
  const auto name = "n" + std::to_string(nodes.size());
  nodes.push_back(std::make_shared<NodeHealth>(name));
  nodes.back()->remember(NodeState::Up, 0);
  add(own({nodes.back()}), {.node = fixedHash(name), .record = fixedHash(name + " record"), .weight = weight, .tier = tier}, ttl);
  return *nodes.back();
}

void SelectionCase::add(const Owner* owner, const Candidate& candidate, uint32_t ttl)
{
  records.push_back({nullptr, owner, ttl, true});
  plan.candidates.push_back(candidate);
}

const Owner* SelectionCase::own(const std::vector<std::shared_ptr<NodeHealth>>& members)
{
  std::vector<Member> all;
  for (const auto& member : members) {
    all.push_back({.health = member});
  }
  owners.push_back(std::make_unique<Owner>(std::move(all)));
  return owners.back().get();
}

RRset SelectionCase::rrset()
{
  plan.policy = policy.get();
  return {.type = 1, .plan = &plan, .records = records};
}
}
