// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <chrono>
#include <functional>
#include "controlcommands.hh"
#include "backend/counted.hh"
#include "drainorder.hh"
#include "backend/runtime.hh"
#include "statusreport.hh"
#include "whatifreport.hh"

namespace failover::control
{
namespace
{
  constexpr const char* s_drainUsage = "error: usage: failover-drain NODE [at TIME] [for DURATION] [force] [REASON]\n";

  std::string goneFrom(const Found& found)
  {
    return "error: node '" + found.node.name + "' is no longer in the store\n";
  }

  // What `change` says, or that nothing changed, and why.
  std::string tried(const std::function<std::string()>& change)
  {
    try {
      return change();
    }
    catch (const std::exception& error) {
      return std::string("error: nothing changed: ") + error.what() + "\n";
    }
  }

  NodeStatus nowOf(const Found& found)
  {
    const auto nodes = found.runtime->nodes();
    const auto now = std::find_if(nodes.begin(), nodes.end(), [&](const NodeStatus& node) { return node.name == found.node.name; });
    return now != nodes.end() ? *now : found.node;
  }

  // "node east: up -> drained"
  std::string turned(const Found& found)
  {
    return "node " + found.node.name + ": " + std::string(toString(found.node.state)) + " -> " + std::string(toString(nowOf(found).state));
  }

  std::string setAdmin(const Found& found, AdminState admin, const std::string& reason)
  {
    return tried([&] {
      return found.runtime->setAdminState(found.node.name, admin, reason) ? turned(found) + "\n" : goneFrom(found);
    });
  }

  // What the plan of a node goes behind, if anything does.
  std::string wishBefore(const NodeStatus& node)
  {
    switch (node.admin) {
    case AdminState::Up:
    case AdminState::Down:
      return "node " + node.name + " is " + std::string(toString(node.state)) + ": it is drained once failover-release has ended that\n";
    case AdminState::Drain:
      return "node " + node.name + " stays drained until failover-resume\n";
    case AdminState::Auto:
      break;
    }
    return {};
  }

  // With the names that the drain would hit; empty when there are none.
  std::string refusalOf(const Found& found, const PlannedDrain& drain)
  {
    const auto contents = found.runtime->contents();
    const auto hit = hitBy(*contents.snapshot, contents.nodes->nodes, *contents.nodes->owners, found.node.name, drain, found.runtime->host(), toMilliseconds(std::chrono::system_clock::now()));
    if (hit.total() == 0) {
      return {};
    }
    std::string text = "error: refused, nothing changed: without node " + found.node.name + " too few would serve; to drain it nonetheless, say force, before the reason\n";
    for (const auto& rrset : hit.listed()) {
      text += "  " + wouldBeDown(rrset) + "\n";
    }
    return text + (hit.unlisted() > 0 ? "  and " + counted(hit.unlisted(), "more record set") + "\n" : "");
  }

  std::string planDrain(const Found& found, const PlannedDrain& drain)
  {
    return tried([&]() -> std::string {
      if (!found.runtime->planDrain(found.node.name, drain)) {
        return goneFrom(found);
      }
      const auto now = inSeconds(std::chrono::system_clock::now());
      const auto said = drain.starts > now ? "node " + found.node.name + ": " + drainText(drain, now) + " (from " + toText(drain.starts) + ")" : turned(found) + ": " + drainText(drain, now);
      return said + "\n" + wishBefore(found.node);
    });
  }

  std::string describe(const Found& found, const EndedDrains& ended)
  {
    const auto name = "node " + found.node.name;
    if (ended.calledOff > 0) {
      return name + ": " + counted(static_cast<size_t>(ended.calledOff), "planned drain") + " called off\n";
    }
    if (!ended.wish && ended.running == 0) {
      return wishBefore(found.node).empty() ? name + ": nothing to end, it is " + std::string(toString(found.node.state)) + " by its checks\n" : "error: node '" + found.node.name + "' is " + std::string(toString(found.node.state)) + "; use failover-release\n";
    }
    auto text = turned(found) + "\n";
    const auto now = inSeconds(std::chrono::system_clock::now());
    for (const auto& drain : nowOf(found).drains) {
      if (!isOver(drain, now)) {
        text += name + ": " + drainText(drain, now) + "; resume again to call it off\n";
      }
    }
    return text;
  }
}

std::string drain(Runtimes runtimes, const Words& words)
{
  if (words.size() < 2) {
    return s_drainUsage;
  }
  DrainOrder order;
  try {
    order = parseDrainOrder({words.begin() + 1, words.end()}, std::chrono::system_clock::now(), systemTimeZone());
  }
  catch (const MomentError& error) {
    return "error: " + std::string(error.what()) + "\n";
  }
  const auto found = findNode(runtimes, order.node);
  if (found.runtime == nullptr) {
    return found.error;
  }
  if (const auto refusal = order.force ? "" : refusalOf(found, order.drain); !refusal.empty()) {
    return refusal;
  }
  return order.isPlanned ? planDrain(found, order.drain) : setAdmin(found, AdminState::Drain, order.drain.reason);
}

std::string resume(Runtimes runtimes, const Words& words)
{
  if (words.size() != 2) {
    return "error: usage: failover-resume NODE\n";
  }
  const auto found = findNode(runtimes, words[1]);
  if (found.runtime == nullptr) {
    return found.error;
  }
  return tried([&] {
    const auto ended = found.runtime->endDrains(found.node.name);
    return ended ? describe(found, *ended) : goneFrom(found);
  });
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
  if (words.size() != 2) {
    return "error: usage: failover-release NODE\n";
  }
  const auto found = findNode(runtimes, words[1]);
  if (found.runtime == nullptr) {
    return found.error;
  }
  const auto state = std::string(toString(found.node.state));
  if (found.node.state == NodeState::Drained) {
    return "error: node '" + found.node.name + "' is drained; use failover-resume\n";
  }
  if (found.node.admin == AdminState::Auto) {
    return "node " + found.node.name + ": nothing to end, it is " + state + " by its checks\n";
  }
  return setAdmin(found, AdminState::Auto, "");
}
}
