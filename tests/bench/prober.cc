// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors

// A prober with many nodes, driven through standard input by tests/bench/prober, which runs the nodes' server and takes
// the measurements of this process. Each line is a command and is answered by one line of JSON:
//
//   nodes N KIND PORT INTERVAL TIMEOUT RETRY   from now on N nodes 127.1.x.y, one check of KIND (http, tcp) each; times in ms
//   up LIMIT                                   waits until all are up, LIMIT seconds at most
//   down DEATH KIND LIMIT                      waits until all are down since DEATH (seconds of the epoch), which was
//                                              "refused" or "silent": when the verdicts came, and how long after they were due
//   runs                                       how many probes have ended
//   lateness                                   how long after they were due the probes began since the last such command: s,
//                                              the upper bounds of LatenessCounts' steps
//   changes                                    changes of state since the last such command or wait
//
// At the end of the input it stops.
#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <sstream>
#include <string>
#include <vector>
#include "probe/prober.hh"

using namespace failover;
using Wall = std::chrono::system_clock;
using Seconds = std::chrono::duration<double>;

namespace
{
// When each node came to the state it is in. Thread: any.
class Changes : public ProberListener
{
public:
  struct Change
  {
    bool isDown{false};
    Wall::time_point at{};
  };

  void begin(size_t nodes)
  {
    const std::lock_guard lock(d_mutex);
    d_changes.assign(nodes, {});
    d_down = d_seen = 0;
  }
  void nodeChanged(const NodeTransition& transition) noexcept override
  {
    const auto index = static_cast<size_t>(std::atoll(transition.node.c_str() + 1)); // "n17"
    const std::lock_guard lock(d_mutex);
    if (index >= d_changes.size() || transition.from == NodeState::Unknown) {
      return;
    }
    auto& change = d_changes[index];
    const bool isDown = transition.to == NodeState::Down;
    d_down += (isDown ? 1 : 0) - (change.isDown ? 1 : 0);
    ++d_seen;
    change = {isDown, Wall::now()};
    d_changed.notify_all();
  }
  void log(LogLevel level, const std::string& message) noexcept override
  {
    if (level == LogLevel::Error || (level == LogLevel::Warning && ++d_warnings <= s_mostWarnings)) {
      std::fprintf(stderr, "%s\n", message.c_str());
    }
  }
  // Whether so many are down before the time is up.
  bool await(size_t down, Seconds limit)
  {
    std::unique_lock lock(d_mutex);
    return d_changed.wait_for(lock, limit, [&] { return d_down == static_cast<long>(down); });
  }
  std::vector<Change> all()
  {
    const std::lock_guard lock(d_mutex);
    return d_changes;
  }
  size_t seen()
  {
    const std::lock_guard lock(d_mutex);
    return std::exchange(d_seen, 0);
  }

private:
  static constexpr size_t s_mostWarnings = 5;
  std::mutex d_mutex;
  std::condition_variable d_changed;
  std::vector<Change> d_changes; // by node; protected by d_mutex, as what follows
  long d_down{0};
  size_t d_seen{0};
  size_t d_warnings{0}; // the prober's thread only
};

std::string threeFigures(double p50, double p99, double max)
{
  std::array<char, 160> text{};
  std::snprintf(text.data(), text.size(), R"({"p50": %.6f, "p99": %.6f, "max": %.6f})", p50, p99, max);
  return text.data();
}

std::string percentiles(std::vector<double> seconds)
{
  if (seconds.empty()) {
    return "null";
  }
  std::sort(seconds.begin(), seconds.end());
  const auto at = [&](size_t percent) { return seconds[(seconds.size() - 1) * percent / 100]; };
  return threeFigures(at(50), at(99), at(100));
}

// The nodes die twice, and are to come back as soon as their checks say so.
ProberOptions withoutHolds()
{
  ProberOptions options;
  options.rules.hold.first = std::chrono::seconds(0);
  return options;
}

class Bench
{
public:
  Bench() { d_prober.start(); }
  std::string obey(const std::string& command, std::istringstream& words)
  {
    if (command == "nodes") {
      return nodes(words);
    }
    if (command == "up") {
      return up(words);
    }
    if (command == "down") {
      return down(words);
    }
    if (command == "runs") {
      return runs();
    }
    if (command == "lateness") {
      return lateness();
    }
    return R"({"changes": )" + std::to_string(d_changes.seen()) + "}";
  }

private:
  std::string nodes(std::istringstream& words)
  {
    size_t count = 0;
    std::string kind;
    int port = 0;
    CheckRow row;
    words >> count >> kind >> port >> row.intervalMs >> row.timeoutMs >> row.retryMs;
    Orders orders;
    auto& nodes = orders.nodes;
    nodes.resize(count);
    for (size_t i = 0; i < count; ++i) {
      const auto address = "127.1." + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1);
      row.id = static_cast<int64_t>(i + 1);
      row.url = kind + "://" + address + ":" + std::to_string(port) + (kind == "http" ? "/" : "");
      nodes[i].name = "n" + std::to_string(i);
      nodes[i].checks = {parseCheck(row)};
      nodes[i].health = std::make_shared<NodeHealth>(nodes[i].name);
    }
    d_check = count == 0 ? CheckSpec{} : nodes.front().checks.front();
    d_changes.begin(count);
    d_prober.setOrders(std::move(orders));
    const bool isDone = d_prober.settle(std::chrono::seconds(30));
    return std::string(R"({"taken": )") + (isDone ? "true}" : "false}");
  }

