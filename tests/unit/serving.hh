// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <doctest/doctest.h>
#include <chrono>
#include <json/reader.h>
#include <memory>
#include <span>
#include <sstream>
#include <string>
#include <thread>
#include <vector>
#include "backend/control/control.hh"
#include "backend/runtime.hh"
#include "fakehost.hh"
#include "teststore.hh"

// A backend that runs without PowerDNS, and its commands.

namespace failover::test
{
// A running backend over a store of its own, whose nodes have no checks.
struct Serving
{
  explicit Serving(const std::string& suffix, std::initializer_list<const char*> nodes)
  {
    for (const auto* node : nodes) {
      store.addNode(node);
    }
    runtime = std::make_unique<Runtime>(suffix, store.settings(), std::make_unique<FakeHost>());
    runtime->start();
    awaitUp();
  }

  // The first states are there; false after the deadline.
  bool awaitUp() const
  {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (std::chrono::steady_clock::now() < deadline) {
      const auto nodes = runtime->nodes();
      if (!nodes.empty() && nodes.back().state != NodeState::Unknown) {
        return true;
      }
      std::this_thread::yield();
    }
    return false;
  }

  TestStore store;
  std::unique_ptr<Runtime> runtime;
};

inline std::string run(std::span<Runtime* const> runtimes, const std::string& line)
{
  std::vector<std::string> words;
  std::istringstream stream(line);
  for (std::string word; stream >> word;) {
    words.push_back(word);
  }
  for (const auto& command : commands()) {
    if (command.name == words.at(0)) {
      return command.run(runtimes, words);
    }
  }
  return "no such command";
}

inline std::string run(const Serving& serving, const std::string& line)
{
  Runtime* const runtimes[] = {serving.runtime.get()};
  return run(runtimes, line);
}

inline Json::Value parsed(const std::string& text)
{
  Json::Value value;
  std::istringstream(text) >> value;
  return value;
}
}
