// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include "echomessage.hh"
#include "probe/checkspec.hh"
#include "probe/loop/poller.hh"
#include "run.hh"
#include "socket.hh"

// PingCheck: passes when the node returns an echo request. Thread: as Run.

namespace failover
{
class PingCheck : public Run, private Watcher
{
public:
  // Borrows spec. REQUIRES: spec.kind is Ping. Throws std::system_error: no randomness.
  explicit PingCheck(const CheckSpec& spec);
  ~PingCheck() override;

  void start(RunHost& host) override;
  [[nodiscard]] CheckResult expire() override;

private:
  void ready(int fd, uint32_t events) noexcept override;
  void openSocket();
  void end(CheckResult result);

  const CheckSpec& d_spec;
  const sockaddr_storage d_to;
  const EchoMessage d_echo;
  RunHost* d_host{nullptr};
  Socket d_socket;
  bool d_isRaw{false};
};
}
