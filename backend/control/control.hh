// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <span>
#include <string>
#include <vector>

// The pdns_control commands: words in, text for the operator out.
// Thread: the host's control thread; they may wait some seconds for the store.

namespace failover
{
class Runtime;

struct Command
{
  const char* name;
  const char* arguments; // for pdns_control help
  const char* help;
  // words[0] is the command's name. Errors are text too, beginning with "error: ". Throws nothing but bad_alloc.
  std::string (*run)(std::span<Runtime* const> runtimes, const std::vector<std::string>& words);
};

// NODE may be written SUFFIX:NODE where several backends know that name.
[[nodiscard]] std::span<const Command> commands() noexcept;
}
