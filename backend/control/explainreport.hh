// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <string>
#include <vector>
#include <json/value.h>
#include "explanation.hh"

// What failover-explain prints. Pure: time is an argument. Thread: any.

namespace failover
{
// nodes: every one; those that the explanation names are shown.
[[nodiscard]] std::string explanationText(const Explanation& explanation, const std::vector<NodeStatus>& nodes, std::chrono::system_clock::time_point now);
[[nodiscard]] Json::Value explanationJson(const Explanation& explanation, const std::vector<NodeStatus>& nodes);
}
