// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cmath>
#include <string>
#include <vector>
#include <json/value.h>

// What the reports' JSON has in common. Pure. Thread: any.

namespace failover
{
[[nodiscard]] inline Json::Value arrayJson(const std::vector<std::string>& texts)
{
  Json::Value json(Json::arrayValue);
  for (const auto& text : texts) {
    json.append(text);
  }
  return json;
}

// A share of 1, to four places.
[[nodiscard]] inline double shareJson(double share)
{
  return std::round(share * 10'000) / 10'000;
}
}
