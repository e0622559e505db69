// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "control.hh"
#include <array>
#include <json/writer.h>
#include "controlcommands.hh"
#include "backend/runtime.hh"

namespace failover
{
namespace control
{
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

  bool takeJson(Words& words)
  {
    const bool json = !words.empty() && words.back() == "json";
    if (json) {
      words.pop_back();
    }
    return json;
  }

  void Reports::addText(const Runtime& runtime, const std::string& text)
  {
    d_text += (d_isOne ? "" : "[" + runtime.suffix() + "]\n") + text;
  }

  void Reports::addJson(const Runtime& runtime, Json::Value report)
  {
    report["suffix"] = runtime.suffix();
    d_all.append(std::move(report));
  }

  std::string Reports::text() const
  {
    if (!d_json) {
      return d_text;
    }
    Json::StreamWriterBuilder writer;
    writer["indentation"] = "";
    return Json::writeString(writer, d_all.size() == 1 ? d_all[0] : d_all) + "\n";
  }
}

namespace
{
  constexpr std::array s_commands{
    Command{"failover-status", "[NODE] [json]", "show every node and check, or one node", control::status},
    Command{"failover-top", "[N] [json]", "show which names' answers led to which node, the N most frequent", control::top},
    Command{"failover-drain", "NODE [at TIME] [for DURATION] [force] [REASON]", "take a node out of the answers, now or at a time", control::drain},
    Command{"failover-resume", "NODE", "end a drain, or call off what is planned", control::resume},
    Command{"failover-force", "NODE up|down [REASON]", "override what the checks of a node say", control::force},
    Command{"failover-release", "NODE", "let the checks of a forced node decide again", control::release},
    Command{"failover-report", "CHECK up|down [for SECONDS]", "say how a push check went, and when it is next heard of at the latest", control::report},
    Command{"failover-explain", "NAME [TYPE] [CLIENT-ADDRESS] [json]", "show how a question is answered now, and why", control::explain},
    Command{"failover-whatif", "NODE[,NODE...] [json]", "show what would happen if these nodes died", control::whatif},
    Command{"failover-audit", "[json]", "show what keeps failover from working", control::audit},
    Command{"failover-reload", "", "read the whole store now and say what changed", control::reload},
  };
}

std::span<const Command> commands() noexcept
{
  return s_commands;
}
}
