// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstdint>
#include <string>
#include "orders.hh"

// A row of `notifications` -> NoticeSpec. Pure. Thread: any.

namespace failover
{
// As stored: text stays text, NULL is an empty string or 0.
struct NoticeRow
{
  int64_t id{0};
  std::string url;
  std::string token;
  std::string node;
  std::string events{"down,up"};
  int64_t delaySeconds{0};
  int64_t repeatSeconds{0};
  bool tlsVerify{true};
  std::string caFile;
};

// Throws CheckSpecError naming the column, the value (never of token) and the rule.
[[nodiscard]] NoticeSpec parseNotice(const NoticeRow& row);
}
