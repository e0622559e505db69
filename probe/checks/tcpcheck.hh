// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstddef>
#include <string>
#include "transfer.hh"

// TcpCheck: passes when the port accepts a connection; where something is to be sent or expected, when all of it was sent
// and has come. Reads 64 KiB at most. Thread: as Run.

namespace failover
{
class TcpCheck : public Transfer, private Watcher
{
public:
  // Borrows spec. REQUIRES: spec.kind is Tcp. Throws as Transfer does.
  explicit TcpCheck(const CheckSpec& spec);
  ~TcpCheck() override;

  [[nodiscard]] CheckResult expire() override;

private:
  void transferred(CURLcode code) override;
  [[nodiscard]] CheckResult judge(CURLcode code) const override;
  void ready(int fd, uint32_t events) noexcept override;
  void converse();
  void sendMore();
  void readMore();
  void await();
  void finish(Outcome outcome, std::string text);
  [[nodiscard]] std::string missing() const; // what has not come, and how much has

  int d_fd{-1}; // the connection, once it stands; libcurl's
  size_t d_sent{0};
  std::string d_reply;
};
}
