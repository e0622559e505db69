// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <span>
#include <string>
#include <vector>
#include <json/value.h>
#include "probe/prober.hh"
#include "words.hh"

// What the pdns_control commands are made of, by topic, and what they share; the table of them is in control.cc.
// Thread: the host's control thread.

namespace failover
{
class Runtime;
}

namespace failover::control
{
using Runtimes = std::span<Runtime* const>;
using Words = std::vector<std::string>;

inline constexpr const char* s_notServing = "error: no failover backend is running yet\n";

struct Found
{
  Runtime* runtime{nullptr};
  NodeStatus node;
  std::string error; // when runtime is null
};
// NODE or SUFFIX:NODE.
Found findNode(Runtimes runtimes, const std::string& word);

// Whether the last of the words is "json", which is taken off.
bool takeJson(Words& words);
// On one line; one alone stands without its array.
std::string jsonText(const Json::Value& all);

// Each is a Command::run. controlstatus.cc:
std::string status(Runtimes runtimes, const Words& words);
std::string reload(Runtimes runtimes, const Words& words);

// controltop.cc:
std::string top(Runtimes runtimes, const Words& words);

// controlaudit.cc:
std::string audit(Runtimes runtimes, const Words& words);

// controlwhatif.cc:
std::string whatif(Runtimes runtimes, const Words& words);

// controlexplain.cc:
std::string explain(Runtimes runtimes, const Words& words);

// controlstates.cc:
std::string drain(Runtimes runtimes, const Words& words);
std::string resume(Runtimes runtimes, const Words& words);
std::string force(Runtimes runtimes, const Words& words);
std::string release(Runtimes runtimes, const Words& words);
}
