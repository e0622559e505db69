// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <functional>
#include <memory>
#include "runcheck.hh"

// Turns of the loop, on the caller's thread. Thread: any.

namespace failover::test
{
// Turns it until `isOver`; whether that came about in time. Throws as RunSet::deliver does.
inline bool turnUntil(Engine& engine, const std::function<bool()>& isOver)
{
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + std::chrono::seconds(30);
  while (!isOver() && Clock::now() < deadline) {
    const auto limit = engine.runs.untilDelivery(Clock::now(), std::chrono::milliseconds(20));
    engine.poller.wait(engine.network.untilTurn(Clock::now(), limit));
    engine.network.turn(Clock::now());
    engine.runs.deliver(Clock::now());
  }
  return isOver();
}

// What a run comes to. Throws as Run::start does.
inline CheckResult runToEnd(std::unique_ptr<Run> run, std::chrono::milliseconds timeout, Engine& engine)
{
  std::optional<CheckResult> result;
  const auto now = std::chrono::steady_clock::now();
  engine.runs.start(std::move(run), now, now + timeout, [&result](const Run&, const CheckResult& said) { result = said; });
  (void)turnUntil(engine, [&result] { return result.has_value(); });
  return result.value_or(CheckResult{Outcome::LocalProblem, "the test's deadline", {}});
}
}
