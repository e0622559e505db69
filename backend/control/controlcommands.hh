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

// What a command says of several backends: as text, each under its suffix where there are more; or as JSON on one line, an
// array of objects with their suffix, of which one alone stands without its array.
class Reports
{
public:
  Reports(Runtimes runtimes, bool json) noexcept :
    d_isOne(runtimes.size() == 1), d_json(json) { }

  // asText(), asJson(): what is said of this one. That which is wanted is called.
  template <typename AsText, typename AsJson>
  void add(const Runtime& runtime, AsText asText, AsJson asJson)
  {
    d_json ? addJson(runtime, asJson()) : addText(runtime, asText());
    d_isEmpty = false;
  }
  [[nodiscard]] bool empty() const noexcept { return d_isEmpty; }
  [[nodiscard]] std::string text() const;

private:
  void addText(const Runtime& runtime, const std::string& text);
  void addJson(const Runtime& runtime, Json::Value report);

  bool d_isOne;
  bool d_json;
  bool d_isEmpty{true};
  std::string d_text;
  Json::Value d_all{Json::arrayValue};
};

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

// controlreport.cc:
std::string report(Runtimes runtimes, const Words& words);

// controlstates.cc:
std::string drain(Runtimes runtimes, const Words& words);
std::string resume(Runtimes runtimes, const Words& words);
std::string force(Runtimes runtimes, const Words& words);
std::string release(Runtimes runtimes, const Words& words);
}
