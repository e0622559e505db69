// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include "probe/checks/makerun.hh"
#include "probe/loop/runset.hh"

// One run of one check, to its end, on the caller's thread. Thread: any.

namespace failover::test
{
// What it takes to run checks.
struct Engine
{
  Poller poller;
  curl::Network network{poller};
  Reaper reaper;
  RunSet runs{poller, network};
};

// What this machine cannot begin is a local problem, as with the prober. Throws only std::bad_alloc.
inline CheckResult runCheck(const CheckSpec& spec, Engine& engine)
{
  using Clock = std::chrono::steady_clock;
  std::optional<CheckResult> result;
  const auto begin = Clock::now();
  try {
    engine.runs.start(makeRun(spec, {"", engine.reaper}), begin, begin + spec.timeout, [&result](const Run&, const CheckResult& said) { result = said; });
  }
  catch (const std::exception& e) {
    return {Outcome::LocalProblem, e.what(), {}};
  }
  while (!result && Clock::now() < begin + std::chrono::seconds(30)) {
    const auto limit = engine.runs.untilDelivery(Clock::now(), std::chrono::milliseconds(1000));
    engine.poller.wait(engine.network.untilTurn(Clock::now(), limit));
    engine.network.turn(Clock::now());
    engine.runs.deliver(Clock::now());
  }
  return result.value_or(CheckResult{Outcome::LocalProblem, "the test's deadline", {}});
}

inline CheckResult runCheck(const CheckSpec& spec)
{
  Engine engine;
  return runCheck(spec, engine);
}

// Throws CheckSpecError.
inline CheckSpec specFor(const std::string& url)
{
  CheckRow row;
  row.id = 1;
  row.url = url;
  return parseCheck(row);
}

// A port of 127.0.0.1 that is bound and not listened on, so that nobody else can take it and connecting is refused.
class ClosedPort
{
public:
  // noexcept; number() is 0 where it could not be had.
  ClosedPort() noexcept :
    d_fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
  {
    d_address.sin_family = AF_INET;
    d_address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(d_address);
    (void)::bind(d_fd, reinterpret_cast<sockaddr*>(&d_address), length);
    (void)::getsockname(d_fd, reinterpret_cast<sockaddr*>(&d_address), &length);
  }
  ~ClosedPort() { ::close(d_fd); }
  ClosedPort(const ClosedPort&) = delete;
  ClosedPort& operator=(const ClosedPort&) = delete;
  [[nodiscard]] uint16_t number() const noexcept { return ntohs(d_address.sin_port); }

private:
  const int d_fd;
  sockaddr_in d_address{};
};
}
