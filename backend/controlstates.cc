// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include "controlcommands.hh"
#include "runtime.hh"

namespace failover::control
{
namespace
{
  std::string setAdmin(const Found& found, AdminState admin, const std::string& reason)
  {
    try {
      if (!found.runtime->setAdminState(found.node.name, admin, reason)) {
        return "error: node '" + found.node.name + "' is no longer in the store\n";
      }
    }
    catch (const std::exception& error) {
      return std::string("error: nothing changed: ") + error.what() + "\n";
    }
    const auto nodes = found.runtime->nodes();
    const auto now = std::find_if(nodes.begin(), nodes.end(), [&](const NodeStatus& node) { return node.name == found.node.name; });
    return "node " + found.node.name + ": " + std::string(toString(found.node.state)) + " -> " + std::string(toString(now != nodes.end() ? now->state : found.node.state)) + "\n";
  }

  // Ends what the operator wanted of a node: a drain, or a forced state.
  std::string endWish(Runtimes runtimes, const Words& words, bool drain)
  {
    if (words.size() != 2) {
      return std::string("error: usage: ") + (drain ? "failover-resume" : "failover-release") + " NODE\n";
    }
    const auto found = findNode(runtimes, words[1]);
    if (found.runtime == nullptr) {
      return found.error;
    }
    const auto state = found.node.state;
    const bool forced = state == NodeState::ForcedUp || state == NodeState::ForcedDown;
    if (drain ? forced : state == NodeState::Drained) {
      return "error: node '" + words[1] + "' is " + std::string(toString(state)) + "; use " + (drain ? "failover-release" : "failover-resume") + "\n";
    }
    if (!forced && state != NodeState::Drained) {
      return "node " + found.node.name + ": nothing to end, it is " + std::string(toString(state)) + " by its checks\n";
    }
    return setAdmin(found, AdminState::Auto, "");
  }
}

std::string drain(Runtimes runtimes, const Words& words)
{
  if (words.size() < 2) {
    return "error: usage: failover-drain NODE [REASON]\n";
  }
  const auto found = findNode(runtimes, words[1]);
  return found.runtime == nullptr ? found.error : setAdmin(found, AdminState::Drain, joined(words, 2));
}

std::string resume(Runtimes runtimes, const Words& words)
{
  return endWish(runtimes, words, true);
}

std::string force(Runtimes runtimes, const Words& words)
{
  if (words.size() < 3 || (words[2] != "up" && words[2] != "down")) {
    return "error: usage: failover-force NODE up|down [REASON]\n";
  }
  const auto found = findNode(runtimes, words[1]);
  return found.runtime == nullptr ? found.error : setAdmin(found, words[2] == "up" ? AdminState::Up : AdminState::Down, joined(words, 3));
}

std::string release(Runtimes runtimes, const Words& words)
{
  return endWish(runtimes, words, false);
}
}
