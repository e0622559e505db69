// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <charconv>
#include <optional>
#include "controlcommands.hh"
#include "backend/runtime.hh"
#include "moments.hh"

namespace failover::control
{
namespace
{
  constexpr const char* s_usage = "error: usage: failover-report CHECK up|down [for SECONDS]\n";

  // "90", or as failover-drain has it: "90s", "1h30m". Throws MomentError.
  std::chrono::seconds validityOf(const std::string& text)
  {
    const bool isNumber = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
    return parseDuration(isNumber ? text + "s" : text);
  }

  // The one backend that has such a push check; null, and why, when there is not exactly one. CHECK or SUFFIX:CHECK.
  Runtime* findRuntime(Runtimes runtimes, const std::string& word, std::string& check, std::string& error)
  {
    const auto colon = word.find(':');
    check = colon == std::string::npos ? word : word.substr(colon + 1);
    Runtime* found = nullptr;
    for (auto* runtime : runtimes) {
      if ((colon != std::string::npos && runtime->suffix() != word.substr(0, colon)) || !runtime->hasPushCheck(check)) {
        continue;
      }
      if (found != nullptr) {
        error = "error: several backends have a push check '" + check + "'; say which, as in " + runtime->suffix() + ":" + check + "\n";
        return nullptr;
      }
      found = runtime;
    }
    if (found == nullptr) {
      error = "error: no push check '" + word + "': no url push://" + check + " in the table checks, nor a push check with this id\n";
    }
    return found;
  }
}

std::string report(Runtimes runtimes, const Words& words)
{
  const bool hasValidity = words.size() == 5 && words[3] == "for";
  if ((words.size() != 3 && !hasValidity) || (words[2] != "up" && words[2] != "down")) {
    return s_usage;
  }
  try {
    const auto validFor = hasValidity ? std::optional(validityOf(words[4])) : std::nullopt;
    std::string check;
    std::string error;
    auto* const runtime = findRuntime(runtimes, words[1], check, error);
    if (runtime == nullptr) {
      return error;
    }
    if (!runtime->report(check, words[2] == "up", validFor)) {
      return "error: push check '" + check + "' is no longer in the store\n";
    }
    return "check " + check + ": " + words[2] + (validFor ? ", for " + spelled(*validFor) : std::string()) + "\n";
  }
  catch (const MomentError& error) {
    return "error: " + std::string(error.what()) + "\n";
  }
  catch (const std::exception& error) {
    return std::string("error: nothing changed: ") + error.what() + "\n";
  }
}
}
