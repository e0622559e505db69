// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "control.hh"
#include <algorithm>
#include <array>
#include <json/writer.h>
#include "runtime.hh"
#include "statusreport.hh"

namespace failover
{
namespace
{
  using Runtimes = std::span<Runtime* const>;
  using Words = std::vector<std::string>;

  constexpr const char* s_notServing = "error: no failover backend is running yet\n";

  struct Found
  {
    Runtime* runtime{nullptr};
    NodeStatus node;
    std::string error; // when runtime is null
  };

  // NODE or SUFFIX:NODE.
  Found findNode(Runtimes runtimes, const std::string& word)
  {
    const auto colon = word.find(':');
    const auto name = colon == std::string::npos ? word : word.substr(colon + 1);
    Found found;
    for (auto* runtime : runtimes) {
      if (colon != std::string::npos && runtime->suffix() != word.substr(0, colon)) {
        continue;
      }
      for (auto& node : runtime->nodes()) {
        if (node.name != name) {
          continue;
        }
        if (found.runtime != nullptr) {
          return {nullptr, {}, "error: several backends have a node '" + name + "'; say which, as in " + runtime->suffix() + ":" + name + "\n"};
        }
        found = {runtime, std::move(node), {}};
      }
    }
    if (found.runtime == nullptr) {
      found.error = "error: no node '" + word + "'; failover-status lists them\n";
    }
    return found;
  }

  std::string joined(const Words& words, size_t from)
  {
    std::string text;
    for (auto i = from; i < words.size(); ++i) {
      text += (text.empty() ? "" : " ") + words[i];
    }
    return text;
  }

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

  std::string status(Runtimes runtimes, const Words& words)
  {
    auto arguments = Words(words.begin() + 1, words.end());
    const bool json = !arguments.empty() && arguments.back() == "json";
    if (json) {
      arguments.pop_back();
    }
    if (arguments.size() > 1) {
      return "error: usage: failover-status [NODE] [json]\n";
    }
    if (runtimes.empty()) {
      return s_notServing;
    }
    Runtime* only = nullptr;
    Found found;
    if (!arguments.empty()) {
      found = findNode(runtimes, arguments.front());
      if (found.runtime == nullptr) {
        return found.error;
      }
      only = found.runtime;
    }
    const auto now = std::chrono::system_clock::now();
    std::string text;
    Json::Value all(Json::arrayValue);
    for (auto* runtime : runtimes) {
      if (only != nullptr && runtime != only) {
        continue;
      }
      const auto nodes = only != nullptr ? std::vector{found.node} : runtime->nodes();
      if (json) {
        auto entry = statusJson(nodes, runtime->store());
        entry["suffix"] = runtime->suffix();
        all.append(std::move(entry));
      }
      else {
        text += (runtimes.size() > 1 ? "[" + runtime->suffix() + "]\n" : "") + statusTable(nodes, runtime->store(), now);
      }
    }
    if (!json) {
      return text;
    }
    Json::StreamWriterBuilder writer;
    writer["indentation"] = "";
    return Json::writeString(writer, all.size() == 1 ? all[0] : all) + "\n";
  }

  std::string drain(Runtimes runtimes, const Words& words)
  {
    if (words.size() < 2) {
      return "error: usage: failover-drain NODE [REASON]\n";
    }
    const auto found = findNode(runtimes, words[1]);
    return found.runtime == nullptr ? found.error : setAdmin(found, AdminState::Drain, joined(words, 2));
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

  std::string reload(Runtimes runtimes, const Words& words)
  {
    if (words.size() != 1) {
      return "error: usage: failover-reload\n";
    }
    std::string text;
    for (auto* runtime : runtimes) {
      text += (runtimes.size() > 1 ? "[" + runtime->suffix() + "] " : "") + runtime->reload() + "\n";
    }
    return text.empty() ? s_notServing : text;
  }

  constexpr std::array s_commands{
    Command{"failover-status", "[NODE] [json]", "show every node and check, or one node", status},
    Command{"failover-drain", "NODE [REASON]", "take a node out of the answers by hand", drain},
    Command{"failover-resume", "NODE", "end a drain", resume},
    Command{"failover-force", "NODE up|down [REASON]", "override what the checks of a node say", force},
    Command{"failover-release", "NODE", "let the checks of a forced node decide again", release},
    Command{"failover-reload", "", "read the whole store now and say what changed", reload},
  };
}

std::span<const Command> commands() noexcept
{
  return s_commands;
}
}
