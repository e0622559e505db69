// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstddef>
#include <string>
#include "peerstatistics.hh"
#include "probe/checks/transfer.hh"
#include "probe/orders.hh"

// PeerQuestion: one question to a peer's PowerDNS HTTP API, and what it said. Thread: as Run.

namespace failover
{
// What to ask of a peer, as a run wants it. Throws only std::bad_alloc.
[[nodiscard]] CheckSpec questionFor(const PeerSpec& peer);

class PeerQuestion : public Transfer
{
public:
  // spec: of questionFor(); borrowed, must outlive this. Throws as Transfer does.
  explicit PeerQuestion(const CheckSpec& spec);

  // REQUIRES: the run has ended and passed.
  [[nodiscard]] PeerReport& report() noexcept { return d_report; }

private:
  void transferred(CURLcode code) override;
  [[nodiscard]] CheckResult judge(CURLcode code) const override;
  static size_t takeBody(const char* bytes, size_t one, size_t size, void* self) noexcept;

  curl::Slist d_headers;
  std::string d_body;
  bool d_isTooLong{false};
  PeerReport d_report;
};
}
