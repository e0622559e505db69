// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstdint>
#include <span>
#include <vector>
#include "dnsmessage.hh"
#include "probe/checkspec.hh"
#include "probe/loop/poller.hh"
#include "run.hh"
#include "socket.hh"

// DnsCheck: one question to the node's name server, over UDP, and over TCP when the reply was cut where the check must look
// (RFC 7766). Thread: as Run.

namespace failover
{
class DnsCheck : public Run, private Watcher
{
public:
  // Borrows spec. REQUIRES: spec.kind is Dns. Throws std::runtime_error: no domain name, no randomness.
  explicit DnsCheck(const CheckSpec& spec);
  ~DnsCheck() override;

  void start(RunHost& host) override;
  [[nodiscard]] CheckResult expire() override;

private:
  void ready(int fd, uint32_t events) noexcept override;
  void readDatagram();
  void beginStream();
  void sendOnStream();
  void readStream();
  void judge(std::span<const uint8_t> reply);
  void fail(int error);
  void end(CheckResult result);

  const CheckSpec& d_spec;
  const sockaddr_storage d_to;
  const DnsQuestion d_question;
  RunHost* d_host{nullptr};
  Socket d_socket;
  unsigned d_strangers{0};       // replies to other questions
  std::vector<uint8_t> d_stream; // what is left to send, then what has come; both with their length in front
  bool d_overTcp{false};
  bool d_sending{false};
};
}
