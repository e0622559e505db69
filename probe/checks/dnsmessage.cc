// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <array>
#include <stdexcept>
#include <arpa/nameser.h>
#include "dnsdata.hh"
#include "dnsmessage.hh"
#include "probe/dnswords.hh"
#include "probe/printable.hh"

namespace failover
{
namespace
{
  // RFC 1035 section 4.1.1: the bits of the header's third and fourth byte.
  constexpr uint8_t s_isReply = 0x80;
  constexpr uint8_t s_opcode = 0x78;
  constexpr uint8_t s_truncated = 0x02;
  constexpr uint8_t s_rcode = 0x0f;

  int rcodeOf(std::span<const uint8_t> reply) noexcept
  {
    return reply[3] & s_rcode;
  }

  void append16(std::vector<uint8_t>& bytes, unsigned value)
  {
    bytes.push_back(static_cast<uint8_t>(value >> 8));
    bytes.push_back(static_cast<uint8_t>(value & 0xff));
  }

  // RFC 4343. Length bytes are below 64 and so no letters.
  uint8_t lower(uint8_t byte) noexcept
  {
    return byte >= 'A' && byte <= 'Z' ? static_cast<uint8_t>(byte + ('a' - 'A')) : byte;
  }

  bool hasData(ns_msg& message, uint16_t type, const std::string& wanted)
  {
    for (int i = 0; i < ns_msg_count(message, ns_s_an); ++i) {
      ns_rr record{};
      if (ns_parserr(&message, ns_s_an, i, &record) != 0 || ns_rr_type(record) != type) {
        continue;
      }
      if (presentData(message, record).find(wanted) != std::string::npos) {
        return true;
      }
    }
    return false;
  }
}

DnsQuestion::DnsQuestion(const CheckSpec& spec, uint16_t id) :
  d_spec(spec)
{
  append16(d_message, id);
  append16(d_message, 0x0100); // a standard query. RD: resolvers refuse without it, authoritative servers do not mind (RFC 1035 section 4.1.1)
  append16(d_message, 1); // one question, and no records
  d_message.resize(NS_HFIXEDSZ);
  std::array<uint8_t, NS_MAXCDNAME> name{};
  if (ns_name_pton(spec.queryName.c_str(), name.data(), name.size()) < 0) {
    throw std::runtime_error("'" + printable(spec.queryName) + "' is no domain name");
  }
  for (auto* label = name.data();; label += *label + 1) {
    d_message.insert(d_message.end(), label, label + *label + 1);
    if (*label == 0) {
      break;
    }
  }
  append16(d_message, spec.queryType);
  append16(d_message, ns_c_in);
}

bool DnsQuestion::isAnsweredBy(std::span<const uint8_t> reply) const noexcept
{
  if (reply.size() < NS_HFIXEDSZ || reply[0] != d_message[0] || reply[1] != d_message[1] || (reply[2] & (s_isReply | s_opcode)) != s_isReply) {
    return false;
  }
  const unsigned questions = reply[4] * 256U + reply[5];
  if (questions == 0) {
    return rcodeOf(reply) != ns_r_noerror; // whoever could not or would not read the question need not repeat it
  }
  return questions == 1 && reply.size() >= d_message.size() && std::equal(d_message.begin() + NS_HFIXEDSZ, d_message.end(), reply.begin() + NS_HFIXEDSZ, [](uint8_t asked, uint8_t repeated) { return lower(asked) == lower(repeated); });
}

bool DnsQuestion::needsMoreThan(std::span<const uint8_t> reply) const noexcept
{
  return (reply[2] & s_truncated) != 0 && !d_spec.expectBody.empty() && rcodeOf(reply) == d_spec.expectRcode;
}

CheckResult DnsQuestion::judge(std::span<const uint8_t> reply) const
{
  const int rcode = rcodeOf(reply);
  auto text = responseCodeName(rcode);
  if (rcode != d_spec.expectRcode) {
    return {Outcome::BadStatus, text + " (expected " + printable(d_spec.expectRcodeText) + ")", {}};
  }
  if ((reply[2] & s_truncated) != 0 && d_spec.expectBody.empty()) {
    return {Outcome::Passed, text + ", truncated", {}}; // its last record need not be whole
  }
  ns_msg message{};
  if (ns_initparse(reply.data(), static_cast<int>(reply.size()), &message) != 0) {
    return {Outcome::Protocol, "a malformed reply", {}};
  }
  if (!d_spec.expectBody.empty() && !hasData(message, d_spec.queryType, d_spec.expectBody)) {
    return {Outcome::BadBody, "no answer has '" + printable(d_spec.expectBody) + "'", {}};
  }
  const int answers = ns_msg_count(message, ns_s_an);
  return {Outcome::Passed, text + ", " + std::to_string(answers) + (answers == 1 ? " answer" : " answers"), {}};
}
}
