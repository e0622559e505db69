// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>
#include "checkresult.hh"
#include "probe/checkspec.hh"

// DnsQuestion: a query as it goes over the wire, and what a reply to it says (RFC 1035). Pure. Thread: any.

namespace failover
{
class DnsQuestion
{
public:
  // Borrows spec. REQUIRES: spec.kind is Dns. Throws std::runtime_error when queryName is no domain name.
  DnsQuestion(const CheckSpec& spec, uint16_t id);

  // Recursion is not asked for: a node answers of itself. No EDNS: any server understands this.
  [[nodiscard]] const std::vector<uint8_t>& message() const noexcept { return d_message; }

  // Whether these bytes, whoever sent them, reply to this very question.
  [[nodiscard]] bool isAnsweredBy(std::span<const uint8_t> reply) const noexcept;
  // Whether the reply lacks what the check must see, so that it has to be asked for again over TCP.
  // REQUIRES: isAnsweredBy(reply).
  [[nodiscard]] bool needsMoreThan(std::span<const uint8_t> reply) const noexcept;
  // What the reply says about the node. REQUIRES: isAnsweredBy(reply). Throws only std::bad_alloc.
  [[nodiscard]] CheckResult judge(std::span<const uint8_t> reply) const;

private:
  const CheckSpec& d_spec;
  std::vector<uint8_t> d_message;
};
}
