// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstdint>

// How much a log line matters. Error: somebody must act. Warning: something changed for the worse or may
// need a look. Info: life cycle. The words go where the host program's log goes.

namespace failover
{
enum class LogLevel : uint8_t
{
  Error,
  Warning,
  Info,
  Debug
};
}
