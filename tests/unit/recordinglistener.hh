// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>
#include "probe/prober.hh"

// What a prober reported, for tests to wait for.

namespace failover::test
{
constexpr auto s_deadline = std::chrono::seconds(20); // generous: only a failing test waits that long

// Keeps every transition and log line as text. Thread: any.
class RecordingListener : public ProberListener
{
public:
  void nodeChanged(const NodeTransition& transition) noexcept override
  {
    add(transition.node + ": " + std::string(toString(transition.from)) + " -> " + std::string(toString(transition.to)) + " " + transition.reason);
  }
  void log(LogLevel /* level */, const std::string& message) noexcept override { add(message); }

  // Waits until a line begins with `text`; that line, or an empty one after the deadline.
  std::string await(const std::string& text)
  {
    std::unique_lock lock(d_mutex);
    std::string found;
    d_added.wait_for(lock, s_deadline, [&] {
      for (const auto& line : d_lines) {
        found = line.rfind(text, 0) == 0 ? line : found;
      }
      return !found.empty();
    });
    return found;
  }
  // How many lines have `text` in them.
  size_t count(const std::string& text)
  {
    const std::lock_guard lock(d_mutex);
    return static_cast<size_t>(std::count_if(d_lines.begin(), d_lines.end(), [&](const auto& line) { return line.find(text) != std::string::npos; }));
  }

private:
  void add(std::string line) noexcept
  {
    const std::lock_guard lock(d_mutex);
    d_lines.push_back(std::move(line));
    d_added.notify_all();
  }

  std::mutex d_mutex;
  std::condition_variable d_added;
  std::vector<std::string> d_lines; // protected by d_mutex
};
}
