// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstddef>
#include <string>
#include "host.hh"
#include "pdnscompat.hh"

// Whether a record can be sent at all: PowerDNS parses text of any length. Pure. Thread: any.

namespace failover
{
// By the length of its presentation form alone. The tersest notation is a type bitmap's: 9 characters stand for at most
// 34 octets.
constexpr bool surelyHasRoom(size_t textSize) noexcept
{
  return textSize <= 1500;
}

// Throws RecordError for content that fits into no message of 65535 octets with its name, a question and a header.
inline void requireRoom(DNSRecordContent& content)
{
  constexpr size_t room = 65535 - 12 - 2 * (255 + 10);
  if (const auto size = content.serialize(g_rootdnsname).size(); size > room) {
    throw RecordError("content: has " + std::to_string(size) + " octets, of which at most " + std::to_string(room) + " fit into an answer");
  }
}
}