  std::string runs()
  {
    uint64_t runs = 0;
    for (const auto& node : d_prober.status()) {
      runs += node.checks.front().runs;
    }
    return R"({"runs": )" + std::to_string(runs) + "}";
  }

  std::string lateness()
  {
    LatenessSteps steps{};
    size_t count = 0;
    for (size_t step = 0; step < steps.size(); ++step) {
      steps[step] = d_prober.counters().lateness.at(step);
      count += steps[step] - d_steps[step];
    }
    const auto at = [&](size_t percent) {
      size_t left = count == 0 ? 0 : (count - 1) * percent / 100;
      size_t step = 0;
      for (; step + 1 < steps.size() && steps[step] - d_steps[step] <= left; ++step) {
        left -= steps[step] - d_steps[step];
      }
      return Seconds(LatenessCounts::bound(step)).count();
    };
    const auto text = count == 0 ? "null" : threeFigures(at(50), at(99), at(100));
    d_steps = steps;
    return text;
  }

  std::string up(std::istringstream& words)
  {
    double limit = 0;
    words >> limit;
    const auto began = Wall::now();
    size_t known = 0;
    std::vector<NodeStatus> status;
    do { // a node's first verdict is no change that a listener hears of
      d_changes.await(0, Seconds(limit));
      status = d_prober.status();
      known = std::count_if(status.begin(), status.end(), [](const auto& node) { return node.state == NodeState::Up; });
      d_changes.await(status.size() + 1, Seconds(0.1)); // a pause
    } while (known < status.size() && Wall::now() - began < Seconds(limit));
    d_changes.seen();
    return R"({"up": )" + std::to_string(known) + R"(, "took": )" + std::to_string(Seconds(Wall::now() - began).count()) + "}";
  }

  // A verdict is due when the last probe of `fall` ends that the calmest schedule allows: the next one a whole stretched
  // interval after the last that saw the node well, the others one retry after another.
  std::string down(std::istringstream& words)
  {
    double death = 0;
    std::string kind;
    double limit = 0;
    words >> death >> kind >> limit;
    d_changes.await(SIZE_MAX, Seconds(0.1)); // what was answered before the death may come in a moment later
    const auto before = d_prober.status();
    d_changes.await(before.size(), Seconds(limit));
    const auto changes = d_changes.all();
    const double decided = Seconds(d_check.retry).count() * (d_check.fall - 1) + (kind == "silent" ? Seconds(d_check.timeout).count() : 0.0);
    std::vector<double> after;
    std::vector<double> late;
    for (size_t i = 0; i < changes.size(); ++i) {
      const double at = Seconds(changes[i].at.time_since_epoch()).count();
      if (!changes[i].isDown || at < death) {
        continue;
      }
      const auto& check = before[i].checks.front();
      const double last = Seconds(check.lastAt.time_since_epoch()).count();
      const double next = check.passed ? last + s_stretch * Seconds(d_check.interval).count() : last; // it has failed since
      after.push_back(at - death);
      late.push_back(at - (next + decided));
    }
    d_changes.seen();
    return R"({"came": )" + std::to_string(after.size()) + R"(, "after": )" + percentiles(after) + R"(, "late": )" + percentiles(late) + "}";
  }

  using LatenessSteps = std::array<uint64_t, LatenessCounts::s_steps>;
  static constexpr double s_stretch = 1.1; // the jitter at its longest
  Changes d_changes;
  CheckSpec d_check; // they are all alike
  Prober d_prober{withoutHolds(), d_changes};
  LatenessSteps d_steps{}; // as they were at the last question
};
}

int main()
{
  Bench bench;
  std::string line;
  while (std::getline(std::cin, line)) {
    std::istringstream words(line);
    std::string command;
    words >> command;
    std::cout << bench.obey(command, words) << std::endl;
  }
}
