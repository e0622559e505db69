// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <string>
#include <vector>
#include <doctest/doctest.h>
#include "probe/checkspec.hh"

// Rows of checks, good but for one column, and what parseCheck() says of them. Thread: any.

namespace failover::test
{
inline CheckRow row(const std::string& url = "https://east.example/health")
{
  CheckRow made;
  made.id = 7;
  made.url = url;
  return made;
}

// What parseCheck says of the row; empty when it takes it.
inline std::string complaint(const CheckRow& bad)
{
  try {
    (void)parseCheck(bad);
  }
  catch (const CheckSpecError& e) {
    return e.what();
  }
  return {};
}

template <typename Value>
std::string complaintWith(Value CheckRow::*column, const Value& value, const std::string& url = "https://east.example/health")
{
  auto bad = row(url);
  bad.*column = value;
  return complaint(bad);
}

struct Case
{
  std::string value;
  std::string message; // empty: accepted
};

inline void checkTable(std::string CheckRow::*column, const std::vector<Case>& table, const std::string& url = "https://east.example/health")
{
  for (const auto& [value, message] : table) {
    CAPTURE(value);
    CHECK(complaintWith(column, value, url) == message);
  }
}
}
